"""Attention: what the bills and their deliveries show that somebody should look at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from core.billing.columns import Kind
from core.billing.supabase_egress import egress_file, egress_measured_until
from core.costs.breakdown import break_down
from core.costs.comparison import ComparedLine, compare
from core.costs.coverage import covered_months
from core.costs.currencies import currencies
from core.costs.dimensions import Dimension
from core.costs.freshness import Freshness, freshness
from core.costs.latest import newest_month
from core.costs.period import Period, add_months
from core.costs.restatements import Restatement, restatements
from core.database import Database
from core.errors import DeliveryRefused, NoBillingData
from core.warehouse import Warehouse

#: Supabase's egress is typed by a person; once a week is often enough.
EGRESS_TYPED_WITHIN = timedelta(days=7)
#: A month whose total changed by less is not worth a look.
RESTATED_BY = Decimal("0.01")
#: A service that grew by less, as a share of all spend, is not worth a look.
ROSE_BY = Decimal("0.02")


@dataclass(frozen=True)
class Rise:
    """The service whose cost in a currency rose most against the same days of the month before."""

    period: Period
    line: ComparedLine
    currency: str


@dataclass(frozen=True)
class Unverified:
    """Exports of bills for whose newest month no manifest vouches."""

    exports: tuple[str, ...]


@dataclass(frozen=True)
class EgressUnknown:
    """A measured Supabase project whose egress nobody has typed lately: what is not typed counts as nothing."""

    until: date | None  #: the last day whose egress is known; None where none is
    file: Path  #: where to type it


def unknown_egress(home: Path, today: date) -> EgressUnknown | None:
    """The egress that is missing from a measured Supabase project's costs; None where it was typed lately."""
    try:
        until = egress_measured_until(home)
    except DeliveryRefused:  # the ingestion says so, and is shown as failed
        return None
    if until and today - until <= EGRESS_TYPED_WITHIN:
        return None
    return EgressUnknown(until, egress_file(home))


def newest_of_each_provider(warehouse: Warehouse) -> tuple[Freshness, ...]:
    """How far each provider's bills go: an export that another has followed is not late, it is over."""
    newest: dict[str, Freshness] = {}
    for each in sorted(freshness(warehouse), key=lambda each: each.billing_period_start):
        newest[each.provider] = each
    return tuple(newest.values())


def rises(warehouse: Warehouse) -> list[Rise]:
    """In each currency in use the service that rose most, where that is worth a look."""
    return [rise for currency in _in_use(warehouse) if (rise := _rise(warehouse, currency))]


def _in_use(warehouse: Warehouse) -> list[str]:
    """The currencies of the newest bills, and of those of the month before."""
    newest = {currency: covered_months(warehouse, currency)[-1] for currency in currencies(warehouse)}
    return [currency for currency, month in newest.items() if month >= add_months(max(newest.values()), -1)]


def _rise(warehouse: Warehouse, currency: str) -> Rise | None:
    try:
        current = newest_month(warehouse, Dimension.SERVICE, currency)
        before = break_down(warehouse, current.period.previous, Dimension.SERVICE, currency=currency)
    except NoBillingData:
        return None
    line = max(compare(current, before).lines, key=lambda line: line.difference, default=None)
    if line is None or line.difference <= ROSE_BY * abs(before.total):
        return None
    return Rise(current.period, line, currency)


def recent(now: datetime) -> date:
    """The first of the months that are still looked at."""
    return add_months(now.date().replace(day=1), -3)


def restated(database: Database, now: datetime) -> list[Restatement]:
    """The newest deliveries of recent months that changed what these came to."""
    return [
        each
        for each in restatements(database, since=recent(now))
        if each.is_current
        and each.old_total
        and abs(each.new_total - each.old_total) > RESTATED_BY * abs(each.old_total)
    ]


def unverified(newest: tuple[Freshness, ...]) -> list[Unverified]:
    """The exports among these that no manifest vouches for."""
    exports = tuple(sorted({each.export for each in newest if not each.complete and each.kind != Kind.SUPABASE}))
    return [Unverified(exports)] if exports else []
