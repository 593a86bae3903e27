"""A worker of several, for tests to kill: python -m tests.jobs.piecework HOME POSTGRES.

Each piece of its work is recorded in the table `begun` each time that it is begun, waits a moment, and is recorded in
the table `finished` by its name, so that doing it again changes nothing there. Two jobs are recorded in `runs`: `toy`
is overdue once, `tick` is due every second.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from core.jobs.job import Job
from core.jobs.work import Work
from core.jobs.worker import Pulse, work
from core.postgres_database import PostgresDatabase
from tests.jobs.far_off import FarOff

TABLES = """
create table begun (piece text, process bigint);
create table finished (piece text primary key, process bigint);
create table runs (job text, process bigint)
"""
PIECE_S = 0.15
AT_ONCE = 3
PULSE = Pulse(timedelta(seconds=0.5), timedelta(seconds=3))


class EverySecond(Job):
    """A job that is due every second."""

    @property
    def cron(self) -> str:
        return "* * * * * *"


def record(database: PostgresDatabase, table: str, *piece: str) -> None:
    with database.transaction() as connection:
        values = ", ".join([*(f"'{each}'" for each in piece), str(os.getpid())])
        connection.execute(f"insert into {table} values ({values}) on conflict do nothing")


def main(home: Path, url: str) -> None:
    database = PostgresDatabase(url)

    def do(piece: str, _: object) -> None:
        record(database, "begun", piece)
        Event().wait(PIECE_S)
        record(database, "finished", piece)

    def run(job: str) -> None:
        record(database, "runs", job)

    jobs: list[Job] = [
        FarOff("toy", 60, {"once": lambda: run("toy")}),
        EverySecond("tick", 60, {"once": lambda: run("tick")}),
    ]
    works = [Work("piece", do, AT_ONCE, looks_every_s=0.05)]
    work(home, database, jobs, lambda: datetime.now(UTC), None, works, PULSE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
