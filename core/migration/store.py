"""Store: migrations and their videos in the database; each change joins a transaction."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from json import loads
from typing import Any

from core.access.roles import Via
from core.database import Connection, Row, named_queries
from core.errors import MigrationNotFound
from core.migration.state import Item, Migration, Phase, State
from core.units import instant_text

queries: Any = named_queries(__file__)


def migration(connection: Connection, id: str) -> Migration:
    """Raises MigrationNotFound."""
    return _found(queries.migration(connection, id=id), id)


def migration_named(connection: Connection, name: str) -> Migration:
    """Raises MigrationNotFound."""
    return _found(queries.migration_named(connection, name=name), name)


def migrations_from(connection: Connection, source: str) -> tuple[Migration, ...]:
    """All that move from a provider, the newest first."""
    return tuple(each for each in map(migration_of_row, queries.migrations(connection)) if each.source == source)


def item(connection: Connection, migration_id: str, video_id: str) -> Item:
    """Raises MigrationNotFound where the video is no part of it."""
    row = queries.item(connection, migration_id=migration_id, video_id=video_id)
    if row is None:
        raise MigrationNotFound(f"The video {video_id!r} is no part of that migration.", "Look at its plan.")
    return item_of_row(row)


def enter(connection: Connection, of: Item, state: State, now: datetime) -> bool:
    """Put a video into another state; False where it has left the one that it was in."""
    changed = queries.set_state(
        connection,
        migration_id=of.migration_id,
        video_id=of.video_id,
        before=of.state,
        after=state,
        changed_at=instant_text(now),
    )
    return changed == 1


def advance(connection: Connection, of: Item, state: State, now: datetime, detail: str = "") -> Item | None:
    """Note that a video that moves is so far; as it is then, or None where it is not to move any more."""
    current = item(connection, of.migration_id, of.video_id)
    if not current.state.moves:
        return None
    if current.state is state:
        return current
    enter(connection, current, state, now)
    note(connection, of.migration_id, of.video_id, state, now, detail)
    return replace(current, state=state)


def is_cut_over(connection: Connection, of: Item, at: datetime | None) -> None:
    """Viewers get the target's copy since then, or not any more; what it costs and saves is added up."""
    now, saved = migration(connection, of.migration_id), of.monthly_before_usd - of.monthly_after_usd
    spent = now.spent_usd if of.paid else now.spent_usd + of.one_off_usd
    queries.account(
        connection,
        id=now.id,
        spent_usd=str(spent),
        saved_monthly_usd=str(now.saved_monthly_usd + (saved if at else -saved)),
    )
    queries.is_cut_over(
        connection, migration_id=of.migration_id, video_id=of.video_id, at=instant_text(at) if at else None
    )


def has_problem(
    connection: Connection, of: Item, state: State, problem: str, advice: str, now: datetime, request: str | None = None
) -> None:
    """A video that moves waits for another attempt, or is set aside, and why."""
    queries.set_problem(
        connection,
        migration_id=of.migration_id,
        video_id=of.video_id,
        state=state,
        request=request,
        problem=problem,
        advice=advice,
        changed_at=instant_text(now),
    )


def note(
    connection: Connection,
    migration_id: str,
    video_id: str | None,
    kind: str,
    now: datetime,
    detail: str = "",
    actor: str = "",
) -> None:
    """Write into the timeline what happened."""
    queries.add_event(
        connection,
        migration_id=migration_id,
        video_id=video_id,
        at=instant_text(now),
        kind=kind,
        detail=detail,
        actor=actor,
    )


def migration_of_row(row: Row) -> Migration:
    return Migration(
        id=row["id"],
        name=row["name"],
        source=row["source"],
        target=row["target"],
        target_prefix=loads(row["options"]).get("target_prefix", ""),
        adopts=bool(row["adopts"]),
        timetable=row["timetable"],
        grace_days=row["grace_days"],
        phase=Phase(row["state"]),
        created_by=row["created_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
        started_by=row["started_by"] or "",
        started_via=Via(row["started_via"] or Via.SHELL),
        started_at=_instant(row["started_at"]),
        spent_usd=Decimal(row["spent_usd"]),
        saved_monthly_usd=Decimal(row["saved_monthly_usd"]),
    )


def item_of_row(row: Row) -> Item:
    return Item(
        migration_id=row["migration_id"],
        video_id=row["video_id"],
        position=row["position"],
        state=State(row["state"]),
        wanted=bool(row["wanted"]),
        request=row["request"] or "",
        objects=row["objects"],
        size_bytes=row["size_bytes"],
        done_bytes=row["done_bytes"],
        attempts=row["attempts"],
        problem=row["problem"],
        advice=row["advice"],
        monthly_before_usd=Decimal(row["monthly_before_usd"]),
        monthly_after_usd=Decimal(row["monthly_after_usd"]),
        one_off_usd=Decimal(row["one_off_usd"]),
        paid=bool(row["paid"]),
        began_at=_instant(row["began_at"]),
        cut_over_at=_instant(row["cut_over_at"]),
        changed_at=datetime.fromisoformat(row["changed_at"]),
    )


def keys_on_their_way(connection: Connection, target: str) -> set[str]:
    """Where objects go at a target, that are not whole there yet and may still be."""
    return {row["target_key"] for row in queries.keys_on_their_way(connection, target=target)}


def videos_at_work(connection: Connection) -> set[str]:
    """The ids of the videos that a migration is moving, or retiring at its source."""
    return {row["video_id"] for row in queries.videos_at_work(connection)}


def _found(row: Row | None, asked: str) -> Migration:
    if row is None:
        raise MigrationNotFound(f"There is no migration {asked!r}.", "See `python -m core migrate status`.")
    return migration_of_row(row)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
