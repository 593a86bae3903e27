"""Orders: what somebody wants of a move that is under way, asked now and then because it may be another by now."""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock

from core.database import Database
from core.jobs.heartbeat import workers_at_work
from core.migration import store
from core.migration.state import Item, Phase
from core.migration.timetable import parse_timetable

_ASKED_EVERY_S = 1.0


class Orders:
    """Whether one video's move is to go on, and how fast."""

    def __init__(
        self, database: Database, item: Item, called_off: Callable[[], bool], clock: Callable[[], datetime]
    ) -> None:
        self._database, self._item, self._called_off, self._clock = database, item, called_off, clock
        self._lock = Lock()
        self._asked_at, self._stopped, self._rate = float("-inf"), False, None

    def stopped(self) -> bool:
        """Whether it is to stop, by pausing or cancelling; once it is, it stays so."""
        self._ask()
        return self._stopped

    def rate(self) -> int | None:
        """Bytes a second that this worker may move now, its part of the migration's; None: as fast as it goes."""
        self._ask()
        return self._rate

    def _ask(self) -> None:
        with self._lock:
            if time.monotonic() - self._asked_at < _ASKED_EVERY_S:
                return
            with self._database.reading() as connection:
                migration = store.migration(connection, self._item.migration_id)
                item = store.item(connection, self._item.migration_id, self._item.video_id)
                workers = workers_at_work(connection)
            goes_on = migration.phase is Phase.RUNNING and item.state.moves and not self._called_off()
            self._stopped = self._stopped or not goes_on
            rate = parse_timetable(migration.timetable).rate_at(self._clock())
            self._rate = None if rate is None else max(rate // workers, 1)
            self._asked_at = time.monotonic()
