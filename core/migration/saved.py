"""Saved: plans as the database keeps them, and what is different between two."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.database import Connection, Row, named_queries
from core.errors import MigrationNotFound
from core.formulas import harmless
from core.migration.estimate import Estimate, as_text, estimate_from_json
from core.migration.options import Options, options_from_json
from core.migration.plan import MigrationPlan
from core.migration.planned import PlannedVideo
from core.units import instant_text

queries: Any = named_queries(__file__, "plan_queries.sql")


@dataclass(frozen=True)
class SavedPlan:
    """A plan that is kept under a name; once it was started it is a migration."""

    id: str
    name: str
    options: Options
    estimate: Estimate  #: on the day it was made
    timetable: str
    grace_days: int  #: from a cut-over until the source may be retired
    state: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class Difference:
    """A figure that is another one in two plans."""

    figure: str
    first: Any
    second: Any


@dataclass(frozen=True)
class Comparison:
    """What is different between two plans."""

    only_in_first: tuple[PlannedVideo, ...]  #: videos that move by it, and do not by the other
    only_in_second: tuple[PlannedVideo, ...]
    differences: tuple[Difference, ...]


def compare_plans(
    first: Iterable[PlannedVideo], second: Iterable[PlannedVideo], figures: Iterable[Difference]
) -> Comparison:
    """Which videos move by one of them only, and which figures differ."""
    ours, theirs = ({each.video_id: each for each in videos if not each.blocked} for videos in (first, second))
    return Comparison(
        tuple(each for id, each in ours.items() if id not in theirs),
        tuple(each for id, each in theirs.items() if id not in ours),
        tuple(each for each in figures if each.first != each.second),
    )


def figures_of(first: Estimate, second: Estimate) -> Iterator[Difference]:
    """Each figure of two estimates; without the sentences beside them."""
    ours, theirs = first.as_json(), second.as_json()
    for name in ours:
        if name not in ("assumptions", "basis"):
            yield Difference(name, ours[name], theirs[name])


def add(connection: Connection, plan: SavedPlan, videos: Iterable[PlannedVideo]) -> None:
    """Keep a plan and its videos, in order."""
    now = instant_text(plan.created_at)
    queries.add_plan(
        connection,
        id=plan.id,
        name=plan.name,
        source=plan.options.source,
        target=plan.options.target,
        options=json.dumps(plan.options.as_json()),
        estimate=json.dumps(plan.estimate.as_json()),
        adopts=plan.options.adopts,
        timetable=plan.timetable,
        grace_days=plan.grace_days,
        created_by=plan.created_by,
        created_at=now,
    )
    rows = [_row(plan.id, position, each, now) for position, each in enumerate(videos, start=1)]
    queries.add_planned_video(connection, rows)


def find(connection: Connection, name: str) -> SavedPlan:
    """Raises MigrationNotFound."""
    row = queries.plan_by_name(connection, name=name)
    if row is None:
        raise MigrationNotFound(
            f"There is no plan {name[:80]!r}.", "See those there are: python -m core migrate plans."
        )
    return saved(row)


def saved(row: Row) -> SavedPlan:
    """From a row of the table."""
    return SavedPlan(
        id=row["id"],
        name=row["name"],
        options=options_from_json(json.loads(row["options"])),
        estimate=estimate_from_json(json.loads(row["estimate"])),
        timetable=row["timetable"],
        grace_days=row["grace_days"],
        state=row["state"],
        created_by=row["created_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
    )


def videos_of(connection: Connection, plan: SavedPlan) -> tuple[PlannedVideo, ...]:
    """The videos of a plan in their order, those that cannot move last."""
    return tuple(map(_video, queries.planned_videos(connection, migration_id=plan.id)))


def _video(row: Row) -> PlannedVideo:
    told = tuple(row)
    return PlannedVideo(*told[:4], *map(Decimal, told[4:7]), *told[7:])


def _row(migration_id: str, position: int, video: PlannedVideo, now: str) -> dict[str, Any]:
    return {
        "migration_id": migration_id,
        "video_id": video.video_id,
        "position": position,
        "state": "blocked" if video.blocked else "waiting",
        "objects": video.objects,
        "size_bytes": video.size_bytes,
        "problem": video.blocked,
        "advice": video.advice,
        "monthly_before_usd": as_text(video.monthly_before_usd),
        "monthly_after_usd": as_text(video.monthly_after_usd),
        "one_off_usd": as_text(video.one_off_usd),
        "changed_at": now,
    }


def as_rows(videos: Iterable[PlannedVideo]) -> Iterator[dict[str, str]]:
    """Plain text by column, to be exported; a title that a spreadsheet would run as a formula is only text."""
    for each in videos:
        yield {name: value if isinstance(value, str) else str(value) for name, value in _told(each, harmless).items()}


def _told(video: PlannedVideo, text: Callable[[str], str] = str) -> dict[str, str | int]:
    """By column: money as decimals in text."""
    told: dict[str, str | int] = {}
    for name in columns():
        value = getattr(video, name)
        match value:
            case Decimal():
                told[name] = as_text(value)
            case str():
                told[name] = text(value)
            case _:
                told[name] = value
    return told


def columns() -> tuple[str, ...]:
    """Those of `as_rows`."""
    return tuple(each.name for each in fields(PlannedVideo))


def document(plan: SavedPlan, videos: Iterable[PlannedVideo]) -> dict[str, Any]:
    """A plan as plain JSON, with all of its videos."""
    return {
        "id": plan.id,
        "name": plan.name,
        "state": plan.state,
        "options": plan.options.as_json(),
        "timetable": plan.timetable,
        "grace_days": plan.grace_days,
        "created_by": plan.created_by,
        "created_at": instant_text(plan.created_at),
        "estimate": plan.estimate.as_json(),
        "videos": [_told(video) for video in videos],
    }


def new(plan: MigrationPlan, id: str, name: str, grace_days: int, created_by: str) -> SavedPlan:
    """A plan as it is about to be kept."""
    return SavedPlan(
        id, name, plan.options, plan.estimate, plan.timetable.text, grace_days, "planned", created_by, plan.made_at
    )
