"""Consequences: what an action on a migration would do, told before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.access.roles import Permission, User
from core.database import Database
from core.migration import store
from core.migration.state import MOVING, Item, Migration, Phase, State


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
    """What starting it, or going on with it, would move. Raises PermissionDenied."""
    states = (*MOVING, State.CANCELLED) if migration.phase is Phase.CANCELLED else MOVING
    return _of(_chosen(database, user, migration, states)[:first])


def of_cancel(database: Database, user: User, migration: Migration, video_id: str | None = None) -> Consequence:
    """What would be given up. Raises PermissionDenied."""
    return _of(_chosen(database, user, migration, MOVING, video_id))


def of_roll_back(database: Database, user: User, migration: Migration, video_id: str | None = None) -> Consequence:
    """What viewers would get from the source again. Raises PermissionDenied."""
    return _of(_chosen(database, user, migration, (State.DONE,), video_id))


def of_retire(
    database: Database, user: User, migration: Migration, now: datetime, video_id: str | None = None
) -> Consequence:
    """What would be removed at the source: what was cut over long enough ago. Raises PermissionDenied."""
    ended = now - timedelta(days=migration.grace_days)
    done = _chosen(database, user, migration, (State.DONE,), video_id)
    return _of([each for each in done if each.cut_over_at and each.cut_over_at <= ended])


def retirable_from(database: Database, user: User, migration: Migration) -> datetime | None:
    """When the first source may be retired; None where nothing is moved. Raises PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        first = store.queries.first_cut_over(connection, migration_id=migration.id)["at"]
    return datetime.fromisoformat(first) + timedelta(days=migration.grace_days) if first else None


def _chosen(
    database: Database, user: User, migration: Migration, states: Sequence[State], video_id: str | None = None
) -> list[Item]:
    user.require(Permission.SEE_MIGRATION)
    asked = dict(migration_id=migration.id, video_id=video_id, states=f",{','.join(states)},", after=-(2**62))
    with database.reading() as connection:
        return [store.item_of_row(row) for row in store.queries.chosen(connection, **asked, first=2**62)]


def _of(items: Sequence[Item]) -> Consequence:
    nothing = Decimal(0)
    return Consequence(
        len(items),
        sum(each.size_bytes for each in items),
        sum(each.size_bytes - each.done_bytes for each in items),
        sum((each.one_off_usd for each in items if not each.paid), nothing),
        sum((each.monthly_before_usd for each in items), nothing),
        sum((each.monthly_after_usd for each in items), nothing),
    )
