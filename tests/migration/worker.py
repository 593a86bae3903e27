"""A worker of several that moves videos, for tests to kill: python -m tests.migration.worker HOME POSTGRES.

The sweep for lost requests runs every second, and whoever dies is missed after three.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from core.jobs.work import Work
from core.jobs.worker import work
from core.migration.state import DISCARD, MOVE, SAMPLE
from core.postgres_database import PostgresDatabase
from core.settings import load_settings
from tests.jobs.piecework import PULSE, EverySecond
from tests.migration.place import Place, folder

AT_ONCE = 3
PART = 20_000


class Live(Place):
    """A place where time passes."""

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def _pause(self, seconds: float) -> None:
        Event().wait(seconds)


def open_live(home: Path, url: str) -> Live:
    """The installation, as each of its processes sees it."""
    providers = (folder(home, "supabase"), folder(home, "s3"))
    return Live(home, PostgresDatabase(url), load_settings(), *providers, part_bytes=PART)


def main(home: Path, url: str) -> None:
    place = open_live(home, url)
    jobs = [EverySecond("migrations", 1, {"lost moves": lambda: place.migrations.ask_again(place.clock())})]
    works = [
        Work(MOVE, place.mover.move, AT_ONCE, looks_every_s=0.05),
        Work(DISCARD, place.mover.discard, AT_ONCE),
        Work(SAMPLE, place.sampler.run),
    ]
    work(home, place.database, list(jobs), place.clock, None, works, PULSE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
