"""Heartbeat: how others know that the worker is alive."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from core.database import Database, named_queries

queries: Any = named_queries(__file__)

WORKER = "worker"
EVERY = timedelta(seconds=10)


class Heartbeat:
    """The worker's sign of life in the database."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._last = now
        with database.transaction() as connection:
            queries.worker_started(connection, id=WORKER, process=os.getpid(), at=now.astimezone(UTC).isoformat())

    def beat(self, now: datetime) -> None:
        """Say that the worker is alive; not more often than is needed."""
        if now - self._last < EVERY:
            return
        self._last = now
        with self._database.transaction() as connection:
            queries.worker_is_alive(connection, id=WORKER, at=now.astimezone(UTC).isoformat())

    def stop(self) -> None:
        """Say that the worker ends here, as it should."""
        with self._database.transaction() as connection:
            queries.worker_is_gone(connection, id=WORKER)


def worker_seen_at(database: Database) -> datetime | None:
    """When the worker last said that it is alive; None while there is none."""
    with database.reading() as connection:
        row = queries.worker(connection, id=WORKER)
    return datetime.fromisoformat(row["seen_at"]) if row else None
