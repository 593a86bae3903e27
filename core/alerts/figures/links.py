"""Links: path and query of the page that shows a figure, as the pages read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from core.costs.dimensions import Dimension, Filter
from core.costs.period import Period


def page(name: str, query: Mapping[str, str | Sequence[str]] | None = None) -> str:
    """The path of a page, with what it shall show; what is empty is left out."""
    stated = {key: value for key, value in (query or {}).items() if value}
    return f"/{name}?{urlencode(stated, doseq=True)}" if stated else f"/{name}"


def costs(
    period: Period,
    filters: Sequence[Filter] = (),
    by: str = "",
    currency: str = "",
    more: Mapping[str, str] | None = None,
) -> str:
    """The Costs page: what is spent, unless more is stated."""
    return page("costs", {
        **(more or {}),
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "by": by or Dimension.SERVICE,
        "filter": [_filter(each) for each in filters],
        "currency": currency,
    })  # fmt: skip


def performance(period: Period, section: str, only: Mapping[str, str] | None = None) -> str:
    """The Performance page."""
    return page(
        "performance",
        {"from": period.start.isoformat(), "to": period.end.isoformat(), "section": section, **(only or {})},
    )


def days_of(start: datetime, end: datetime) -> Period:
    """The UTC days that a span of time lies in."""
    return Period(start.date(), (end - timedelta(microseconds=1)).date() + timedelta(1))


def _filter(each: Filter) -> str:
    dimension = quote(each.dimension, safe=":/ ")
    return dimension if each.value is None else f"{dimension}={each.value}"
