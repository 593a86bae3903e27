"""Spend: what a day and the month so far have cost."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.alerts import words
from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse
from core.alerts.figures import links
from core.costs.breakdown import break_down
from core.costs.currencies import currency_named, usual_currency
from core.costs.dimensions import TAG, Dimension, Filter
from core.costs.latest import whole_days_until
from core.costs.period import Period, midnight
from core.errors import NoBillingData
from core.warehouse import Warehouse

_DIMENSIONS = (*map(str, Dimension), TAG)
_ADVICE = "See which usage type and which bucket it is, and stop what nobody needs."

DAY = About(
    "cost_of_day", "Cost of a day", Unit.MONEY, Worse.HIGHER, _ADVICE,
    window=False, filters=_DIMENSIONS, by=_DIMENSIONS,
)  # fmt: skip
MONTH = About(
    "cost_of_month", "Cost of the month so far", Unit.MONEY, Worse.HIGHER, _ADVICE,
    window=False, filters=_DIMENSIONS, by=_DIMENSIONS,
)  # fmt: skip


class DayCost:
    """Billed cost of the last day that the bills cover whole."""

    about = DAY

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return _read(self._handles.warehouse, scope, lambda until: until - timedelta(1))


class MonthCost:
    """Billed cost of the newest month, of the days that the bills cover whole."""

    about = MONTH

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return _read(self._handles.warehouse, scope, lambda until: (until - timedelta(1)).replace(day=1))


def _read(warehouse: Warehouse, scope: Scope, start_of: Callable[[date], date]) -> Sequence[Reading]:
    try:
        currency = currency_named(warehouse, scope.currency) if scope.currency else usual_currency(warehouse)
        until = whole_days_until(warehouse, currency)
        period = Period(start_of(until), until)
        by = scope.by or Dimension.SERVICE
        found = break_down(warehouse, period, by, filters=scope.filters, currency=currency)
    except NoBillingData as error:
        return [Reading(None, detail=error.message)]
    lines = [(line.label, line.cost) for line in found.lines] if scope.by else [("", found.total)]
    return [_reading(label, cost, period, scope, currency) for label, cost in lines]


def _reading(label: str, cost: Decimal, period: Period, scope: Scope, currency: str) -> Reading:
    inside = (*scope.filters, Filter(scope.by, label)) if scope.by else scope.filters
    return Reading(
        cost,
        label,
        f"{words.days(period.start, period.end - timedelta(1))}, as billed.",
        midnight(period.start),
        currency,
        links.costs(period, inside, Dimension.USAGE_FAMILY if scope.by else scope.by, currency),
    )
