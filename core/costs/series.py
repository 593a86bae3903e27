"""Series: what was spent in each step of a period, split along one dimension."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from core.costs.coverage import covered_spans, filling_months, require_bills
from core.costs.currencies import CURRENCY
from core.costs.dimensions import Filter, Metric
from core.costs.period import Period, add_months, midnight
from core.costs.selection import Selection
from core.warehouse import Warehouse


class Grain(StrEnum):
    """How long one step of a series is."""

    DAY = "day"
    WEEK = "week"  #: from Monday
    MONTH = "month"

    def start_of(self, day: date) -> date:
        """First day of the step that the day is in."""
        if self is Grain.WEEK:
            return day - timedelta(day.weekday())
        return day.replace(day=1) if self is Grain.MONTH else day

    def after(self, start: date) -> date:
        """First day of the next step."""
        if self is Grain.MONTH:
            return add_months(start, 1)
        return start + timedelta(7 if self is Grain.WEEK else 1)


@dataclass(frozen=True)
class CostSeries:
    """What was spent in each step of a period, split along one dimension."""

    period: Period
    by: str
    metric: Metric
    currency: str
    grain: Grain
    starts: tuple[date, ...]  #: first day of each step, only steps that a bill covers
    costs: dict[str, tuple[Decimal, ...]]  #: label to one amount a step; dearest label first
    incomplete: frozenset[date]  #: starts of the steps that are not over, cut by the period, or still filling


def cost_series(
    warehouse: Warehouse,
    period: Period,
    by: str,
    grain: Grain = Grain.DAY,
    metric: Metric = Metric.BILLED,
    filters: tuple[Filter, ...] = (),
    currency: str | None = None,
) -> CostSeries:
    """Spend in each step of a period; the amounts of all steps and labels add up to the breakdown's total.

    A step without a charge is zero where a bill covers it, and absent where none does.

    Raises as `break_down` does.
    """
    selection = Selection(warehouse, by, metric, filters, currency)
    require_bills(warehouse, period, selection.currency)
    step = f"date_trunc('{grain}', charge_period_start)::DATE"
    rows = selection.rows(
        f"{step}, {selection.label}, {CURRENCY}, sum({selection.measure})", period, by_day=grain is not Grain.MONTH
    )
    chosen = selection.currency_of(row[2] for row in rows)
    amounts: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for start, label, of, cost in rows:
        if of == chosen:
            amounts[label][start] = cost
    starts = covered_steps(warehouse, period, grain, chosen)
    dearest = sorted(amounts, key=lambda label: (-sum(amounts[label].values()), label))
    return CostSeries(
        period,
        by,
        metric,
        chosen,
        grain,
        starts,
        {label: tuple(amounts[label].get(start, Decimal(0)) for start in starts) for label in dearest},
        incomplete_steps(warehouse, period, grain, starts, chosen),
    )


def covered_steps(warehouse: Warehouse, period: Period, grain: Grain, currency: str | None = None) -> tuple[date, ...]:
    """Starts of the steps that hold a day which a bill covers: up to the last charge of a month that is filling."""
    spans = covered_spans(warehouse, period, currency)
    return tuple(sorted(set[date]().union(*(_steps_between(span.start, span.end, grain) for span in spans))))


def _steps_between(day: date, end: date, grain: Grain) -> set[date]:
    starts: set[date] = set()
    while day < end:
        starts.add(grain.start_of(day))
        day = grain.after(grain.start_of(day))
    return starts


def incomplete_steps(
    warehouse: Warehouse, period: Period, grain: Grain, starts: tuple[date, ...], currency: str | None = None
) -> frozenset[date]:
    """Those of the steps that are not over, cut by the period, or still filling."""
    filling = filling_months(warehouse, currency)
    cut = {start for start in starts if start < period.start or grain.after(start) > period.end}
    open_ = {
        start
        for start in starts
        for month, until in filling
        if grain.after(start) > month and midnight(grain.after(start)) > until
    }
    return frozenset(cut | open_)
