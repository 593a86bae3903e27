"""Coverage: what time the bills cover; those in one currency, or all of them."""

from datetime import date, datetime, timedelta

from core.costs.currencies import CURRENCY
from core.costs.period import Period, add_months, midnight
from core.costs.whole import whole_until
from core.errors import NoBillingData
from core.warehouse import Warehouse


def usage_until(warehouse: Warehouse, period: Period, currency: str | None = None) -> datetime | None:
    """End of the last usage in a period, at most the period's end.

    None where the bills have no usage in it yet: all they charge then is fees, tax, and usage of earlier days.
    """
    until = max((until for until in _months_in(warehouse, period, currency).values() if until), default=None)
    if until is None or until <= midnight(period.start):
        return None
    return min(until, midnight(period.end))


def require_bills(warehouse: Warehouse, period: Period, currency: str | None = None) -> None:
    """Raises NoBillingData when no bill covers any of a period."""
    if not is_covered(warehouse, period, currency):
        in_currency = f" in {currency}" if currency else ""
        raise NoBillingData(
            f"No bill{in_currency} covers {period.start} to {period.end} (the end is not included).",
            _what_there_is(warehouse, currency),
        )


def is_covered(warehouse: Warehouse, period: Period, currency: str | None = None) -> bool:
    """Whether a bill covers some of a period."""
    return bool(_months_in(warehouse, period, currency))


def covered_spans(warehouse: Warehouse, period: Period, currency: str | None = None) -> tuple[Period, ...]:
    """The days of a period that bills cover, in spans without a gap: up to the last charge of a month that is filling.

    The period itself, and nothing else, where they cover every day of it.
    """
    rows = warehouse.standing(
        f"SELECT {CURRENCY}, billing_period_start AS month, max(charge_period_start) FROM charges "
        "GROUP BY ALL ORDER BY month"
    )
    open_months = {month for month, _ in filling_months(warehouse, currency)}
    spans: list[Period] = []
    for of, month, last_charge in rows:
        end = last_charge + timedelta(1) if month in open_months else add_months(month, 1)
        start, end = max(month, period.start), min(end, period.end)
        if currency in (None, of) and start < end:
            joined = spans.pop() if spans and spans[-1].end >= start else Period(start, end)
            spans.append(Period(joined.start, max(joined.end, end)))
    return tuple(spans)


def is_whole(warehouse: Warehouse, period: Period, currency: str | None = None) -> bool:
    """Whether bills cover every day of a period."""
    return covered_spans(warehouse, period, currency) == (period,)


def filling_months(warehouse: Warehouse, currency: str | None = None) -> list[tuple[date, datetime]]:
    """Months that some provider's bill does not tell all of yet, and up to when the days in it are whole."""
    rows = warehouse.standing(
        f"SELECT billing_period_start, provider_name, {CURRENCY}, max(usage_until), max(delivered_at) FROM bills "
        "WHERE counted AND usage_until IS NOT NULL GROUP BY ALL"
    )
    whole = [(month, whole_until(month, *told)) for month, _, of, *told in rows if currency in (None, of)]
    return [(month, midnight(until)) for month, until in whole if until < add_months(month, 1)]


def covered_months(warehouse: Warehouse, currency: str | None = None) -> tuple[date, ...]:
    """First days of the months that a bill covers, oldest first."""
    return tuple(_months(warehouse, currency))


def _months_in(warehouse: Warehouse, period: Period, currency: str | None) -> dict[date, datetime | None]:
    months = _months(warehouse, currency)
    return {
        month: until for month, until in months.items() if month < period.end and add_months(month, 1) > period.start
    }


def _months(warehouse: Warehouse, currency: str | None) -> dict[date, datetime | None]:
    """Each month that a bill covers, oldest first, and the end of the last usage in it."""
    months: dict[date, datetime | None] = {}
    for month, of, until in warehouse.standing(
        f"SELECT billing_period_start, {CURRENCY}, max(usage_until) FROM bills WHERE counted GROUP BY ALL ORDER BY 1"
    ):
        if currency in (None, of):
            months[month] = max(filter(None, (until, months.get(month))), default=None)
    return months


def _what_there_is(warehouse: Warehouse, currency: str | None) -> str:
    months = covered_months(warehouse, currency)
    if not months:
        return "Ingest one: python -m core ingest FOLDER, or s3://bucket/prefix."
    return f"There are bills from {months[0]:%Y-%m} to {months[-1]:%Y-%m}."
