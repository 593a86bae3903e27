"""Consequences: what an action on a migration would do, told before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.access.roles import Permission, User
from core.database import Database, Row
from core.migration import store
from core.migration.state import CANCELLABLE, MOVING, Migration, State, startable
from core.units import instant_text


@dataclass(frozen=True)
class Consequence:
    """Of an action: which videos it is about, and their money at list price."""

    videos: int
    size_bytes: int  #: of all their objects
    left_bytes: int  #: of them, that have not arrived
    one_off_usd: Decimal  #: what moving them costs, but for what is paid
    monthly_before_usd: Decimal  #: storage at the source
    monthly_after_usd: Decimal  #: at the target

    @property
    def monthly_saving_usd(self) -> Decimal:
        """Once the source is retired; less than 0 where it costs more."""
        return self.monthly_before_usd - self.monthly_after_usd


def of_start(database: Database, user: User, migration: Migration, first: int | None = None) -> Consequence:
    """What starting it, or going on with it, would move; not what a worker has already. Raises PermissionDenied."""
    rows = _amounts(database, user, migration, startable(migration.phase))
    return _of([row for row in rows if not row["elsewhere"] and not (row["taken"] and row["state"] in MOVING)][:first])


def of_cancel(database: Database, user: User, migration: Migration, video_id: str | None = None) -> Consequence:
    """What would be given up. Raises PermissionDenied."""
    return _of(_amounts(database, user, migration, CANCELLABLE, video_id))


def of_roll_back(database: Database, user: User, migration: Migration, video_id: str | None = None) -> Consequence:
    """What viewers would get from the source again, if that is whole. Raises PermissionDenied."""

    def may(row: Row) -> bool:
        is_here = row["cut_over_at"] and row["served_from"] == migration.target and row["at_source"]
        return bool(is_here) and row["elsewhere"] != State.RETIRING

    return _of([row for row in _amounts(database, user, migration, (State.DONE,), video_id) if may(row)])


def of_retire(
    database: Database, user: User, migration: Migration, now: datetime, video_id: str | None = None
) -> Consequence:
    """What would be removed at the source: what was cut over long enough ago. Raises PermissionDenied."""
    ended = instant_text(now - timedelta(days=migration.grace_days))
    done = _amounts(database, user, migration, (State.DONE,), video_id)
    return _of([row for row in done if row["cut_over_at"] and row["cut_over_at"] <= ended and not row["elsewhere"]])


def retirable_from(database: Database, user: User, migration: Migration) -> datetime | None:
    """When the first source may be retired; None where nothing is moved. Raises PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        first = store.queries.first_cut_over(connection, migration_id=migration.id)["at"]
    return datetime.fromisoformat(first) + timedelta(days=migration.grace_days) if first else None


def _amounts(
    database: Database, user: User, migration: Migration, states: Sequence[State], video_id: str | None = None
) -> list[Row]:
    user.require(Permission.SEE_MIGRATION)
    asked = dict(migration_id=migration.id, source=migration.source, video_id=video_id)
    with database.reading() as connection:
        return list(store.queries.amounts(connection, **asked, states=f",{','.join(states)},"))


def _of(rows: Sequence[Row]) -> Consequence:
    def usd(name: str, unpaid: bool = False) -> Decimal:
        return sum((Decimal(row[name]) for row in rows if not (unpaid and row["paid"])), Decimal(0))

    size_bytes = sum(row["size_bytes"] for row in rows)
    return Consequence(
        len(rows),
        size_bytes,
        size_bytes - sum(row["done_bytes"] for row in rows),
        usd("one_off_usd", unpaid=True),
        usd("monthly_before_usd"),
        usd("monthly_after_usd"),
    )
