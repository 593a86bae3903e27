"""Breakdown: what was spent in a period, split along one dimension."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.costs.coverage import bills_until
from core.costs.dimensions import NOT_STATED, Dimension, Filter, Metric
from core.costs.period import Period
from core.costs.selection import Selection
from core.costs.series import CostSeries, Grain, cost_series
from core.errors import NoBillingData
from core.warehouse import Warehouse

__all__ = [
    "NOT_STATED",
    "CostBreakdown",
    "CostLine",
    "CostSeries",
    "Dimension",
    "Filter",
    "Grain",
    "Metric",
    "break_down",
    "cost_series",
]


@dataclass(frozen=True)
class CostLine:
    """One value of the dimension."""

    label: str
    cost: Decimal
    share: float  #: of the total, 0 to 1; 0 when the total is 0


@dataclass(frozen=True)
class CostBreakdown:
    """What was spent in a period, split along one dimension."""

    period: Period
    by: str  #: a Dimension, or tag:<key>
    metric: Metric
    currency: str
    total: Decimal
    lines: tuple[CostLine, ...]  #: dearest first; they add up to the total
    previous_total: Decimal | None  #: None when no bill covers the period before
    estimated: bool  #: whether any charge in it is not invoiced yet
    as_of: datetime | None  #: end of the last usage that the bills cover, at most the period's end


def break_down(
    warehouse: Warehouse,
    period: Period,
    by: str,
    metric: Metric = Metric.BILLED,
    filters: tuple[Filter, ...] = (),
    currency: str | None = None,
) -> CostBreakdown:
    """Spend in a period, split along one dimension: a Dimension, or `tag:<key>`.

    Amounts are of the metric, of every charge category (usage, tax, credit, refund, discount, fee), in the bills'
    own currency. A charge with no value for the dimension is counted as "not stated", so the lines always add up to
    the total. Each account's month counts once, however many exports carry it.

    Raises NoBillingData when no bill covers the period, UnknownDimension, and MixedCurrencies when the charges are in
    several currencies and none is asked for.
    """
    covered_until = bills_until(warehouse, period)
    selection = Selection(warehouse, by, metric, filters, currency)
    lines, estimated, found_currency = _lines(selection, period)
    total = sum((cost for _, cost in lines), Decimal(0))
    return CostBreakdown(
        period,
        by,
        metric,
        found_currency,
        total,
        tuple(CostLine(label, cost, float(cost / total) if total else 0.0) for label, cost in lines),
        _total_before(selection, period.previous, found_currency),
        estimated,
        covered_until,
    )


def _lines(selection: Selection, period: Period) -> tuple[list[tuple[str, Decimal]], bool, str]:
    rows = selection.rows(f"{selection.label}, billing_currency, sum({selection.measure}), bool_or(estimated)", period)
    currency = selection.only_currency([row[1] for row in rows])
    lines = sorted(((row[0], row[2]) for row in rows), key=lambda line: (-line[1], line[0]))
    return lines, any(row[3] for row in rows), currency


def _total_before(selection: Selection, before: Period, currency: str) -> Decimal | None:
    try:
        bills_until(selection.warehouse, before)
    except NoBillingData:
        return None
    rows = selection.rows(f"billing_currency, sum({selection.measure})", before)
    return sum((cost for name, cost in rows if name == currency), Decimal(0))
