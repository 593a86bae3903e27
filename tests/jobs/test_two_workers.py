"""Two workers on one Postgres: they share the work, and when one is killed the other one does the rest of it."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import psycopg
import pytest

from core.jobs.heartbeat import worker_seen_at
from core.jobs.work import enqueue
from core.postgres_database import PostgresDatabase
from tests.jobs.piecework import AT_ONCE, TABLES
from tests.jobs.waiting import LONGEST_S, LOOKS_EVERY_S, wait_until
from tests.support.postgres import Server

PIECES = 60
#: The store lets nobody take up what was at work, while this stands.
REFUSES = """
create function phyght_jobs.refuse() returns trigger language plpgsql as
    $$ begin raise exception 'the disk is full'; end $$;
create trigger refuses before update on phyght_jobs.workflow_status
for each row when (old.status = 'PENDING' and new.status = 'ENQUEUED') execute function phyght_jobs.refuse()
"""
Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def database(postgres: Server) -> Iterator[PostgresDatabase]:
    with postgres.another() as url:
        database = PostgresDatabase(url)
        database.migrate()
        with database.transaction() as connection:
            connection.execute(TABLES)
        yield database


@pytest.fixture
def start(database: PostgresDatabase, tmp_path: Path) -> Iterator[Start]:
    """Starts another worker."""
    started: list[subprocess.Popen[str]] = []

    def worker() -> "subprocess.Popen[str]":
        words = [sys.executable, "-m", "tests.jobs.piecework", str(tmp_path / "home"), str(database.url)]
        started.append(subprocess.Popen(words, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield worker
    for process in started:
        process.kill()
        process.communicate(timeout=LONGEST_S)


def asked(database: PostgresDatabase, sql: str) -> list[tuple]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(sql)]


def ask(database: PostgresDatabase, pieces: int) -> list[str]:
    names = [f"piece {number}" for number in range(pieces)]
    with database.transaction() as connection:
        for name in names:
            enqueue(connection, "piece", name, datetime.now(UTC))
    return sorted(names)


def count(database: PostgresDatabase, sql: str) -> int:
    return asked(database, f"select count(*) from {sql}")[0][0]


def is_frozen(database: PostgresDatabase, worker: "subprocess.Popen[str]") -> bool:
    """Stop it where it is in no transaction: there it would hold the others up. Elsewhere it goes on.

    Those of the others end while it stands still, its own does not.
    """
    worker.send_signal(signal.SIGSTOP)
    open_ones = "pg_stat_activity where state like 'idle in transaction%' and datname = current_database()"
    if all(Event().wait(LOOKS_EVERY_S / 5) or count(database, open_ones) for _ in range(50)):
        worker.send_signal(signal.SIGCONT)
        return False
    return True


def test_what_a_killed_worker_had_at_work_is_done_by_the_other_and_nothing_is_done_twice(database, start):
    pieces = ask(database, PIECES)
    workers = {process.pid: process for process in (start(), start())}
    cut_off = "begun where process = {0} and piece not in (select piece from finished)"
    first, second = workers
    wait_until(
        lambda: (
            count(database, f"finished where process = {first}") > 5
            and count(database, f"finished where process = {second}") > 5
            and count(database, cut_off.format(first)) > 0
        ),
        "both at work, and the first inside a piece",
    )

    workers[first].send_signal(signal.SIGKILL)
    workers[first].wait(LONGEST_S)
    torn = {piece for (piece,) in asked(database, f"select piece from {cut_off.format(first)}")}
    done_by_first = count(database, f"finished where process = {first}")
    wait_until(lambda: count(database, "requests") == 0, "everything over")

    begun = asked(database, "select piece, process from begun")
    finished = dict(asked(database, "select piece, process from finished"))
    assert sorted(finished) == pieces
    assert 5 < done_by_first < PIECES
    # what was cut off is begun again, by the other one; so is what was finished, but not yet on record as that
    again = {piece for piece, times in Counter(piece for piece, _ in begun).items() if times > 1}
    assert torn <= again <= {piece for piece, process in begun if process == first}
    assert 1 <= len(again) <= AT_ONCE
    assert {finished[piece] for piece in torn} == {second}
    assert len(begun) == PIECES + len(again)  # all the rest once
    assert asked(database, "select count(*) from workers") == [(1,)]
    assert worker_seen_at(database) is not None


def test_a_job_is_run_by_one_of_two_workers_each_time_that_it_is_due(database, start):
    workers = [start(), start()]
    wait_until(lambda: count(database, "workers") == 2, "both alive")
    wait_until(lambda: count(database, "runs where job = 'toy'") > 0, "what was overdue run")
    wait_until(lambda: count(database, "runs where job = 'tick'") > 3, "what is due every second run")

    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(LONGEST_S) for worker in workers] == [0, 0]

    started = "phyght_jobs.workflow_status where schedule_name = '{0}'"
    assert count(database, started.format("toy")) == count(database, "runs where job = 'toy'") == 1
    assert count(database, "runs where job = 'tick'") <= count(database, started.format("tick"))


def test_the_next_worker_in_a_place_goes_on_at_once_with_what_was_left_there(database, start):
    ask(database, 9)
    killed = start()
    wait_until(lambda: count(database, "begun") > count(database, "finished"), "inside a piece")
    killed.send_signal(signal.SIGKILL)
    killed.wait(LONGEST_S)

    start()

    wait_until(lambda: count(database, "requests") == 0, "everything over")
    assert len(asked(database, "select distinct piece from finished")) == count(database, "finished") == 9
    assert len(asked(database, "select id from workers")) == 1


def test_what_could_not_be_taken_up_when_it_began_is_taken_up_later(database, start):
    ask(database, 9)
    killed = start()
    wait_until(lambda: count(database, "begun") > count(database, "finished"), "inside a piece")
    killed.send_signal(signal.SIGKILL)
    killed.wait(LONGEST_S)
    left = count(database, "phyght_jobs.workflow_status where status = 'PENDING' and queue_name = 'piece'")
    began = datetime.now(UTC)

    with psycopg.connect(database.url, autocommit=True) as session:
        session.execute(REFUSES)
        start()
        wait_until(lambda: (worker_seen_at(database) or began) > began + timedelta(seconds=4), "alive for a while")
        assert 0 < count(database, "requests") <= left  # all others are done
        session.execute("drop trigger refuses on phyght_jobs.workflow_status")

    wait_until(lambda: count(database, "requests") == 0, "everything over")
    assert count(database, "finished") == 9


def test_a_worker_outlives_that_the_server_ends_all_its_sessions(postgres, database, start):
    pieces = ask(database, 30)
    worker = start()
    mine = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
    for done in (3, 9, 15):
        wait_until(lambda done=done: count(database, "finished") > done, "some work done")
        with psycopg.connect(database.url) as session:
            session.execute(f"{mine} and pid <> pg_backend_pid()")

    wait_until(lambda: count(database, "requests") == 0, "everything over", lambda: f"{worker.poll()}")

    assert sorted(piece for (piece,) in asked(database, "select piece from finished")) == pieces
    assert worker.poll() is None


def test_one_that_is_told_to_stop_is_missed_by_nobody(database, start):
    worker = start()
    wait_until(lambda: worker_seen_at(database), "alive")

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(LONGEST_S) == 0
    assert worker_seen_at(database) is None


def test_one_that_was_only_taken_for_dead_ends_when_it_wakes(database, start):
    sleeper = start()
    wait_until(lambda: worker_seen_at(database), "alive")
    start()
    wait_until(lambda: count(database, "workers") == 2, "both alive")

    wait_until(lambda: is_frozen(database, sleeper), "frozen")
    wait_until(lambda: count(database, "workers") == 1, "taken for dead")
    sleeper.send_signal(signal.SIGCONT)

    assert sleeper.wait(LONGEST_S) == 1
    assert count(database, "workers") == 1
