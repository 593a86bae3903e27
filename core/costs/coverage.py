"""Coverage: what time the bills cover."""

from datetime import UTC, date, datetime, time

from core.costs.period import Period, add_months
from core.errors import NoBillingData
from core.warehouse import Warehouse


def bills_until(warehouse: Warehouse, period: Period) -> datetime | None:
    """End of the last usage that the bills of a period cover, at most the period's end; None where they have none.

    Raises NoBillingData when no bill covers the period.
    """
    months = _months_in(warehouse, period)
    if not months:
        raise NoBillingData(
            f"No bill covers {period.start} to {period.end} (the end is not included).", _what_there_is(warehouse)
        )
    until = max((until for until in months.values() if until), default=None)
    return until and min(until, datetime.combine(period.end, time(), UTC))


def is_covered(warehouse: Warehouse, period: Period) -> bool:
    """Whether a bill covers some of a period."""
    return bool(_months_in(warehouse, period))


def covered_months(warehouse: Warehouse) -> tuple[date, ...]:
    """First days of the months that a bill covers, oldest first."""
    return tuple(_months(warehouse))


def _months_in(warehouse: Warehouse, period: Period) -> dict[date, datetime | None]:
    months = _months(warehouse)
    return {
        month: until for month, until in months.items() if month < period.end and add_months(month, 1) > period.start
    }


def _months(warehouse: Warehouse) -> dict[date, datetime | None]:
    """Each month that a bill covers, oldest first, and the end of the last usage in it."""
    return dict(
        warehouse.standing(
            "SELECT billing_period_start, max(usage_until) FROM bills WHERE counted GROUP BY ALL ORDER BY 1"
        )
    )


def _what_there_is(warehouse: Warehouse) -> str:
    months = covered_months(warehouse)
    if not months:
        return "Ingest one: python -m core ingest FOLDER, or s3://bucket/prefix."
    return f"There are bills from {months[0]:%Y-%m} to {months[-1]:%Y-%m}."
