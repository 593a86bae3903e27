"""Worker: it may be killed at any moment, and the next one goes on."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from core.jobs.heartbeat import Heartbeat, worker_seen_at
from core.jobs.lock import only_one
from core.jobs.worker import _stop_with
from core.sqlite_database import SqliteDatabase
from tests.jobs.waiting import LONGEST_S, wait_until

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts another worker of the same installation."""
    started: list[subprocess.Popen[str]] = []

    def worker(*more: str, python: tuple[str, ...] = (sys.executable, "-m", "tests.jobs.toy")) -> subprocess.Popen[str]:
        process = subprocess.Popen([*python, str(home), *more], stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield worker
    for process in started:
        process.kill()
        process.communicate(timeout=LONGEST_S)


@pytest.fixture
def notes(home: Path) -> Callable[[], list[str]]:
    """What the steps have noted so far."""
    file = home / "notes"
    return lambda: file.read_text().split() if file.exists() else []


def test_the_next_worker_goes_on_where_a_killed_one_was(home, start, notes):
    killed = start()
    wait_until(lambda: notes() == ["first", "waits"], "the second step at work")
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=LONGEST_S)
    (home / "go").touch()

    start()

    wait_until(lambda: notes()[-1] == "fourth", "the last step taken")
    assert notes() == ["first", "waits", "waits", "went", "fourth"]  # the first step is not taken again


def test_what_could_not_be_taken_up_when_it_began_is_taken_up_later(home, start, notes):
    """As where the disk was full at that moment: the library tries it once and goes on without."""
    killed = start()
    wait_until(lambda: notes() == ["first", "waits"], "the second step at work")
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=LONGEST_S)
    began = datetime.now(UTC)

    with closing(sqlite3.connect(home / "jobs.sqlite")) as store:
        store.execute(REFUSES)
        worker = start()
        wait_until(lambda: _seen_after(home, began, seconds=4), "the next worker at work for a while")
        assert notes() == ["first", "waits"]
        store.execute("drop trigger refuses")
    (home / "go").touch()

    wait_until(lambda: notes()[-1] == "fourth", "the last step taken")
    assert notes() == ["first", "waits", "waits", "went", "fourth"]
    assert worker.poll() is None


def test_one_that_hangs_says_where_and_ends(home, start):
    worker = start(python=(sys.executable, "-c", HANGING))

    assert worker.wait(timeout=LONGEST_S) == 1
    assert "in this_takes_for_ever" in worker.stderr.read()


def test_told_to_stop_it_ends_in_good_order_though_a_step_is_at_work(home, start, notes):
    worker = start()
    wait_until(lambda: "waits" in notes(), "the second step at work")
    assert worker_seen_at(SqliteDatabase(home / "phyght.sqlite")) is not None

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=LONGEST_S) == 0
    assert worker_seen_at(SqliteDatabase(home / "phyght.sqlite")) is None


def test_told_to_stop_it_ends_though_the_interpreter_would_still_wait(home, start, notes):
    """As it did, rarely, for a lock of SQLite's that a cut off thread of the library held."""
    worker = start(python=(sys.executable, "-c", HINDERED))
    (home / "go").touch()
    wait_until(lambda: notes()[-1:] == ["fourth"], "the job done")

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=LONGEST_S) == 0


def test_it_ends_when_its_parent_is_killed(home, start, notes):
    parent = start(python=(sys.executable, "-c", PARENT))
    wait_until(lambda: "waits" in notes(), "the worker at work")
    worker = int((home / "worker.pid").read_text())

    parent.send_signal(signal.SIGKILL)
    parent.wait(timeout=LONGEST_S)

    wait_until(lambda: not _runs(worker), "the worker gone")


def test_told_to_stop_it_looks_after_its_parent_no_longer():
    stop = Event()
    stop.set()

    looking = Thread(target=_stop_with, args=(os.getppid(), stop), daemon=True)
    looking.start()
    looking.join(timeout=LONGEST_S)

    assert not looking.is_alive()


