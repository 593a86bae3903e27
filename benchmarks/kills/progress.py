"""Progress: what a worker is inside of, by what is on record, and how far the migration is."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from benchmarks.kills.scene import Scene
from core.database import Connection
from core.units import instant_text

_BUSY = "('copying', 'uploaded', 'verified')"
_PENDING = "select workflow_uuid, executor_id from {0} where status = 'PENDING' and queue_name = 'migrate'"


class Worker(NamedTuple):
    """One life of a worker."""

    name: str  #: its place's
    began: datetime


def states(scene: Scene) -> Counter[str]:
    """How many videos are in which state."""
    return Counter({row[0]: row[1] for row in asked(scene, "select state, count(*) from migration_videos group by 1")})


def worker_of(scene: Scene, process: int) -> Worker | None:
    """What a process is called as a worker, and when it began; None where it is none yet."""
    rows = asked(scene, f"select id, started_at from workers where process = {process}")
    return Worker(rows[0][0], datetime.fromisoformat(rows[0][1])) if rows else None


def newest_worker(scene: Scene, since: datetime) -> int | None:
    """The process of a worker that began since then."""
    rows = asked(scene, f"select process from workers where started_at > '{instant_text(since)}'")
    return rows[0][0] if rows else None


def inside(scene: Scene, worker: Worker) -> Counter[str]:
    """In which states the videos are that this very process has begun, and whose run is its own and not over."""
    name, began = worker
    own = {run for run, executor in _pending(scene) if executor == name}
    rows = asked(scene, f"select request, state, began_at from migration_videos where state in {_BUSY}")
    return Counter(state for run, state, at in rows if run in own and datetime.fromisoformat(at) > began)


def mark(scene: Scene) -> tuple[object, ...]:
    """How far it is, by what has arrived; another one whenever anything has since, or an upload was begun."""
    parts = asked(scene, "select count(*) from migration_parts")[0][0]
    copies = asked(scene, "select count(*) from migration_objects where done")[0][0]
    uploads = asked(scene, "select max(upload_id) from migration_objects")[0][0]
    return tuple(sorted(states(scene).items())), parts, copies, uploads


def parts_on_record(scene: Scene) -> int:
    """Of uploads that are not whole yet."""
    return asked(scene, "select count(*) from migration_parts")[0][0]


def asked(scene: Scene, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the installation's own tables."""
    with scene.database.reading() as connection:
        return _rows(connection, sql)


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(sql)]


def _pending(scene: Scene) -> list[tuple[Any, ...]]:
    if scene.database.url:
        if asked(scene, "select to_regclass('phyght_jobs.workflow_status')") == [(None,)]:
            return []
        return asked(scene, _PENDING.format("phyght_jobs.workflow_status"))
    with closing(sqlite3.connect(scene.home / "jobs.sqlite", timeout=30)) as connection:
        known = connection.execute("select 1 from sqlite_master where name = 'workflow_status'").fetchall()
        return connection.execute(_PENDING.format("workflow_status")).fetchall() if known else []
