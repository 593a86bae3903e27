"""Meter: how many bytes have arrived, of each video and in each span of time; written down now and then."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from core.database import Database
from core.migration.store import queries
from core.units import instant_text

#: Speed is kept by spans of this length.
SPAN_S = 10
_WRITTEN_EVERY = timedelta(seconds=1)


class Meter:
    """One for each worker process."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._lock = Lock()
        self._spans: dict[tuple[str, str], int] = defaultdict(int)
        self._videos: dict[tuple[str, str], int] = {}
        self._ended: set[tuple[str, str]] = set()  #: of these, since they were last written
        self._written_at = clock()

    def begin(self, migration_id: str, video_id: str) -> None:
        """Count a video from nothing; what is there already counts as soon as it was looked at."""
        with self._lock:
            self._videos[migration_id, video_id] = 0
            self._ended.discard((migration_id, video_id))

    def arrived(self, migration_id: str, video_id: str, size_bytes: int, moved: bool = True) -> None:
        """So many bytes more; `moved` just now, or found to be there."""
        now = self._clock()
        with self._lock:
            self._videos[migration_id, video_id] = self._videos.get((migration_id, video_id), 0) + size_bytes
            if moved:
                self._spans[migration_id, _span(now)] += size_bytes
            due = now - self._written_at >= _WRITTEN_EVERY
        if due:
            self.write()

    def end(self, migration_id: str, video_id: str) -> None:
        """Nothing more comes of that video for now."""
        with self._lock:
            self._ended.add((migration_id, video_id))
            due = self._ended >= self._videos.keys() or self._clock() - self._written_at >= _WRITTEN_EVERY
        if due:
            self.write()

    def write(self) -> None:
        """Put into the database what was counted since the last time."""
        with self._lock:
            spans, videos = dict(self._spans), dict(self._videos)
            self._spans.clear()
            for ended in self._ended:
                self._videos.pop(ended, None)
            self._ended.clear()
            self._written_at = self._clock()
        with self._database.transaction() as connection:
            for (migration_id, at), size_bytes in spans.items():
                queries.add_speed(connection, migration_id=migration_id, at=at, size_bytes=size_bytes)
            for (migration_id, video_id), done_bytes in videos.items():
                queries.set_done_bytes(connection, migration_id=migration_id, video_id=video_id, done_bytes=done_bytes)


def _span(now: datetime) -> str:
    return instant_text(now.replace(second=now.second // SPAN_S * SPAN_S, microsecond=0))
