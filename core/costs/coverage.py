"""Coverage: what time the bills cover."""

from datetime import UTC, date, datetime, time

from core.costs.period import Period
from core.errors import NoBillingData
from core.warehouse import Warehouse


def bills_until(warehouse: Warehouse, period: Period) -> datetime | None:
    """End of the last usage that the bills of a period cover, at most the period's end; None where they have none.

    Raises NoBillingData when no bill covers the period.
    """
    rows = warehouse.query(
        "SELECT count(*), max(usage_until) FROM bills WHERE counted AND billing_period_start < $end "
        "AND billing_period_start + INTERVAL 1 MONTH > $start",
        {"start": period.start, "end": period.end},
    )
    count, until = rows[0]
    if not count:
        raise NoBillingData(
            f"No bill covers {period.start} to {period.end} (the end is not included).", _what_there_is(warehouse)
        )
    return until and min(until, datetime.combine(period.end, time(), UTC))


def covered_months(warehouse: Warehouse) -> tuple[date, ...]:
    """First days of the months that a bill covers, oldest first."""
    rows = warehouse.query("SELECT DISTINCT billing_period_start FROM bills WHERE counted ORDER BY 1")
    return tuple(row[0] for row in rows)


def _what_there_is(warehouse: Warehouse) -> str:
    months = covered_months(warehouse)
    if not months:
        return "Ingest one: python -m core ingest FOLDER, or s3://bucket/prefix."
    return f"There are bills from {months[0]:%Y-%m} to {months[-1]:%Y-%m}."
