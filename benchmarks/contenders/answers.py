"""Answers: the questions asked of the store, as the dashboard asks them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.measure import Stopwatch
from core.costs.breakdown import CostBreakdown, break_down
from core.costs.dimensions import Dimension, Filter, Metric
from core.costs.period import Period
from core.costs.series import CostSeries, Grain, cost_series
from core.costs.storage import stored_bytes
from core.sqlite_database import SqliteDatabase
from core.warehouse import Warehouse

_OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
_BOTH_MONTHS = Period(date(2026, 9, 1), date(2026, 11, 1))
_TO_DATE = Period(date(2026, 10, 1), date(2026, 10, 22))
_S3 = Filter(Dimension.SERVICE, "Amazon Simple Storage Service")

Amounts = dict[str, Decimal]


def _lines(costs: CostBreakdown) -> Amounts:
    lines = {line.label: line.cost for line in costs.lines}
    return lines if costs.previous_total is None else lines | {"before": costs.previous_total}


def _steps(series: CostSeries) -> Amounts:
    return {
        f"{label} {start}": cost
        for label, costs in series.costs.items()
        for start, cost in zip(series.starts, costs, strict=True)
    }


def _stored(warehouse: Warehouse) -> Amounts:
    return {stored.storage_class: Decimal(stored.size_bytes) for stored in stored_bytes(warehouse)}


#: Each has its counterpart of the same name in raw.sql.
QUESTIONS: dict[str, Callable[[Warehouse], Amounts]] = {
    "month_to_date": lambda w: _lines(break_down(w, _TO_DATE, Dimension.PROVIDER)),
    "services": lambda w: _lines(break_down(w, _OCTOBER, Dimension.SERVICE)),
    "usage_families": lambda w: _lines(break_down(w, _OCTOBER, Dimension.USAGE_FAMILY)),
    "usage_types_effective": lambda w: _lines(break_down(w, _OCTOBER, Dimension.USAGE_TYPE, Metric.EFFECTIVE)),
    "resources": lambda w: _lines(break_down(w, _OCTOBER, Dimension.RESOURCE)),
    "storage_classes_of_s3": lambda w: _lines(break_down(w, _OCTOBER, Dimension.STORAGE_CLASS, filters=(_S3,))),
    "regions_by_month": lambda w: _steps(cost_series(w, _BOTH_MONTHS, Dimension.REGION, Grain.MONTH)),
    "charge_categories_at_list": lambda w: _lines(break_down(w, _OCTOBER, Dimension.CHARGE_CATEGORY, Metric.LIST)),
    "accounts_by_week": lambda w: _steps(cost_series(w, _OCTOBER, Dimension.ACCOUNT, Grain.WEEK)),
    "teams": lambda w: _lines(break_down(w, _OCTOBER, "tag:user_team")),
    "services_by_day": lambda w: _steps(cost_series(w, _OCTOBER, Dimension.SERVICE, Grain.DAY)),
    "stored_bytes": _stored,
}


def names() -> list[str]:
    """Contender: what the questions are called."""
    return list(QUESTIONS)


def twelve(home: str) -> dict[str, Any]:
    """Contender: the CPU seconds of each question, the first time and the second, and its answer: label to amount."""
    warehouse = _opened(home)
    return {name: _asked(question, warehouse) for name, question in QUESTIONS.items()}


def three(home: str) -> list[str]:
    """Contender: cost by service, by bucket of S3, and by service and day; answers the total of each."""
    warehouse = _opened(home)
    by_service = break_down(warehouse, _OCTOBER, Dimension.SERVICE)
    by_bucket = break_down(warehouse, _OCTOBER, Dimension.RESOURCE, filters=(_S3,))
    by_day = cost_series(warehouse, _OCTOBER, Dimension.SERVICE, Grain.DAY)
    totals = (by_service.total, by_bucket.total, sum(map(sum, by_day.costs.values()), Decimal(0)))
    return [format(total, "f") for total in totals]


def _opened(home: str) -> Warehouse:
    warehouse = Warehouse(Path(home) / "warehouse", SqliteDatabase(Path(home) / "phyght.db"))
    warehouse.query("FROM bills")  # it finds its segments at the first question
    return warehouse


def _asked(question: Callable[[Warehouse], Amounts], warehouse: Warehouse) -> dict[str, Any]:
    with Stopwatch() as first:
        question(warehouse)
    with Stopwatch() as watch:
        answer = question(warehouse)
    return {
        "first_cpu_s": first.cpu_s,
        "cpu_s": watch.cpu_s,
        "answer": {label: format(cost, "f") for label, cost in answer.items()},
    }