def test_a_second_worker_waits_until_the_first_is_gone(home, start, notes):
    first = start()
    wait_until(lambda: "waits" in notes(), "the first worker at work")
    start()
    (home / "go").touch()
    wait_until(lambda: notes()[-1] == "fourth", "the job done")
    heart = _heart(home)

    first.send_signal(signal.SIGKILL)

    wait_until(lambda: _heart(home) not in (None, heart), "the second worker alive")
    assert notes() == ["first", "waits", "went", "fourth"]  # the job was not overdue again


def test_one_that_waits_can_be_told_to_stop(home, start, notes):
    start()
    wait_until(lambda: "waits" in notes(), "the first worker at work")
    second = start()

    second.send_signal(signal.SIGTERM)

    assert second.wait(timeout=LONGEST_S) in (0, -signal.SIGTERM)  # the signal may come before it listens


def test_the_lock_is_for_one_and_free_afterwards(tmp_path):
    given_up = Event()
    given_up.set()

    with only_one(tmp_path / "lock", Event()) as first:
        assert first
        with only_one(tmp_path / "lock", given_up) as second:
            assert not second
    with only_one(tmp_path / "lock", Event()) as third:
        assert third


def test_a_heart_beats_every_ten_seconds_and_is_gone_when_it_stops(tmp_path):
    database = SqliteDatabase(tmp_path / "phyght.sqlite")
    database.migrate()
    assert worker_seen_at(database) is None

    heartbeat = Heartbeat(database, "worker", NOW)
    heartbeat.beat(NOW + timedelta(seconds=9))
    assert worker_seen_at(database) == NOW
    heartbeat.beat(NOW + timedelta(seconds=10))
    assert worker_seen_at(database) == NOW + timedelta(seconds=10)

    heartbeat.stop()
    assert worker_seen_at(database) is None


#: The worker, in a process that does not end by itself.
HINDERED = """
import atexit, sys, threading
from pathlib import Path
from tests.jobs.toy import main
atexit.register(threading.Event().wait)
main(Path(sys.argv[1]), None)
"""

#: The worker, in a process that stands still once it has begun.
HANGING = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
from core.jobs import watchdog, worker
from core.sqlite_database import SqliteDatabase
def this_takes_for_ever(*asked):
    threading.Event().wait()
watchdog.PATIENCE_S = 5.0
worker._go_on = this_takes_for_ever
home = Path(sys.argv[1])
database = SqliteDatabase(home / "phyght.sqlite")
database.migrate()
worker.work(home, database, [], lambda: datetime.now(UTC), None)
"""

#: The store lets nobody take up what was at work, while this stands.
REFUSES = """
create trigger refuses before update on workflow_status when old.status = 'PENDING' and new.status = 'ENQUEUED'
begin select raise(abort, 'database or disk is full'); end
"""

#: A parent that starts the worker as the dashboard does, says its number, and waits.
PARENT = """
import os, subprocess, sys
home = sys.argv[1]
worker = subprocess.Popen([sys.executable, "-m", "tests.jobs.toy", home, "--parent", str(os.getpid())])
open(home + "/worker.pid", "w").write(str(worker.pid))
worker.wait()
"""


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in _status(process)


def _status(process: int) -> str:
    try:
        return Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:  # no such folder on a Mac
        return ""


def _seen_after(home: Path, instant: datetime, seconds: int) -> bool:
    seen = worker_seen_at(SqliteDatabase(home / "phyght.sqlite"))
    return seen is not None and seen > instant + timedelta(seconds=seconds)


def _heart(home: Path) -> tuple[int, str] | None:
    with SqliteDatabase(home / "phyght.sqlite").reading() as connection:
        row = connection.execute("select process, started_at from workers").fetchone()
    return (row["process"], row["started_at"]) if row else None
