"""Latest: how far the bills reach, in whole days, and what the newest month came to."""

from datetime import date, timedelta

from core.costs.breakdown import CostBreakdown, break_down
from core.costs.coverage import bills_until, covered_months
from core.costs.dimensions import Dimension
from core.costs.period import Period, add_months, month_of
from core.costs.series import cost_series
from core.errors import NoBillingData
from core.warehouse import Warehouse


def whole_days_until(warehouse: Warehouse) -> date:
    """The first day that is not over, or still filling: the days before it can be compared.

    Raises NoBillingData when there is no bill.
    """
    months = covered_months(warehouse)
    if not months:
        raise NoBillingData(
            "There are no bills yet.", "Ingest one: python -m core ingest FOLDER, or s3://bucket/prefix."
        )
    newest = Period(add_months(months[-1], -1), add_months(months[-1], 1))
    series = cost_series(warehouse, newest, Dimension.PROVIDER)
    whole = min(series.incomplete, default=series.starts[-1] + timedelta(1))
    return min(whole, _usage_ends(warehouse, newest) or whole)


def _usage_ends(warehouse: Warehouse, period: Period) -> date | None:
    """The day after the last one with usage: a month may hold no more than charges that were billed late."""
    until = bills_until(warehouse, period)
    day = until and (until - timedelta(microseconds=1)).date() + timedelta(1)
    return day if day and day > period.start else None  # late charges may be all there is


def newest_month(warehouse: Warehouse, by: str = Dimension.PROVIDER) -> CostBreakdown:
    """What the newest month has cost until its last whole day, beside the same days of the month before.

    While no day of a month is whole, that is the month before, all of it. Raises NoBillingData when there is no bill.
    """
    until = whole_days_until(warehouse)
    return break_down(warehouse, Period((until - timedelta(1)).replace(day=1), until), by)


def month_before(warehouse: Warehouse, month: CostBreakdown) -> CostBreakdown | None:
    """What the whole month before a breakdown's has cost; None when no bill covers it."""
    try:
        return break_down(warehouse, month_of(month.period.start - timedelta(1)), month.by, month.metric)
    except NoBillingData:
        return None
