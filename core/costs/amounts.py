"""Amounts: what is expected of each portion, exactly: its days, and charges for whole months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import chain

from core.costs.expected import Expected
from core.costs.frame import Frame
from core.costs.monthly import Fee, Tax, fee_of, tax_of
from core.costs.past import ZERO, Key, PastCosts
from core.costs.period import add_months
from core.costs.portions import Portion

GRAIN = Decimal("0.000001")  #: what is forecast is rounded to
Months = dict[date, Decimal]  # by their first days


@dataclass(frozen=True)
class Charges:
    """Charges for one whole month."""

    billed: Decimal = ZERO
    to_come: Decimal = ZERO
    following: Decimal = ZERO  #: of these, what grows with the days

    def __add__(self, other: "Charges") -> "Charges":
        return Charges(self.billed + other.billed, self.to_come + other.to_come, self.following + other.following)


@dataclass(frozen=True)
class Amounts:
    """What is expected of one portion, or of several together."""

    days: tuple[Decimal, ...]  #: from the first day on, without charges for whole months
    billed: Months  #: of whole days, exactly
    to_come: Months  #: of all other days
    charges: dict[date, Charges]

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            tuple(one + two for one, two in zip(self.days, other.days, strict=True)),
            {month: amount + other.billed[month] for month, amount in self.billed.items()},
            {month: amount + other.to_come[month] for month, amount in self.to_come.items()},
            {month: each + other.charges[month] for month, each in self.charges.items()},
        )


@dataclass(frozen=True)
class Rates:
    """What does not change with what is expected: how charges for whole months go on, and what is billed already."""

    fees: Mapping[Key, Fee]
    taxes: Mapping[Key, Tax]
    shares: Mapping[Key, float]  #: of its portion's daily charges
    billed: Mapping[tuple[Key, date], Decimal]  #: daily charges of each month

    @classmethod
    def of(cls, past: PastCosts, portions: Sequence[Portion], frame: Frame) -> "Rates":
        keys = [key for portion in portions for key in portion.keys]
        billed = {
            (key, month): _in_month(past.daily.get(key, {}), month, portion.until)
            for portion in portions
            for key in portion.keys
            for month in frame.months
        }
        shares = {key: share for portion in portions for key, share in portion.shares(past).items()}
        return cls({key: fee_of(past, key) for key in keys}, {key: tax_of(past, key) for key in keys}, shares, billed)


def amounts_of(
    past: PastCosts, portions: Sequence[Portion], expected: Mapping[str, Expected], frame: Frame, rates: Rates
) -> list[Amounts]:
    """Of each portion, in their order."""
    plain = [_without_charges(each, expected[each.label], frame) for each in portions]
    bases = Bases.of(past, portions, plain, frame, rates)
    return [
        Amounts(each.days, each.billed, each.to_come, {month: bases.charges(portion, month) for month in frame.months})
        for portion, each in zip(portions, plain, strict=True)
    ]


def together(amounts: Sequence[Amounts]) -> Amounts:
    """Their sum, to the last digit."""
    return reduce(Amounts.__add__, amounts)


def _without_charges(portion: Portion, expected: Expected, frame: Frame) -> Amounts:
    least, known = (0.0 if expected.stays_above else float("-inf")), expected.billed_days
    billed = (portion.costs.get(frame.day(ahead), ZERO) for ahead in range(known))
    coming = (Decimal(max(each, least)).quantize(GRAIN) for each in expected.mean[known:].tolist())
    days = tuple(chain(billed, coming))
    to_come = {month: sum(days[max(first, known) : max(end, known)], ZERO) for month, first, end in frame.spans}
    return Amounts(days, {month: _in_month(portion.costs, month) for month in frame.months}, to_come, {})


def _in_month(costs: Mapping[date, Decimal], month: date, before: date = date.max) -> Decimal:
    end = min(add_months(month, 1), before)
    return sum((cost for day, cost in costs.items() if month <= day < end), ZERO)


@dataclass(frozen=True)
class Bases:
    """What the daily charges of each key and provider come to in each month: fees and tax go with them."""

    past: PastCosts
    rates: Rates
    keys: dict[tuple[Key, date], Decimal]
    providers: dict[tuple[str, date], Decimal]

    @classmethod
    def of(
        cls, past: PastCosts, portions: Sequence[Portion], plain: Sequence[Amounts], frame: Frame, rates: Rates
    ) -> "Bases":
        keys: dict[tuple[Key, date], Decimal] = {}
        providers: dict[tuple[str, date], Decimal] = {}
        for portion, amounts in zip(portions, plain, strict=True):
            for key, month in ((key, month) for key in portion.keys for month in frame.months):
                to_come = Decimal(rates.shares[key]) * amounts.to_come[month]
                base = keys[key, month] = rates.billed[key, month] + to_come
                providers[key.provider, month] = providers.get((key.provider, month), ZERO) + base
        return cls(past, rates, keys, providers)

    def charges(self, portion: Portion, month: date) -> Charges:
        """Charges for a whole month of one portion."""
        return sum((self._charges(key, month) for key in portion.keys), Charges())

    def _charges(self, key: Key, month: date) -> Charges:
        own, all_ = self.keys[key, month], self.providers[key.provider, month]
        paid, taxed = (costs.get(key, {}).get(month, ZERO) for costs in (self.past.monthly, self.past.tax))
        fee = self.rates.fees[key]
        rest = _beyond(fee.of(all_), paid) if fee.share else (ZERO if paid else fee.fixed)
        tax = max(self.rates.taxes[key].of(own + paid + rest, all_) - taxed, ZERO)
        return Charges(paid + taxed, rest + tax, tax + (rest if fee.share else ZERO))


def _beyond(due: Decimal, paid: Decimal) -> Decimal:
    """What is still to come of a fee, or of a credit; nothing is taken back."""
    return max(due - paid, ZERO) if due >= 0 else min(due - paid, ZERO)
