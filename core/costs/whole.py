"""Whole: up to which day each provider's bills are complete, and which months before it no bill covers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.costs.currencies import CURRENCY
from core.costs.period import add_months, midnight
from core.warehouse import Warehouse

#: Of one bill, what is told last is so much later than what is told first: CloudFront after 15 hours, S3 after 6.
_SLOWEST = timedelta(hours=9)


@dataclass(frozen=True)
class Bills:
    """What the bills of one provider cover."""

    months: frozenset[date]  #: first days of the months that there is a bill of
    first: date  #: the first day of the oldest
    until: date  #: the first day that is not wholly billed

    def covers(self, day: date) -> bool:
        """Whether the day is wholly billed: one without a charge cost nothing."""
        return day < self.until and day.replace(day=1) in self.months

    def before(self, day: date) -> "Bills":
        """As it was when they reached to that day."""
        return replace(self, until=min(self.until, day))


def bills_of(warehouse: Warehouse, currency: str | None = None) -> Mapping[str, Bills]:
    """What each provider's bills cover, in one currency or all."""
    rows = warehouse.standing(
        f"SELECT coalesce(provider_name, ''), billing_period_start, {CURRENCY}, max(usage_until), max(delivered_at) "
        "FROM bills WHERE counted GROUP BY ALL ORDER BY 1, 2"
    )
    found: dict[str, dict[date, date]] = {}
    for provider, month, of, usage_until, delivered_at in rows:
        if currency in (None, of):
            until = whole_until(month, usage_until, delivered_at)
            months = found.setdefault(provider, {})
            months[month] = max(until, months.get(month, until))
    return {provider: Bills(frozenset(months), min(months), max(months.values())) for provider, months in found.items()}


def whole_until(month: date, usage_until: datetime | None, delivered_at: datetime) -> date:
    """A bill that was delivered once its month was over, and all of it told, is whole."""
    end = add_months(month, 1)
    if delivered_at >= midnight(end) + _SLOWEST:
        return end
    if usage_until is None or usage_until <= midnight(month):
        return month
    # rows that are days long end at midnight, whatever hour they were made at
    by_the_hour = usage_until.hour or usage_until.minute
    told = usage_until - _SLOWEST if by_the_hour else min(usage_until, delivered_at)
    return min(max(told.date(), month), end)
