"""Work: what is asked for is done once, to its end, or stopped."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from dbos import DBOS

from core.database import Database
from core.errors import DatabaseError, NotAVideo
from core.jobs.engine import open_engine
from core.jobs.work import Requests, Work, call_off, enqueue
from tests.jobs.waiting import wait_until
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


def ask(database: Database, argument: str, due_at: datetime | None = None) -> str:
    with database.transaction() as connection:
        return enqueue(connection, "package", argument, NOW, due_at)


def is_over(database: Database) -> bool:
    with database.reading() as connection:
        return connection.execute("select count(*) from requests").fetchone()[0] == 0


def test_what_is_asked_for_is_done_once(tmp_path, database):
    done: list[str] = []
    requests = Requests(database)
    ask(database, "a")
    ask(database, "b")

    with open_engine(tmp_path / "jobs", [], [Work("package", lambda what, _: done.append(what))], requests) as engine:
        engine.take_up(NOW)
        engine.take_up(NOW)
        wait_until(lambda: is_over(database), "both done")
        engine.take_up(NOW)

    assert sorted(done) == ["a", "b"]


def test_what_is_asked_for_in_a_transaction_that_is_not_kept_is_not_done(database):
    with pytest.raises(ZeroDivisionError), database.transaction() as connection:
        enqueue(connection, "package", "a", NOW)
        raise ZeroDivisionError

    assert Requests(database).due(NOW, "package", 9) == ()


def test_it_waits_until_it_is_due(database):
    id = ask(database, "a", NOW + timedelta(minutes=5))

    assert Requests(database).due(NOW + timedelta(minutes=4), "package", 9) == ()
    assert [request.id for request in Requests(database).due(NOW + timedelta(minutes=5), "package", 9)] == [id]


def test_only_so_many_are_at_work_together_and_jobs_do_not_wait_for_them(tmp_path, database):
    at_work, most, go = [], [], Event()

    def do(what: str, _: object) -> None:
        at_work.append(what)
        most.append(len(at_work))
        go.wait(60)
        at_work.remove(what)

    for what in "abc":
        ask(database, what)
    with open_engine(tmp_path / "jobs", [], [Work("package", do, at_once=2)], Requests(database)) as engine:
        engine.take_up(NOW)
        wait_until(lambda: len(at_work) == 2, "two at work")
        go.set()
        wait_until(lambda: is_over(database), "all done")

    assert max(most) == 2


def test_called_off_it_is_told_so(tmp_path, database):
    told: list[bool] = []
    begun = Event()

    def do(_: str, called_off) -> None:
        begun.set()
        wait_until(called_off, "called off")
        told.append(called_off())

    id = ask(database, "a")
    with open_engine(tmp_path / "jobs", [], [Work("package", do)], Requests(database)) as engine:
        engine.take_up(NOW)
        assert begun.wait(60)
        with database.transaction() as connection:
            call_off(connection, id)
        wait_until(lambda: is_over(database), "over")

    assert told == [True]


def test_called_off_before_it_is_due_it_is_over_at_once(database):
    id = ask(database, "a", NOW + timedelta(hours=1))
    with database.transaction() as connection:
        call_off(connection, id)

    assert [request.id for request in Requests(database).due(NOW, "package", 9)] == [id]
    assert Requests(database).is_called_off(id)
    assert not Requests(database).is_called_off("another")


def test_what_fails_is_over_and_says_why(tmp_path, database, caplog):
    def do(what: str, _: object) -> None:
        raise NotAVideo(f"{what} is not a readable video.", "") if what == "a" else ZeroDivisionError(what)

    ids = [ask(database, "a"), ask(database, "b")]
    with open_engine(tmp_path / "jobs", [], [Work("package", do)], Requests(database)) as engine:
        engine.take_up(NOW)
        wait_until(lambda: is_over(database), "both over")
        outcomes = [DBOS.retrieve_workflow(id).get_result() for id in ids]

    assert outcomes == ["a is not a readable video.", "ZeroDivisionError: b"]


def test_what_fails_for_the_databases_sake_is_done_again(tmp_path, database, monkeypatch):
    monkeypatch.setattr("core.jobs.patience.WAITS_S", (0.01, 0.01))
    failing = [DatabaseError("The database cannot be reached.", ""), DatabaseError("Nor now.", "")]
    done: list[str] = []

    def do(what: str, _: object) -> None:
        if failing:
            raise failing.pop()
        done.append(what)

    id = ask(database, "a")
    with open_engine(tmp_path / "jobs", [], [Work("package", do)], Requests(database)) as engine:
        engine.take_up(NOW)
        wait_until(lambda: is_over(database), "over")
        outcome = DBOS.retrieve_workflow(id).get_result()

    assert (done, outcome) == (["a"], "done")


def test_a_job_store_that_was_lost_gets_it_again(tmp_path, database):
    done: list[str] = []
    requests = Requests(database)
    requests.taken(ask(database, "a"))

    with open_engine(tmp_path / "jobs", [], [Work("package", lambda what, _: done.append(what))], requests) as engine:
        engine.take_up(NOW)
        wait_until(lambda: is_over(database), "done")

    assert done == ["a"]


def test_a_job_store_that_has_it_already_does_not_do_it_twice(tmp_path, database):
    begun: list[str] = []
    go = Event()

    def do(what: str, _: object) -> None:
        begun.append(what)
        go.wait(60)

    requests = Requests(database)
    ask(database, "a")
    with open_engine(tmp_path / "jobs", [], [Work("package", do, at_once=2)], requests) as engine:
        engine.take_up(NOW)
        wait_until(lambda: begun, "at work")
        requests.hand_over_again(*requests.at_the_store())
        engine.take_up(NOW)
        ask(database, "b")
        engine.take_up(NOW)
        wait_until(lambda: "b" in begun, "what came later at work")
        go.set()
        wait_until(lambda: is_over(database), "both done")

    assert begun == ["a", "b"]


def test_work_that_this_version_does_not_know_is_left_for_one_that_does(tmp_path, database):
    ask(database, "a")

    with open_engine(tmp_path / "jobs", [], [], Requests(database)) as engine:
        engine.take_up(NOW)

    assert len(Requests(database).due(NOW, "package", 9)) == 1


def test_what_is_more_urgent_is_handed_over_first_and_no_more_than_there_is_room_for(database):
    requests = Requests(database)
    with database.transaction() as connection:
        for argument, priority in (("later", 5), ("soon", 1), ("now", -1)):
            enqueue(connection, "package", argument, NOW, priority=priority)
        enqueue(connection, "other", "of another kind", NOW, priority=-9)

    first = requests.due(NOW, "package", 2)
    assert [request.argument for request in first] == ["now", "soon"]

    requests.taken(first[0].id)  # the job store has one, and is given one more
    assert [request.argument for request in requests.due(NOW, "package", 2)] == ["soon"]


def test_what_is_called_off_is_over_before_what_is_urgent(database):
    with database.transaction() as connection:
        id = enqueue(connection, "package", "called off", NOW, NOW + timedelta(hours=1), priority=9)
        enqueue(connection, "package", "urgent", NOW, priority=-9)
        call_off(connection, id)

    assert [request.argument for request in Requests(database).due(NOW, "package", 9)] == ["called off", "urgent"]
