"""Reaper: what a dead worker had at work is handed to those that live."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from core.database import Database
from core.jobs.heartbeat import EVERY, queries

DEAD_AFTER = timedelta(seconds=60)


class Runs(Protocol):
    """What workers have at work."""

    def at_work(self) -> Iterable[str]:
        """The workers that have something at work, or had it when they died."""
        ...

    def hand_over(self, worker: str) -> int:
        """Have the others go on with what it had at work; returns how much that was."""
        ...


class Reaper:
    """Watches the other workers' hearts.

    A worker is dead when its sign of life has stayed the same for long enough by the clock of whoever looks, so that
    clocks need not agree. One that says farewell with something at work is not heard of either.
    """

    def __init__(
        self, database: Database, me: str, runs: Runs, after: timedelta = DEAD_AFTER, every: timedelta = EVERY
    ) -> None:
        self._database = database
        self._me = me
        self._runs = runs
        self._after = after
        self._every = every
        self._seen: dict[str, tuple[str, datetime]] = {}  #: the latest sign of each, and since when it is that
        self._last: datetime | None = None
        self.others = 0  #: how many other workers there were at the last look

    def look(self, now: datetime) -> None:
        """Hand over what dead workers left; not more often than is needed."""
        if self._last and now - self._last < self._every:
            return
        if self._last and now - self._last > self._after:
            self._seen = {}  # nobody could beat while nobody could look
        signs = self._signs()
        self._last, self.others = now, len(signs)
        idle_hearts = dict.fromkeys(set(self._runs.at_work()) - {self._me}, "")
        for worker, sign in (idle_hearts | signs).items():
            if self._is_dead(worker, sign, now):
                self._reap(worker, sign)

    def _signs(self) -> dict[str, str]:
        with self._database.reading() as connection:
            rows = list(queries.workers(connection))
        return {row["id"]: row["seen_at"] for row in rows if row["id"] != self._me}

    def _is_dead(self, worker: str, sign: str, now: datetime) -> bool:
        known, since = self._seen.get(worker, ("", now))
        if worker not in self._seen or known != sign:
            since = now
        self._seen[worker] = (sign, since)
        return now - since >= self._after

    def _reap(self, worker: str, sign: str) -> None:
        # as long as we write nobody else does: it cannot come back, and no other worker can reap it
        with self._database.transaction() as connection:
            row = queries.worker(connection, id=worker)
            if (row["seen_at"] if row else "") == sign:
                queries.worker_is_gone(connection, id=worker)
                self._runs.hand_over(worker)
        del self._seen[worker]
