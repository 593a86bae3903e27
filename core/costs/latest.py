"""Latest: how far the bills reach, in whole days, and what the newest month came to."""

from datetime import date, datetime, timedelta

from core.costs.breakdown import CostBreakdown, Dimension, Grain, break_down, cost_series
from core.costs.period import Period, month_to_date
from core.errors import NoBillingData
from core.warehouse import Warehouse


def whole_days_until(warehouse: Warehouse, now: datetime) -> date:
    """The first day that is not over, or still filling: the days before it can be compared.

    Raises NoBillingData when nothing was billed in the last two months.
    """
    today = now.date()
    recent = Period(today - timedelta(62), today + timedelta(1))
    series = cost_series(warehouse, recent, Dimension.PROVIDER, Grain.DAY, now=now)
    if not series.starts:
        raise NoBillingData("No bill covers the last two months.", "Ingest newer bills: python -m core ingest SOURCE.")
    unfinished = [start for start in series.starts if start in series.incomplete]
    return min(unfinished, default=series.starts[-1] + timedelta(1))


def newest_month(warehouse: Warehouse, now: datetime, by: str = Dimension.PROVIDER) -> CostBreakdown:
    """What the newest month has cost until its last whole day; compare it with the same days of the month before.

    On the first of a month, when no day of it is whole, that is the month before, all of it.
    Raises NoBillingData when nothing was billed in the last two months.
    """
    until = whole_days_until(warehouse, now)
    last = until - timedelta(1)
    return break_down(warehouse, Period(last.replace(day=1), until), by)


def last_full_month(warehouse: Warehouse, now: datetime) -> CostBreakdown:
    """What the last calendar month that is over has cost. Raises NoBillingData when no bill covers it."""
    first = month_to_date(now.date()).start
    return break_down(warehouse, Period((first - timedelta(1)).replace(day=1), first), Dimension.PROVIDER)
