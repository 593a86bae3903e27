"""Worker: the process that runs the jobs, until it is told to stop or its parent is gone."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn

from core.database import Database
from core.jobs.heartbeat import Heartbeat
from core.jobs.job import Job
from core.jobs.lock import only_one
from core.jobs.work import Requests, Work


def work(
    home: Path,
    database: Database,
    jobs: list[Job],
    clock: Callable[[], datetime],
    parent: int | None,
    works: Sequence[Work] = (),
) -> None:
    """Run the jobs of one installation, and the work that is asked for, until told to stop (SIGTERM, SIGINT) or the
    parent is gone; then the process ends with status 0. It returns only where it was told so while it waited for
    another worker.

    One worker at a time works on a home folder: a second one waits until the first is gone.
    A step that is at work when the worker stops is cut off, and taken again by the next worker.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if parent is not None:
        Thread(target=_stop_with, args=(parent, stop), daemon=True).start()
    with only_one(home / "worker.lock", stop) as alone:
        if alone:
            _run_jobs(home / "jobs.sqlite", database, jobs, works, clock, stop)


def _stop_with(parent: int, stop: Event) -> None:
    # no signal comes when a parent is killed; the orphan gets another parent
    while os.getppid() == parent:
        if stop.wait(0.5):
            return  # else it would look again and again, and the worker's last steps hardly get a turn
    stop.set()


def _run_jobs(
    store: Path,
    database: Database,
    jobs: list[Job],
    works: Sequence[Work],
    clock: Callable[[], datetime],
    stop: Event,
) -> None:
    from core.jobs.engine import open_engine  # here, because the library takes a second to import

    heartbeat = Heartbeat(database, clock())
    with open_engine(store, jobs, works, Requests(database)) as engine:
        engine.forget_old_runs(clock())
        engine.start_overdue(clock())
        while not stop.wait(1):
            heartbeat.beat(clock())
            engine.take_up(clock())
    heartbeat.stop()
    _end()


def _end() -> NoReturn:
    """End the process at once. The interpreter would first wait for the thread of a step that is at work, and hang
    for good where a thread of the library was cut off inside SQLite, whose locks it still holds.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
