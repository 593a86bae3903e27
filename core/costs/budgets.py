"""Budgets: what may be spent, on what, in each month, quarter or year."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.costs.dimensions import Filter, dimension_named
from core.costs.period import Period, add_months
from core.errors import BudgetRefused

_CENT = Decimal("0.01")
LONGEST_NAME = 80
_MOST = Decimal(10) ** 12
_LEAST_GROWTH, _MOST_GROWTH = Decimal("-0.5"), Decimal(2)


class Span(StrEnum):
    """What a budget is for, by the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[self]

    def period_of(self, day: date) -> Period:
        """The month, quarter or year that the day is in."""
        first = date(day.year, day.month - (day.month - 1) % self.months, 1)
        return Period(first, add_months(first, self.months))


@dataclass(frozen=True)
class Budget:
    """What may be spent on some charges in each span."""

    name: str
    amount: Decimal  #: of the first span, in the currency
    currency: str
    since: date  #: a day of the first span
    span: Span = Span.MONTH
    filters: tuple[Filter, ...] = ()  #: only charges that fit all of them
    growth: Decimal = Decimal(0)  #: how much more each span has than the one before, as a share of that

    def amount_in(self, period: Period) -> Decimal:
        """The amount of one of its spans, to the cent, from a cent to 10^12; before the first one it is the
        first one's.
        """
        first = self.span.period_of(self.since).start
        apart = (period.start.year - first.year) * 12 + period.start.month - first.month
        grown = self.amount * (1 + self.growth) ** max(apart // self.span.months, 0)
        return min(max(grown, _CENT), _MOST).quantize(_CENT)


def usable(budget: Budget) -> Budget:
    """The budget as it is kept. Raises BudgetRefused, and UnknownDimension for a filter on nothing that is kept."""
    name = " ".join(budget.name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BudgetRefused("A budget needs a name.", f"Give it one of at most {LONGEST_NAME} characters.")
    if not (budget.amount.is_finite() and _CENT <= budget.amount <= _MOST):
        raise BudgetRefused(f"{budget.amount} is no amount to spend.", "Give more than zero, such as 1500.")
    if not (budget.growth.is_finite() and _LEAST_GROWTH <= budget.growth <= _MOST_GROWTH):
        raise BudgetRefused(
            f"A budget cannot grow by {budget.growth:%}.", f"Give {_LEAST_GROWTH:%} to {_MOST_GROWTH:%} a span."
        )
    currency = budget.currency.strip().upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise BudgetRefused(f"{budget.currency!r} is no currency.", "Give its three letters, such as USD.")
    filters = tuple(Filter(dimension_named(each.dimension), each.value) for each in budget.filters)
    return Budget(name, budget.amount, currency, budget.since, budget.span, filters, budget.growth)
