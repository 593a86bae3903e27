"""Latest: how far the bills reach, in whole days, and what the newest month came to."""

from datetime import date, timedelta

from core.costs.breakdown import CostBreakdown, break_down
from core.costs.coverage import covered_months, usage_until
from core.costs.dimensions import Dimension
from core.costs.period import Period, add_months, month_of
from core.costs.series import Grain, covered_steps, incomplete_steps
from core.errors import NoBillingData
from core.warehouse import Warehouse


def whole_days_until(warehouse: Warehouse, currency: str | None = None) -> date:
    """The first day that is not over, or still filling: the days before it can be compared.

    By the bills in a currency, or by all of them. Where they have no whole day yet, their first counts as one.
    Raises NoBillingData when there is no bill.
    """
    months = covered_months(warehouse, currency)
    if not months:
        raise NoBillingData(
            "There are no bills yet.", "Ingest one: python -m core ingest FOLDER, or s3://bucket/prefix."
        )
    newest = Period(add_months(months[-1], -1), add_months(months[-1], 1))
    days = covered_steps(warehouse, newest, Grain.DAY, currency)
    incomplete = incomplete_steps(warehouse, newest, Grain.DAY, days, currency)
    whole = min(incomplete, default=days[-1] + timedelta(1))
    until = min(whole, _usage_ends(warehouse, newest, currency) or whole)
    return max(until, days[0] + timedelta(1))


def _usage_ends(warehouse: Warehouse, period: Period, currency: str | None) -> date | None:
    """The day after the last one with usage: a month may hold no more than charges that were billed late."""
    until = usage_until(warehouse, period, currency)
    return until and (until - timedelta(microseconds=1)).date() + timedelta(1)


def newest_month(warehouse: Warehouse, by: str = Dimension.PROVIDER, currency: str | None = None) -> CostBreakdown:
    """What the newest month has cost until its last whole day, beside the same days of the month before.

    While no day of a month is whole, that is the month before, all of it. Raises NoBillingData when there is no bill,
    and MixedCurrencies when there are several currencies and none is asked for.
    """
    until = whole_days_until(warehouse, currency)
    return break_down(warehouse, Period((until - timedelta(1)).replace(day=1), until), by, currency=currency)


def month_before(warehouse: Warehouse, month: CostBreakdown) -> CostBreakdown | None:
    """What the whole month before a breakdown's has cost; None when no bill in its currency covers it."""
    before = month_of(month.period.start - timedelta(1))
    try:
        return break_down(warehouse, before, month.by, month.metric, currency=month.currency)
    except NoBillingData:
        return None
