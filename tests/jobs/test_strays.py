"""Strays: what is at work by the store only is begun again, and nothing is done twice at once."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from dbos import DBOS

from core.database import Database
from core.jobs import patience
from core.jobs.engine import open_engine
from core.jobs.store import SharedStore
from core.jobs.strays import AtWork, Claim, Strays
from core.jobs.work import Requests, Work, enqueue
from tests.jobs.waiting import LONGEST_S, wait_until
from tests.support.databases import BOTH, either_database, fresh_database

NOW = datetime(2026, 11, 29, 19, tzinfo=UTC)
RUN, OTHER = Claim("run", "jobs", 1), Claim("other", "jobs", 1)


class Listed:
    """Claims that are idle, as a test says."""

    def __init__(self, *idle: Claim) -> None:
        self.claims, self.again = list(idle), list[Claim]()

    def idle(self) -> Collection[Claim]:
        return self.claims

    def put_back(self, claims: Collection[Claim]) -> None:
        self.again += claims

    def let_go(self) -> None:
        pass


def looks(strays: Strays, seconds: int) -> None:
    for second in range(seconds):
        strays.look(NOW + timedelta(seconds=second))


def test_what_is_idle_at_three_looks_in_a_row_is_begun_again():
    runs = Listed(RUN)
    strays = Strays(runs, timedelta(seconds=10))

    looks(strays, 20)
    assert runs.again == []
    strays.look(NOW + timedelta(seconds=20))
    assert runs.again == [RUN]


def test_what_is_at_work_between_two_looks_or_claimed_anew_is_not():
    runs = Listed(RUN, OTHER)
    strays = Strays(runs, timedelta(seconds=1))
    looks(strays, 2)

    runs.claims = [Claim("other", "jobs", 2)]
    strays.look(NOW + timedelta(seconds=2))
    runs.claims = [RUN, Claim("other", "jobs", 2)]
    strays.look(NOW + timedelta(seconds=3))

    assert runs.again == []


def test_a_clock_that_is_set_back_stops_no_look():
    runs = Listed(RUN)
    strays = Strays(runs, timedelta(seconds=10))

    for days in (0, -400, -800):
        strays.look(NOW + timedelta(days=days))

    assert runs.again == [RUN]


def test_a_run_that_is_begun_again_too_early_waits_until_it_is_over():
    at_work, order = AtWork(), list[str]()

    def do_again() -> None:
        with at_work.doing("run"):
            order.append("second")

    second = Thread(target=do_again)
    with at_work.doing("run"):
        second.start()
        with at_work.doing("another"):
            order.append("first")
    second.join(LONGEST_S)

    assert order == ["first", "second"]
    assert "run" not in at_work


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


def ask(database: Database) -> str:
    with database.transaction() as connection:
        return enqueue(connection, "package", "a", NOW)


def asked(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row[0] for row in connection.execute("select id from requests")]


def test_what_is_put_back_while_it_is_at_work_is_not_at_work_twice(tmp_path, database):
    store = SharedStore(database.url, "worker-1") if database.url else tmp_path / "jobs.sqlite"
    begun, at_work, go = list[int](), list[str](), Event()

    def do(what: str, _: object) -> None:
        at_work.append(what)
        begun.append(len(at_work))
        go.wait(LONGEST_S)
        at_work.remove(what)

    run = ask(database)
    work = Work("package", do, at_once=2, looks_every_s=0.05)
    with open_engine(store, [], [work], Requests(database)) as engine:
        engine.take_up(NOW)
        wait_until(lambda: begun, "at work")
        assert engine.idle() == []

        engine.put_back([Claim(run, "package", None)])
        wait_until(lambda: engine.at_work() == {engine.executor}, "claimed once more")
        go.set()
        wait_until(lambda: not asked(database), "over")

    assert set(begun) == {1}


def test_a_request_whose_end_could_not_be_put_on_record_is_let_go(tmp_path, monkeypatch):
    monkeypatch.setattr(patience, "WAITS_S", ())
    database, done = fresh_database(tmp_path / "phyght.db"), list[str]()
    run = ask(database)
    with database.transaction() as connection:
        connection.execute("create trigger full before delete on requests begin select raise(abort, 'full'); end")
    work = Work("package", lambda what, _: done.append(what), looks_every_s=0.05)
    with open_engine(tmp_path / "jobs.sqlite", [], [work], Requests(database)) as engine:
        engine.take_up(NOW)
        wait_until(lambda: DBOS.list_workflows(workflow_ids=[run], status="ERROR"), "given up")
        with database.transaction() as connection:
            connection.execute("drop trigger full")
        assert asked(database) == [run]

        engine.let_go()

    assert (asked(database), done) == ([], ["a"])


def test_what_the_store_has_stays_taken_at_a_start_and_what_it_never_got_is_handed_over(tmp_path):
    """Else somebody could ask anew for what goes on, and both would be at work."""
    database, store = fresh_database(tmp_path / "phyght.db"), tmp_path / "jobs.sqlite"
    requests, works = Requests(database), [Work("package", lambda *_: None, looks_every_s=3600)]
    known = ask(database)
    with open_engine(store, [], works, requests) as engine:
        engine.take_up(NOW)
    lost = ask(database)
    requests.taken(lost)

    with open_engine(store, [], works, requests):
        assert requests.at_the_store() == [known]
        assert [request.id for request in requests.due(NOW, "package", 9)] == [lost]
