"""Monthly: what charges for whole months will come to: fees as they were, or with what is billed; tax as its rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import mean, median, pstdev

from core.costs.past import ZERO, Key, PastCosts
from core.costs.period import add_months

_LOOKED_AT, _TAXED = 6, 3  #: whole months
_TOLD = 3  #: of them, from which it can be told what a charge goes with
_ALIKE = 0.02  #: amounts that differ by less are one and the same
_HIGHEST_RATE = 0.5  #: of a tax on what bears its own label
_GRAIN = Decimal("0.000001")


@dataclass(frozen=True)
class Fee:
    """How charges for whole months of one key go on."""

    fixed: Decimal = ZERO
    share: float = 0.0  #: of the daily charges of its provider

    def of(self, base: Decimal) -> Decimal:
        """What it comes to in a month with such daily charges."""
        return (self.fixed + Decimal(self.share) * base).quantize(_GRAIN)


@dataclass(frozen=True)
class Tax:
    """The rate of one key."""

    rate: float
    on_own: bool  #: on what else its label has; or else on all of its provider

    def of(self, own: Decimal, all_: Decimal) -> Decimal:
        """What it comes to on such a month; nothing on less than nothing."""
        return max(Decimal(self.rate) * (own if self.on_own else all_), ZERO).quantize(_GRAIN)


def fee_of(past: PastCosts, key: Key) -> Fee:
    """As its last month, or with its provider's daily charges, where the last months were steadier in that."""
    this_month, amounts = past.until.replace(day=1), past.monthly.get(key, {})
    months = [month for month in _months_before(this_month, _LOOKED_AT) if month in amounts]
    now = amounts.get(this_month)
    last = now if now is not None else amounts.get(add_months(this_month, -1), ZERO)
    if _came_once(past, key):
        return Fee()
    if not last or len(months) < _TOLD:
        return Fee(fixed=last)
    charged = [float(amounts[month]) for month in months]
    shares = [_ratio(amounts[month], daily_of(past, key.provider, month)) for month in months]
    if _uneven(charged) <= _ALIKE or _uneven(shares) >= _uneven(charged):
        return Fee(fixed=last)
    return Fee(share=median(shares[:_TOLD]))


def _came_once(past: PastCosts, key: Key) -> bool:
    """Whether a month before had none of it: what is paid up front may not come again."""
    charged = [month for month, amount in past.monthly.get(key, {}).items() if amount]
    bills = past.bills.get(key.provider)
    return len(charged) == 1 and bills is not None and min(bills.months) < charged[0]


def tax_of(past: PastCosts, key: Key) -> Tax:
    """By the last whole months that have any, or else by the one that is under way."""
    this_month, amounts = past.until.replace(day=1), past.tax.get(key, {})
    months = [month for month in _months_before(this_month, _TAXED) if month in amounts] or [this_month]
    tax = sum((amounts.get(month, ZERO) for month in months), ZERO)
    own = sum((_sum_of(past.daily.get(key, {}), month) + _at(past.monthly, key, month) for month in months), ZERO)
    if 0 <= (rate := _ratio(tax, own)) <= _HIGHEST_RATE and own > 0:
        return Tax(rate, on_own=True)
    keys = {each for each in (*past.daily, *past.monthly) if each.provider == key.provider}
    fees = sum((_at(past.monthly, each, month) for each in keys for month in months), ZERO)
    all_ = fees + sum((daily_of(past, key.provider, month) for month in months), ZERO)
    return Tax(max(_ratio(tax, all_), 0.0), on_own=False)


def in_words(past: PastCosts) -> tuple[str, ...]:
    """How charges for whole months are taken, one sentence each."""
    found: list[str] = []
    for key in past.monthly:
        fee = fee_of(past, key)
        if fee.share:
            found.append(
                f"{key.label}: its monthly charge goes with {fee.share:.1%} of {key.provider}'s daily charges."
            )
        elif fee.fixed:
            found.append(f"{key.label}: its monthly charge stays at {fee.fixed:.2f} {past.currency}.")
    if past.tax:
        found.append("Tax goes with what it is on, at the rate of the last whole months.")
    return tuple(found)


def daily_of(past: PastCosts, provider: str, month: date) -> Decimal:
    """All daily charges of a provider in a month."""
    return sum((_sum_of(costs, month) for key, costs in past.daily.items() if key.provider == provider), ZERO)


def _months_before(month: date, count: int) -> list[date]:
    """Newest first."""
    return [add_months(month, -ago) for ago in range(1, count + 1)]


def _sum_of(costs: Mapping[date, Decimal], month: date) -> Decimal:
    end = add_months(month, 1)
    return sum((cost for day, cost in costs.items() if month <= day < end), ZERO)


def _at(costs: Mapping[Key, Mapping[date, Decimal]], key: Key, month: date) -> Decimal:
    return costs.get(key, {}).get(month, ZERO)


def _ratio(amount: Decimal, base: Decimal) -> float:
    return float(amount) / float(base) if base else 0.0


def _uneven(values: Sequence[float]) -> float:
    """How far they lie apart, as a share of their mean."""
    middle = mean(values)
    return pstdev(values) / abs(middle) if middle else float("inf")
