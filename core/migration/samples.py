"""Samples: whether links of videos that were moved answer, as it was found when some were asked last."""

from dataclasses import dataclass
from datetime import datetime
from json import dumps, loads

from core.access.roles import Permission, User
from core.database import Connection, Database
from core.jobs.work import enqueue
from core.migration import store
from core.migration.handles import Handles
from core.migration.state import SAMPLE, Migration
from core.units import instant_text


@dataclass(frozen=True)
class Unanswered:
    """A link that did not answer."""

    link: str
    why: str


@dataclass(frozen=True)
class Sample:
    """Of the links of a migration."""

    at: datetime
    links: int  #: that were asked
    failed: tuple[Unanswered, ...]

    @property
    def answered(self) -> int:
        return self.links - len(self.failed)


def latest(database: Database, user: User, migration: Migration) -> Sample | None:
    """The latest one; None where none was taken. Raises PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        row = store.queries.sample(connection, migration_id=migration.id)
    if row is None:
        return None
    failed = tuple(Unanswered(link, why) for link, why in loads(row["failed"]))
    return Sample(datetime.fromisoformat(row["at"]), row["links"], failed)


def is_on_its_way(database: Database, user: User, migration: Migration) -> bool:
    """Whether one was asked for that is not there yet. Raises PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        return store.queries.sample_asked(connection, migration_id=migration.id) is not None


def ask(handles: Handles, user: User, name: str, now: datetime) -> None:
    """Have a worker take one, unless one is on its way. Raises PermissionDenied, MigrationNotFound."""
    with handles.audit.change(user, Permission.MIGRATE, "sample links", name, now) as connection:
        _enqueue(connection, store.migration_named(connection, name).id, now)


def ask_at_the_end(database: Database, migration_id: str, now: datetime) -> None:
    """Have one taken once nothing is left to be moved."""
    of = dict(migration_id=migration_id)
    with database.reading() as connection:
        if store.queries.is_to_be_sampled(connection, **of) is None:
            return
    with database.transaction() as connection:
        if store.queries.is_to_be_sampled(connection, **of):
            _enqueue(connection, migration_id, now)


def keep(connection: Connection, migration_id: str, sample: Sample) -> None:
    """Put it in the place of the one before."""
    failed = dumps([[each.link, each.why] for each in sample.failed])
    store.queries.keep_sample(
        connection, migration_id=migration_id, at=instant_text(sample.at), links=sample.links, failed=failed
    )
    said = f"{sample.answered} of {sample.links} answer"
    store.note(connection, migration_id, None, "links sampled", sample.at, said)


def _enqueue(connection: Connection, migration_id: str, now: datetime) -> None:
    if store.queries.sample_asked(connection, migration_id=migration_id) is None:
        enqueue(connection, SAMPLE, migration_id, now)
