"""Engine: jobs run to their end, one at a time, and what fails says so."""

import socket
from datetime import UTC, datetime, timedelta
from threading import Event

from dbos import DBOS

from core.errors import SourceUnreachable
from core.jobs.engine import open_engine
from core.jobs.job import Job
from core.jobs.store import sqlite_engine
from tests.jobs.far_off import FarOff


def out_of_reach() -> None:
    raise SourceUnreachable("There is no folder /exports.", "Check PHYGHT_BILLING_SOURCES.")


def broken() -> None:
    raise ZeroDivisionError("division by zero")


def test_every_step_is_taken_whatever_became_of_the_others(store, caplog):
    taken = []
    steps = {"a": lambda: taken.append("a"), "b": out_of_reach, "c": broken, "d": lambda: taken.append("d")}

    with open_engine(store, [FarOff("ingest", 60, steps)]) as engine:
        outcome = engine.outcome(engine.start("ingest"))

    assert taken == ["a", "d"]
    assert outcome == {
        "a": "done",
        "b": "There is no folder /exports. Check PHYGHT_BILLING_SOURCES.",
        "c": "ZeroDivisionError: division by zero",
        "d": "done",
    }
    assert [(record.message, record.exc_info is not None) for record in caplog.records] == [
        ("b: There is no folder /exports. Check PHYGHT_BILLING_SOURCES.", False),
        ("c failed", True),
    ]


def test_two_runs_are_never_at_work_together(store):
    at_work, most = [], []

    def step() -> None:
        at_work.append(1)
        most.append(len(at_work))
        Event().wait(0.2)
        at_work.pop()

    with open_engine(store, [FarOff("one", 60, {"s": step}), FarOff("two", 60, {"s": step})]) as engine:
        for run in [engine.start("one"), engine.start("two"), engine.start("one")]:
            engine.outcome(run)

    assert most == [1, 1, 1]


def test_a_job_is_scheduled_at_its_hours_and_no_more_when_it_is_gone(store):
    def schedules() -> list[tuple[str, str]]:
        return [(schedule["schedule_name"], schedule["schedule"]) for schedule in DBOS.list_schedules()]

    with open_engine(store, [Job("ingest", 60, {}), Job("sweep", 30, {})]):
        assert sorted(schedules()) == [("ingest", "0 */1 * * *"), ("sweep", "*/30 * * * *")]
    with open_engine(store, [Job("ingest", 180, {})]):
        assert schedules() == [("ingest", "0 */3 * * *")]


def test_a_job_that_is_overdue_runs_at_once_and_only_then(store):
    taken = []
    now = datetime.now(UTC)

    with open_engine(store, [FarOff("ingest", 60, {"s": lambda: taken.append(1)})]) as engine:
        engine.start_overdue(now)  # never run before
        engine.start_overdue(now)
        engine.start_overdue(now + timedelta(minutes=59))
        engine.start_overdue(now + timedelta(minutes=61))
        engine.outcome(engine.start("ingest"))  # the last in the queue

    assert taken == [1, 1, 1]


def test_runs_of_long_ago_are_forgotten(store):
    with open_engine(store, [FarOff("ingest", 60, {})]) as engine:
        engine.outcome(engine.start("ingest"))

        engine.forget_old_runs(datetime.now(UTC) + timedelta(days=29))
        assert len(DBOS.list_workflows()) == 1

        engine.forget_old_runs(datetime.now(UTC) + timedelta(days=31))
        assert DBOS.list_workflows() == []


def test_nothing_is_sent_over_the_network(tmp_path, monkeypatch, capfd):
    def refuse(*_: object) -> None:
        raise AssertionError("something wants to connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    with open_engine(tmp_path / "jobs.sqlite", [FarOff("ingest", 60, {"s": lambda: None})]) as engine:
        assert engine.outcome(engine.start("ingest")) == {"s": "done"}

    assert capfd.readouterr() == ("", "")


def test_the_state_is_kept_as_text_that_any_program_can_read(store):
    with open_engine(store, [FarOff("ingest", 60, {"s": lambda: None})]) as engine:
        engine.outcome(engine.start("ingest"))
        (run,) = DBOS.list_workflows()

    assert (run.status, run.executor_id, run.app_version) == ("SUCCESS", "worker", "1")
    assert run.output == {"s": "done"}


def test_the_clock_that_the_library_asks_the_database_for_is_there_whatever_its_version(tmp_path):
    with sqlite_engine(tmp_path / "jobs.sqlite").connect() as connection:
        stated = connection.exec_driver_sql("select unixepoch('subsec') * 1000").scalar_one()

    assert abs(stated - datetime.now(UTC).timestamp() * 1000) < 60_000
