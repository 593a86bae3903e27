"""Foreseen: what no bill knows yet, and will change: announced prices, running migrations, actions just applied."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.actions.action import Kind, Taken
from core.actions.store import felt_since
from core.billing.prices import PriceCatalog
from core.costs.forecasted import KnownChange
from core.costs.price_steps import announced
from core.costs.whole import bills_of
from core.database import Database
from core.migration.foreseen import CDN, storage_at, to_be_moved
from core.warehouse import Warehouse

_MONTH_DAYS = Decimal(365) / 12
_ONE_DAY = timedelta(1)


def known_changes(
    database: Database, warehouse: Warehouse, prices: PriceCatalog, today: date
) -> tuple[KnownChange, ...]:
    """All that bills cannot know until their last whole day."""
    return (*announced(prices.steps), *to_be_moved(database, today), *to_be_felt(database, warehouse))


def to_be_felt(database: Database, warehouse: Warehouse) -> tuple[KnownChange, ...]:
    """Each action that was applied, or undone, since the last day that its provider's bill has whole: what it promised
    to save a month, evenly from the day after on. None where nothing was promised.
    """
    until = {provider: bills.until for provider, bills in bills_of(warehouse).items()}
    if not until:
        return ()
    with database.reading() as connection:
        felt = felt_since(connection, min(until.values()) - _ONE_DAY)
    return tuple(change for each in felt for change in _changes(each, until))


def _changes(taken: Taken, until: dict[str, date]) -> Iterator[KnownChange]:
    saving, action = taken.promised_usd, taken.action
    at = CDN if action.kind is Kind.PUT_DISTRIBUTION_SETTING else storage_at(action.place)
    if not saving or not taken.applied_at or at.get("provider") not in until:
        return
    applied, undone = _day_after(taken.applied_at), taken.undone_at and _day_after(taken.undone_at)
    known = until[at["provider"]]
    if applied >= known and not undone:
        yield KnownChange(applied, _words(taken.summary, "applied", applied, -saving), at, -saving / _MONTH_DAYS)
    if undone and undone >= known > applied:
        yield KnownChange(undone, _words(taken.summary, "undone", undone, saving), at, saving / _MONTH_DAYS)


def _day_after(instant: datetime) -> date:
    """The first day that is wholly so."""
    return instant.date() + _ONE_DAY


def _words(summary: str, verb: str, day: date, monthly: Decimal) -> str:
    side = "more" if monthly > 0 else "less"
    promised = f"{abs(monthly):.2f} USD a month {side}, by what it promised"
    return f"{summary} That was {verb} on {day - _ONE_DAY}, which no bill shows yet: {promised}."
