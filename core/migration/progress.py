"""Progress: how far a migration is, how fast, until when, what it has cost, and what stands in its way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.access.roles import Permission, User
from core.catalog.video import folded
from core.database import Database, Row
from core.migration import store
from core.migration.meter import SPAN_S
from core.migration.state import MOVING, Item, Migration, Phase, State
from core.migration.timetable import parse_timetable
from core.units import instant_text

#: The speed of now is that of the last whole spans, so many.
_SPANS_OF_NOW = 6
#: How far back the course of the speed goes.
_COURSE = timedelta(hours=1)
#: What is in quotation marks is the name of one thing, and no cause.
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
#: What viewers get from the target, or would if nothing was taken back.
_OVER = (State.DONE, State.RETIRING, State.RETIRED)


@dataclass(frozen=True)
class Counted:
    """Videos in one state."""

    videos: int
    size_bytes: int
    done_bytes: int  #: that have arrived
    asked: int  #: of the videos, those that somebody wants to be moved


@dataclass(frozen=True)
class Speed:
    """What arrived in one span of SPAN_S seconds."""

    at: datetime  #: its start
    bytes_per_s: float


@dataclass(frozen=True)
class Progress:
    """Of one migration."""

    migration: Migration
    counts: Mapping[State, Counted]  #: of the states that there are videos in
    course: tuple[Speed, ...]  #: of the last hour, oldest first; spans in which nothing arrived are zero
    speed_now: float  #: bytes a second of the last minute; 0 while nothing arrives
    eta_at: datetime | None  #: when the rest will have arrived; None while that cannot be told

    def videos(self, *states: State) -> int:
        """How many there are in those states."""
        return sum(self.counts[each].videos for each in states if each in self.counts)

    @property
    def to_move(self) -> int:
        """Videos that are moved, or shall be; without those that cannot be, or were given up."""
        return self.videos(*MOVING, *_OVER, State.FAILED)

    @property
    def moved(self) -> int:
        """Videos that viewers get from the target."""
        return self.videos(*_OVER)

    @property
    def not_asked(self) -> int:
        """Videos that could be moved, and that nobody has started: a few others were tried first."""
        return sum(self.counts[each].videos - self.counts[each].asked for each in MOVING if each in self.counts)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing that somebody has started is left to be moved."""
        return self.videos(*MOVING) == self.not_asked

    @property
    def size_bytes(self) -> int:
        """Of all that is moved, or shall be."""
        return sum(self.counts[each].size_bytes for each in (*MOVING, *_OVER, State.FAILED) if each in self.counts)

    @property
    def done_bytes(self) -> int:
        """That have arrived, of those."""
        whole = sum(self.counts[each].size_bytes for each in _OVER if each in self.counts)
        return whole + sum(self.counts[each].done_bytes for each in MOVING if each in self.counts)

    @property
    def left_bytes(self) -> int:
        """That have yet to arrive; nothing more comes of what was set aside."""
        moving = [self.counts[each] for each in MOVING if each in self.counts]
        return sum(each.size_bytes - each.done_bytes for each in moving)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be moved."""
        return self.videos(*MOVING) == 0


@dataclass(frozen=True)
class Listed:
    """A video of a migration, as it is listed."""

    item: Item
    title: str
    slug: str


@dataclass(frozen=True)
class Problem:
    """What stands in the way of some videos."""

    problem: str
    advice: str
    state: State
    videos: int
    example: str  #: the id of one of them


@dataclass(frozen=True)
class Event:
    """A line of a timeline."""

    at: datetime
    kind: str
    detail: str
    actor: str  #: who asked for it; empty: the worker


def progress(database: Database, user: User, name: str, now: datetime) -> Progress:
    """Raises MigrationNotFound, PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    since = now - _COURSE
    with database.reading() as connection:
        migration = store.migration_named(connection, name)
        counts = {State(row["state"]): _counted(row) for row in store.queries.counts(connection, **_of(migration))}
        rows = store.queries.speeds(connection, **_of(migration), since=instant_text(since))
        arrived = {datetime.fromisoformat(row["at"]): row["size_bytes"] for row in rows}
    course = _course(arrived, now)
    recent = course[-_SPANS_OF_NOW - 1 : -1] or course  # the last span is not over
    speed = sum(each.bytes_per_s for each in recent) / len(recent) if recent else 0.0
    found = Progress(migration, counts, course, speed, None)
    return Progress(migration, counts, course, speed, _eta_at(found, now))


