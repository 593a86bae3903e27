"""Foreseen: what no bill knows yet, and will change: announced prices, running migrations, actions just applied."""

from collections.abc import Iterator, Mapping
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
_CENT = Decimal("0.01")
_BY_RULES = (Kind.PUT_LIFECYCLE_POLICY, Kind.CHANGE_STORAGE_CLASS)  #: which S3 follows from the day after on


def known_changes(
    database: Database, warehouse: Warehouse, prices: PriceCatalog, today: date
) -> tuple[KnownChange, ...]:
    """All that bills cannot know until their last whole day."""
    return (*announced(prices.steps), *to_be_moved(database, today), *to_be_felt(database, warehouse))


def to_be_felt(database: Database, warehouse: Warehouse) -> tuple[KnownChange, ...]:
    """Each action that was applied, or undone, since the last day that its provider's bill has whole: what it promised
    to save a month, evenly from the day after on, and what that costs once. None where nothing was said of it.
    """
    until = {provider: bills.until for provider, bills in bills_of(warehouse).items()}
    if not until:
        return ()
    with database.reading() as connection:
        felt = felt_since(connection, min(until.values()) - _ONE_DAY)
    return tuple(change for each in felt for change in _changes(each, until))


def _changes(taken: Taken, until: dict[str, date]) -> Iterator[KnownChange]:
    action = taken.action
    at = CDN if action.kind is Kind.PUT_DISTRIBUTION_SETTING else storage_at(action.place)
    known = until.get(at.get("provider", ""))
    if known is None or not taken.applied_at:
        return
    yield from _of_promise(taken, taken.applied_at, at, known)
    yield from _once(taken, taken.applied_at, taken.one_off_usd, at, known)
    if taken.undone_at:
        yield from _once(taken, taken.undone_at, taken.undo.usd, at, known)


def _of_promise(taken: Taken, at_work: datetime, at: Mapping[str, str], known: date) -> Iterator[KnownChange]:
    saving = taken.promised_usd
    applied, undone = _day_after(at_work), taken.undone_at and _day_after(taken.undone_at)
    if saving and applied >= known and not undone:
        yield KnownChange(applied, _words(taken.summary, "applied", applied, -saving), at, -saving / _MONTH_DAYS)
    if saving and undone and undone >= known > applied:
        yield KnownChange(undone, _words(taken.summary, "undone", undone, saving), at, saving / _MONTH_DAYS)


def _once(
    taken: Taken, done: datetime, usd: Decimal | None, at: Mapping[str, str], known: date
) -> Iterator[KnownChange]:
    """What it surely costs to do, or to take back, on the day that this is billed."""
    day = _day_after(done) if taken.action.kind in _BY_RULES else done.date()
    if usd and usd >= _CENT and day >= known:
        words = f"{taken.summary} That costs {usd:.2f} USD once, on {day}, which no bill shows yet."
        yield KnownChange(day, words, at, usd, lasts=1)


def _day_after(instant: datetime) -> date:
    """The first day that is wholly so."""
    return instant.date() + _ONE_DAY


def _words(summary: str, verb: str, day: date, monthly: Decimal) -> str:
    side = "more" if monthly > 0 else "less"
    promised = f"{abs(monthly):.2f} USD a month {side}, by what it promised"
    return f"{summary} That was {verb} on {day - _ONE_DAY}, which no bill shows yet: {promised}."
