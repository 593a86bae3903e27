"""Heartbeat: how others know that a worker is alive."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from core.database import Connection, Database, named_queries

queries: Any = named_queries(__file__)

EVERY = timedelta(seconds=10)


class Heartbeat:
    """A worker's sign of life in the database."""

    def __init__(self, database: Database, worker: str, now: datetime, every: timedelta = EVERY) -> None:
        self._database = database
        self._worker = worker
        self._last = now
        self._every = every
        with database.transaction() as connection:
            queries.worker_started(connection, id=worker, process=os.getpid(), at=now.astimezone(UTC).isoformat())

    def beat(self, now: datetime) -> bool:
        """Say that the worker is alive, not more often than is needed; False: another one has taken its work over."""
        if now - self._last < self._every:
            return True
        with self._database.transaction() as connection:
            known = queries.worker_is_alive(connection, id=self._worker, at=now.astimezone(UTC).isoformat())
        self._last = now
        return bool(known)

    def stop(self) -> None:
        """Say that the worker ends here, as it should."""
        with self._database.transaction() as connection:
            queries.worker_is_gone(connection, id=self._worker)


def workers_at_work(connection: Connection) -> int:
    """How many workers live, whoever asks among them; one that has died counts until the others have noticed it."""
    return max(len(list(queries.workers(connection))), 1)


def worker_seen_at(database: Database) -> datetime | None:
    """When any worker last said that it is alive; None while there is none."""
    with database.reading() as connection:
        seen = [row["seen_at"] for row in queries.workers(connection)]
    return max(map(datetime.fromisoformat, seen), default=None)
