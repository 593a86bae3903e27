"""Removal: what is saved once objects of a bucket are gone, and what leaving their classes costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.recommendations.grounds import Bucket, Grounds, Stored
from core.recommendations.keep import Reads, added, compared, monthly_fees
from core.recommendations.leaving import Costs, costs, stays_of
from core.recommendations.recommendation import NOTHING, Fee


@dataclass(frozen=True)
class Removal:
    """Of all of them together."""

    objects: int
    size_bytes: int
    fees: tuple[Fee, ...]
    once: Costs  #: of leaving their classes
    portions: tuple[tuple[str, Decimal], ...]


def removal(grounds: Grounds, bucket: Bucket, stored: Sequence[Stored]) -> Removal:
    """Of objects that nobody reads. Raises PriceUnknown."""
    prices, money = grounds.class_prices(bucket), grounds.money(bucket)
    now, portions = dict[str, Decimal](), dict[str, Decimal]()
    for each in stored:
        fees = monthly_fees(
            prices, each.storage_class, each.objects, each.size_bytes, Reads(), each.tier, each.billable_bytes
        )
        now = added(now, fees)
        name = portion(bucket, each)
        portions[name] = portions.get(name, NOTHING) + sum(fees.values())
    return Removal(
        sum(each.objects for each in stored),
        sum(each.size_bytes for each in stored),
        compared(now, added({}, {})),
        costs(money, money.leaving(stays_of(stored, grounds.now))),
        tuple(sorted(portions.items())),
    )


def portion(bucket: Bucket, each: Stored) -> str:
    """Of the bill: originals, or what was made of them, in one class of a bucket."""
    return f"{bucket.name} {'original' if each.rung == 'original' else 'renditions'} {each.storage_class}"
