"""Series: what was spent in each step of a period, split along one dimension."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from core.costs.coverage import bills_until
from core.costs.dimensions import Filter, Metric
from core.costs.period import Period, add_months
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
    bills_until(warehouse, period)
    selection = Selection(warehouse, by, metric, filters, currency)
    step = f"date_trunc('{grain}', charge_period_start)::DATE"
    rows = selection.rows(
        f"{step}, {selection.label}, billing_currency, sum({selection.measure})",
        period,
        by_day=grain is not Grain.MONTH,
    )
    amounts: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for start, label, _, cost in rows:
        amounts[label][start] = cost
    starts = _covered(warehouse, period, grain)
    dearest = sorted(amounts, key=lambda label: (-sum(amounts[label].values()), label))
    return CostSeries(
        period,
        by,
        metric,
        selection.only_currency([row[2] for row in rows]),
        grain,
        starts,
        {label: tuple(amounts[label].get(start, Decimal(0)) for start in starts) for label in dearest},
        _incomplete(warehouse, period, grain, starts),
    )


def _covered(warehouse: Warehouse, period: Period, grain: Grain) -> tuple[date, ...]:
    """Starts of the steps that hold a day which a bill covers: up to the last charge of a month that is filling."""
    rows = warehouse.standing("SELECT billing_period_start, max(charge_period_start) FROM charges GROUP BY ALL")
    open_months = {month for month, _ in _filling(warehouse)}
    starts: set[date] = set()
    for month, last_charge in rows:
        end = last_charge + timedelta(1) if month in open_months else add_months(month, 1)
        day = max(month, period.start)
        while day < min(end, period.end):
            starts.add(grain.start_of(day))
            day = grain.after(grain.start_of(day))
    return tuple(sorted(starts))


def _incomplete(warehouse: Warehouse, period: Period, grain: Grain, starts: tuple[date, ...]) -> frozenset[date]:
    filling = _filling(warehouse)
    cut = {start for start in starts if start < period.start or grain.after(start) > period.end}
    open_ = {
        start
        for start in starts
        for month, until in filling
        if grain.after(start) > month and _midnight(grain.after(start)) > until
    }
    return frozenset(cut | open_)


def _filling(warehouse: Warehouse) -> list[tuple[date, datetime]]:
    """Months whose bill was delivered before they were over, and until when each provider's is full."""
    rows = warehouse.standing(
        "SELECT billing_period_start, provider_name, max(usage_until) FROM bills WHERE counted "
        "AND delivered_at < billing_period_start + INTERVAL 1 MONTH AND usage_until IS NOT NULL GROUP BY ALL"
    )
    return [(month, until) for month, _, until in rows]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
