"""Worker: the process that runs the jobs, until it is told to stop or its parent is gone."""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, NoReturn

from core.database import Database
from core.errors import DatabaseError
from core.jobs.heartbeat import EVERY, Heartbeat
from core.jobs.job import Job
from core.jobs.lock import lowest_place, only_one
from core.jobs.reaper import DEAD_AFTER, Reaper
from core.jobs.strays import Strays
from core.jobs.watchdog import watch
from core.jobs.work import Requests, Work

if TYPE_CHECKING:
    from core.jobs.engine import Engine
    from core.jobs.store import SharedStore

#: What the one worker of a database in a file is called.
WORKER = "worker"
#: How long the database may fail before the worker gives up.
_PATIENCE = timedelta(seconds=60)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pulse:
    """How soon it is noticed that a worker is dead, or leaves something undone."""

    every: timedelta = EVERY  #: a sign of life, and a look at those of others and at what is undone
    dead_after: timedelta = DEAD_AFTER  #: without one


def work(
    home: Path,
    database: Database,
    jobs: list[Job],
    clock: Callable[[], datetime],
    parent: int | None,
    works: Sequence[Work] = (),
    pulse: Pulse = Pulse(),
) -> None:
    """Run the jobs of one installation, and the work that is asked for, until told to stop (SIGTERM, SIGINT) or the
    parent is gone; then the process ends with status 0. It returns only where it was told so while it waited for
    another worker.

    With a database in a file one worker at a time works on a home folder: a second one waits until the first is gone.
    On Postgres they work beside each other, and go on with what one of them left that died; one that was only taken
    for dead ends with status 1. All of them, on other machines too, have the same home folder.
    A step that is at work when the worker stops is cut off, and taken again by the next worker.
    One that hangs says where, and ends with status 1.
    """
    database.keep_open()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if parent is not None:
        Thread(target=_stop_with, args=(parent, stop), daemon=True).start()
    with _place(home, database, stop) as place:
        if place:
            _run_jobs(place, home, database, jobs, works, clock, stop, pulse)


@contextmanager
def _place(home: Path, database: Database, stop: Event) -> Iterator[str | None]:
    """The name that this worker has while it lives, and the next one in its place after it; None: it is not needed."""
    if database.url:
        with lowest_place(home / "workers", f"{WORKER}-{socket.gethostname()}") as place:
            yield place
    else:
        with only_one(home / "worker.lock", stop) as alone:
            yield WORKER if alone else None


def _stop_with(parent: int, stop: Event) -> None:
    # no signal comes when a parent is killed; the orphan gets another parent
    while os.getppid() == parent:
        if stop.wait(0.5):
            return  # else it would look again and again, and the worker's last steps hardly get a turn
    stop.set()


def _run_jobs(
    place: str,
    home: Path,
    database: Database,
    jobs: list[Job],
    works: Sequence[Work],
    clock: Callable[[], datetime],
    stop: Event,
    pulse: Pulse,
) -> None:
    from core.jobs.engine import open_engine  # here, because the library takes a second to import

    watch()
    # before the engine goes on with what was left in this place: from now on no other worker takes that
    heartbeat = Heartbeat(database, place, clock(), pulse.every)
    with open_engine(_store(place, home, database), jobs, works, Requests(database), database.transaction) as engine:
        with database.transaction():  # else two that start at once would each start what is overdue
            engine.forget_old_runs(clock())
            engine.start_overdue(clock())
        reaper = Reaper(database, place, engine, pulse.dead_after, pulse.every) if database.url else None
        told = _go_on(engine, heartbeat, Strays(engine, pulse.every), reaper, clock, stop)
        if told:
            heartbeat.stop()
        # here: a library that is closed while runs are at work lets them go on without it, and claims further ones
        _end(0 if told else 1)


def _store(place: str, home: Path, database: Database) -> "Path | SharedStore":
    from core.jobs.store import SharedStore

    return SharedStore(database.url, place) if database.url else home / "jobs.sqlite"


def _go_on(
    engine: "Engine",
    heartbeat: Heartbeat,
    strays: Strays,
    reaper: Reaper | None,
    clock: Callable[[], datetime],
    stop: Event,
) -> bool:
    """Until told to stop; False where another worker has taken over. Raises DatabaseError when it fails for long."""
    well_at = clock()
    while not stop.wait(1):
        watch()
        try:
            if not heartbeat.beat(clock()):
                log.error("This worker was not heard of for long, so another one went on with its work.")
                return False
            if reaper:
                reaper.look(clock())
            strays.look(clock())
            engine.take_up(clock(), 1 + (reaper.others if reaper else 0))
            well_at = clock()
        except DatabaseError as error:  # what is at work may not need it at this moment
            if clock() - well_at > _PATIENCE:
                raise
            log.warning("%s", error)
    return True


def _end(status: int) -> NoReturn:
    """End the process at once. The interpreter would first wait for the thread of a step that is at work, and hang
    for good where a thread of the library was cut off inside SQLite, whose locks it still holds.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
