"""Budget standing: what of a budget is used, where it will end, when it runs out, and how likely it is overrun."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from core.costs.budgets import Budget
from core.costs.dimensions import Dimension
from core.costs.forecast import LEVELS, expect
from core.costs.forecasted import (
    Band,
    Bands,
    CostForecast,
    ForecastMonth,
    KnownChange,
    PartForecast,
    chance_above,
)
from core.costs.known import on_charges
from core.costs.past import ZERO, PastCosts, past_costs
from core.costs.period import Period, month_of
from core.warehouse import Warehouse


@dataclass(frozen=True)
class CourseDay:
    """What is spent of a budget by the end of a day."""

    day: date
    spent: Decimal
    billed: bool  #: wholly; otherwise it is what is expected


@dataclass(frozen=True)
class Standing:
    """Where a budget stands in the span that is under way."""

    budget: Budget
    period: Period
    amount: Decimal  #: of this span
    used: Decimal  #: billed for the days before `until`, exactly
    until: date  #: the first day that is not wholly billed
    expected: Decimal | None  #: at the span's end; None where there is no forecast
    bands: Bands  #: of `expected`
    course: tuple[CourseDay, ...]  #: by day: billed, then expected where there is a forecast
    why_not: str = ""  #: why there is no forecast

    @property
    def used_share(self) -> float:
        """Of the amount."""
        return float(self.used / self.amount)

    @property
    def expected_share(self) -> float | None:
        """Of the amount, at the span's end."""
        return None if self.expected is None else float(self.expected / self.amount)

    @property
    def runs_out(self) -> date | None:
        """The first day by whose end more is spent than there is: as billed, or as expected; None: none in the span."""
        return next((each.day for each in self.course if each.spent > self.amount), None)

    @property
    def is_overrun(self) -> bool:
        """Whether more is billed already than there is."""
        return self.used > self.amount

    @property
    def chance(self) -> float | None:
        """How likely it is, 0 to 1, that the span ends above the amount; None where there is no forecast."""
        return None if self.expected is None else chance_above(self.expected, self.bands, self.amount)


def standing(warehouse: Warehouse, budget: Budget, now: datetime, known: Sequence[KnownChange] = ()) -> Standing:
    """Where a budget stands in the span that today is in; `known`: what no bill knows yet, of which its charges count.

    A month of all charges ends where `forecast_costs` by service says. Raises NoBillingData, and UnknownCurrency where
    no bill is in the budget's.
    """
    return foreseen(budget, spent_on(warehouse, budget), now, known)


def spent_on(warehouse: Warehouse, budget: Budget) -> PastCosts:
    """The charges that a budget is for. Raises NoBillingData, UnknownCurrency."""
    return past_costs(warehouse, Dimension.SERVICE, filters=budget.filters, currency=budget.currency)


def as_billed(budget: Budget, past: PastCosts, now: datetime) -> Standing:
    """What of a budget is used in the span that today is in, without a look ahead, which takes longer."""
    return stand(budget, budget.span.period_of(now.date()), past, None)


def foreseen(budget: Budget, past: PastCosts, now: datetime, known: Sequence[KnownChange] = ()) -> Standing:
    """The same with what is expected by the end of the span."""
    period = budget.span.period_of(now.date())
    days_ahead = (period.end - past.until).days
    changes = on_charges(known, budget.filters)
    forecast = expect(past, now.date(), days_ahead, known=changes) if days_ahead > 0 else None
    return stand(budget, period, past, forecast)


def stand(budget: Budget, period: Period, past: PastCosts, forecast: CostForecast | None) -> Standing:
    """The same of costs that were read, and of their forecast to the period's end; None: all of it is billed."""
    billed = tuple(_course(period.start, _billed_days(past, period), ZERO, billed=True))
    used = billed[-1].spent if billed else ZERO
    amount = budget.amount_in(period)
    if forecast is None:
        bands = {level: Band(used, used) for level in LEVELS}
        return Standing(budget, period, amount, used, past.until, used, bands, billed)
    if forecast.total is None:
        return Standing(budget, period, amount, used, past.until, None, {}, billed, forecast.left_out[0].reason)
    ahead = _ahead(forecast.total, period, past.until)
    expected = used + sum(ahead, ZERO)
    course = tuple(_course(max(past.until, period.start), ahead, used, billed=False))
    month = next((each for each in forecast.total.months if month_of(each.month) == period), None)
    bands = _bands(forecast.total, month, expected)
    return Standing(budget, period, amount, used, past.until, expected, bands, (*billed, *course))


def _course(first: date, amounts: list[Decimal], before: Decimal, billed: bool) -> Iterator[CourseDay]:
    sums = list(accumulate(amounts, initial=before))[1:]
    return (CourseDay(first + timedelta(n), spent, billed) for n, spent in enumerate(sums))


def _billed_days(past: PastCosts, period: Period) -> list[Decimal]:
    """What was billed for each day of the period before the first that is not whole, with charges for months."""
    days = max((min(past.until, period.end) - period.start).days, 0)
    found = [ZERO] * days
    for costs in (*past.daily.values(), *past.monthly.values(), *past.tax.values()):
        for day, cost in costs.items():
            if 0 <= (day - period.start).days < days:
                found[(day - period.start).days] += cost
    return found


def _ahead(total: PartForecast, period: Period, until: date) -> list[Decimal]:
    """What is expected of each day from `until` on; charges for the month under way stand on the first of these."""
    days = [each.expected for each in total.days if period.start <= each.day < period.end]
    if until.day != 1 and until >= period.start:
        days[0] += total.this_month.monthly_to_come
    return days


def _bands(total: PartForecast, month: ForecastMonth | None, expected: Decimal) -> Bands:
    """As wide as those of the days to come; for a month as the month's own, which know what its tax goes with."""
    known = month or total.sum_of(len(total.days))
    moved = expected - known.expected
    return {level: Band(band.lo + moved, band.hi + moved) for level, band in known.bands.items()}
