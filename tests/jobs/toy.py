"""A worker with one job, for tests to kill: python -m tests.jobs.toy HOME [--parent PID].

The job's first step notes that it was taken; its second notes that it began, and ends only when
the file `go` is there; its third fails; its fourth notes that it was taken.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import NoExportFound
from core.jobs import engine
from core.jobs.job import Job
from core.jobs.worker import Pulse, work
from core.sqlite_database import SqliteDatabase
from tests.jobs.far_off import FarOff
from tests.jobs.waiting import LOOKS_EVERY_S, wait_until

PULSE = Pulse(timedelta(seconds=0.5))


def steps_in(home: Path) -> dict:
    def note(step: str) -> None:
        with (home / "notes").open("a") as notes:
            notes.write(f"{step}\n")

    def wait_for_go() -> None:
        note("waits")
        wait_until((home / "go").exists, "the file go")
        note("went")

    def fail() -> None:
        raise NoExportFound("There is nothing here.", "Look elsewhere.")

    return {"first": lambda: note("first"), "second": wait_for_go, "third": fail, "fourth": lambda: note("fourth")}


def main(home: Path, parent: int | None) -> None:
    database = SqliteDatabase(home / "phyght.sqlite")
    database.migrate()
    engine.LOOKS_EVERY_S = LOOKS_EVERY_S
    jobs: list[Job] = [FarOff("toy", 60, steps_in(home))]
    work(home, database, jobs, lambda: datetime.now(UTC), parent, pulse=PULSE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