def under_way(database: Database, user: User, now: datetime) -> Progress | None:
    """Of the migration that runs or is paused, or else of the newest plan; None where there is neither.

    Raises PermissionDenied.
    """
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        row = store.queries.under_way(connection)
    return progress(database, user, row["name"], now) if row else None


def migrations(database: Database, user: User) -> tuple[Migration, ...]:
    """All migrations and plans, the newest first. Raises PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        return tuple(map(store.migration_of_row, store.queries.migrations(connection)))


def listed(
    database: Database,
    user: User,
    migration: Migration,
    state: State | None = None,
    text: str = "",
    first: int = 50,
    start: int = 0,
) -> tuple[tuple[Listed, ...], int]:
    """Videos in that state (None: in any) whose title has that text, and how many there are.

    Raises PermissionDenied.
    """
    user.require(Permission.SEE_MIGRATION)
    listing, counting, asked = _listing(state, folded(text))
    with database.reading() as connection:
        rows = list(listing(connection, **_of(migration), **asked, first=first, start=start))
        total = counting(connection, **_of(migration), **asked)["videos"]
    return tuple(Listed(store.item_of_row(row), row["title"], row["slug"]) for row in rows), total


def _listing(state: State | None, words: str) -> tuple[Any, Any, dict[str, str | None]]:
    """The queries of a page and of the number of all, and what they are asked with; indexes answer without words."""
    if words:
        return store.queries.listed_words, store.queries.count_words, {"state": state, "words": words}
    if state:
        return store.queries.listed_state, store.queries.count_state, {"state": state}
    return store.queries.listed_all, store.queries.count_all, {}


def listed_one(database: Database, user: User, migration: Migration, video_id: str) -> Listed | None:
    """One of them; None where it is no part of the migration. Raises PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        row = store.queries.listed_one(connection, **_of(migration), video_id=video_id)
    return Listed(store.item_of_row(row), row["title"], row["slug"]) if row else None


def problems(database: Database, user: User, migration: Migration) -> tuple[Problem, ...]:
    """What stands in the way, the most common first; what differs in names only is one. Raises PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        rows = list(store.queries.problems(connection, migration_id=migration.id))
    causes: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        causes.setdefault((_QUOTED.sub("'…'", row["problem"]), row["advice"], row["state"]), []).append(row)
    found = [_problem(cause, alike) for cause, alike in causes.items()]
    return tuple(sorted(found, key=lambda each: -each.videos))


def _problem(cause: tuple[str, str, str], alike: list[Row]) -> Problem:
    text, advice, state = cause
    problem = alike[0]["problem"] if len(alike) == 1 else text
    return Problem(problem, advice, State(state), sum(row["videos"] for row in alike), alike[0]["example"])


def timeline(
    database: Database, user: User, migration: Migration, video_id: str | None = None, limit: int = 100
) -> tuple[Event, ...]:
    """What happened to a video, or to the migration itself; newest first. Raises PermissionDenied."""
    user.require(Permission.SEE_MIGRATION)
    with database.reading() as connection:
        rows = list(store.queries.events_of(connection, migration_id=migration.id, video_id=video_id, limit=limit))
    return tuple(Event(datetime.fromisoformat(row["at"]), row["kind"], row["detail"], row["actor"]) for row in rows)


def _of(migration: Migration) -> dict[str, str]:
    return {"migration_id": migration.id}


def _counted(row: Row) -> Counted:
    return Counted(row["videos"], int(row["size_bytes"]), int(row["done_bytes"]), int(row["asked"]))


def _course(arrived: Mapping[datetime, int], now: datetime) -> tuple[Speed, ...]:
    """From the first span in which something arrived until now."""
    if not arrived:
        return ()
    span, at = timedelta(seconds=SPAN_S), min(arrived)
    course = list[Speed]()
    while at <= now:
        course.append(Speed(at, arrived.get(at, 0) / SPAN_S))
        at += span
    return tuple(course)


def _eta_at(found: Progress, now: datetime) -> datetime | None:
    if found.is_over or found.migration.phase is not Phase.RUNNING or found.speed_now <= 0:
        return None
    return now + parse_timetable(found.migration.timetable).duration(found.left_bytes, now, round(found.speed_now) or 1)
