"""Supabase: what is still billed there for storage and egress, beside what the same would cost at AWS; and its plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.billing.cdn_prices import first_usd_per_gb
from core.billing.storage_prices import s3_usd_per_gb_month
from core.costs.period import add_months, month_of
from core.costs.storage import byte_hours
from core.recommendations.cdn_month import billed_share, priced_at
from core.recommendations.grounds import Grounds
from core.recommendations.recommendation import (
    NOTHING,
    Confidence,
    Evidence,
    Fee,
    Line,
    Recommendation,
    Remark,
    Said,
    Unit,
)
from core.recommendations.sketch import sketch_of
from core.storage.provider import StorageClass
from core.units import GIB

NAME, PLAN = "leave supabase", "supabase plan"
_PLACE = "supabase"
#: So many whole months have to fit into the smaller plan.
_MONTHS = 3
_STORAGE, _EGRESS, _CACHED, _FEE = "storage", "transfer out", "transfer out, cached", "plan"
_USED = """
    SELECT usage_family, consumed_unit, charge_period_start, sum(consumed_quantity), sum(billed_cost) FROM charges
    WHERE provider_name = 'Supabase' AND billing_currency = 'USD' AND usage_family IS NOT NULL
        AND charge_period_start >= $start AND charge_period_start < $end
    GROUP BY ALL ORDER BY ALL
"""
_LIES_THERE = """
    SELECT coalesce(sum(objects), 0)::BIGINT, coalesce(sum(bytes), 0)::BIGINT FROM inventory
    WHERE provider = 'Supabase' AND current AND kind = 'object'
        AND day = (SELECT max(day) FROM inventory WHERE provider = 'Supabase')
"""


@dataclass(frozen=True)
class _Month:
    """What a month's bill of Supabase has."""

    usd: Mapping[str, Decimal]  #: by family
    stored_bytes: Decimal  #: mean over the month
    sent_bytes: Decimal
    cached_bytes: Decimal


def find(grounds: Grounds) -> Iterator[Said]:
    """Up to two; nothing where no bill has Supabase."""
    first = grounds.today.replace(day=1)
    months = [_month(grounds, add_months(first, -n)) for n in range(1, _MONTHS + 1)]
    last = months[0]
    if last is None:
        return
    yield from _leave(grounds, last)
    yield from _smaller_plan(grounds, months)


def _month(grounds: Grounds, first: date) -> _Month | None:
    period = month_of(first)
    rows = grounds.warehouse.query(_USED, {"start": period.start, "end": period.end})
    if not rows:
        return None
    usd, amounts = dict[str, Decimal](), dict[str, Decimal]()
    for family, unit, day, quantity, cost in rows:
        usd[family] = usd.get(family, NOTHING) + cost
        amount = byte_hours(unit, quantity, day) / (24 * period.days) if family == _STORAGE else _bytes(unit, quantity)
        amounts[family] = amounts.get(family, NOTHING) + amount
    return _Month(usd, *(amounts.get(family, NOTHING) for family in (_STORAGE, _EGRESS, _CACHED)))


def _bytes(unit: str | None, quantity: Decimal) -> Decimal:
    return quantity if (unit or "").lower() == "bytes" else quantity * GIB


def _leave(grounds: Grounds, month: _Month) -> Iterator[Said]:
    """Storage and egress go; the plan stays, as the platform's other services need it."""
    region = grounds.settings.aws_region
    per_gb = s3_usd_per_gb_month(grounds.prices, region, StorageClass.STANDARD)
    if per_gb is None:
        yield Remark(NAME, f"The price catalogue has no price for storage in {region}.", _PLACE)
        return
    share = billed_share(grounds.warehouse, grounds.today)
    per_sent = first_usd_per_gb(grounds.prices) * share
    [(objects, size)] = grounds.warehouse.query(_LIES_THERE)
    left = min(size / month.stored_bytes, Decimal(1)) if month.stored_bytes else NOTHING
    sent = left * (month.sent_bytes + month.cached_bytes)
    now = left * (month.usd.get(_EGRESS, NOTHING) + month.usd.get(_CACHED, NOTHING))
    fees = (
        Fee("Storage", left * month.usd.get(_STORAGE, NOTHING), per_gb * left * month.stored_bytes / GIB),
        Fee("Sent to viewers", now, per_sent * sent / GIB),
    )
    if sum(each.saving_usd for each in fees) <= 0:
        return
    once = grounds.prices.supabase(grounds.settings.supabase_plan).meters["egress"].usd_per_gb
    once *= Decimal(size) / grounds.settings.supabase_gb_bytes
    yield _left(objects, size, fees, once, sent, priced_at(share))


def _left(objects: int, size: int, fees: tuple[Fee, ...], once: Decimal, sent: Decimal, priced: str) -> Recommendation:
    saving = sum((each.saving_usd for each in fees), NOTHING)
    evidence = Evidence(
        objects=objects,
        size_bytes=size,
        fees=fees,
        confidence=Confidence.MEDIUM,
        because="The last whole month of Supabase's bill, as far as its bytes are still there, beside S3 Standard and "
        f"CloudFront's first band. {priced}",
        days=None,
        break_even=Line("Pays back after", once / saving, Unit.MONTHS),
        if_doubled_usd=saving + fees[1].saving_usd,
        besides=(Line("Sent in the month", sent.to_integral_value(), Unit.BYTES),),
    )
    return Recommendation(
        NAME, _PLACE, "storage and egress", "Move what is left at Supabase to S3",
        "What lies and is sent there cost more in the last whole month than the same would at AWS.",
        once, evidence, None,
        "Plan a migration on the Migration page: it moves videos while people watch them, and can take each back.",
        portions=(("supabase storage", fees[0].saving_usd), ("supabase egress", fees[1].saving_usd)),
        sketch=sketch_of([_PLACE]),
    )  # fmt: skip


def _smaller_plan(grounds: Grounds, months: list[_Month | None]) -> Iterator[Said]:
    """Where nothing that the larger plan includes was needed for months."""
    free, gb = grounds.prices.supabase("free").meters, grounds.settings.supabase_gb_bytes
    known = [month for month in months if month is not None]
    fee = known[0].usd.get(_FEE, NOTHING)
    if fee <= 0:
        return
    if len(known) < _MONTHS:
        yield Remark(PLAN, f"There are {len(known)} whole months of bills, and {_MONTHS} are needed.", _PLACE)
        return
    fits = all(
        month.stored_bytes <= free["storage"].included_gb * gb
        and month.sent_bytes <= free["egress"].included_gb * gb
        and month.cached_bytes <= free["cached_egress"].included_gb * gb
        for month in known
    )
    if fits:
        yield _free(fee, round(max(month.stored_bytes for month in known)))


def _free(fee: Decimal, size: int) -> Recommendation:
    evidence = Evidence(
        objects=0,
        size_bytes=size,
        fees=(Fee("Plan", fee, NOTHING),),
        confidence=Confidence.LOW,
        because=f"Storage and egress of {_MONTHS} months fit into it; what else is used is not known here.",
    )
    return Recommendation(
        PLAN, _PLACE, "free plan", "Go back to Supabase's free plan",
        f"In the last {_MONTHS} whole months storage and egress would have fitted into it.",
        NOTHING, evidence, None, "Change it in Supabase's dashboard, once its table of plans has all that is used.",
        "The database, compute, backups and support of the paid plan end with it.",
        (("supabase plan", fee),), sketch_of(["free"]),
    )  # fmt: skip
