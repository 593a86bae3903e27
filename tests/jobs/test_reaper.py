"""Reaper: who has not been heard of for a minute is dead, and what it had at work is handed over once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database import Database
from core.jobs.heartbeat import Heartbeat, worker_seen_at
from core.jobs.reaper import Reaper
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
#: By the clock of another machine, which is wrong.
EARLIER = NOW - timedelta(hours=3)


class Runs:
    """Work that is recorded, and not done."""

    def __init__(self, *workers: str) -> None:
        self.workers = set(workers)
        self.handed_over: list[str] = []

    def at_work(self) -> set[str]:
        return self.workers

    def hand_over(self, worker: str) -> int:
        self.workers.discard(worker)
        self.handed_over.append(worker)
        return 1


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


def look(reaper: Reaper, *seconds: int) -> None:
    for each in seconds:
        reaper.look(NOW + timedelta(seconds=each))


def test_a_heart_that_stands_still_for_a_minute_is_dead_however_its_clock_goes(database):
    Heartbeat(database, "b", EARLIER)
    runs = Runs("a", "b")
    reaper = Reaper(database, "a", runs)

    look(reaper, *range(0, 60, 10))
    assert runs.handed_over == []

    look(reaper, 60, 70, 80)
    assert runs.handed_over == ["b"]
    assert worker_seen_at(database) is None


def test_a_heart_that_beats_is_left_alone(database):
    heart = Heartbeat(database, "b", EARLIER)
    runs = Runs("b")
    reaper = Reaper(database, "a", runs)

    for seconds in range(0, 300, 30):
        assert heart.beat(EARLIER + timedelta(seconds=seconds))
        look(reaper, seconds)

    assert runs.handed_over == []
    assert reaper.others == 1


def test_work_of_one_who_has_said_farewell_is_handed_over_too(database):
    Heartbeat(database, "b", NOW).stop()
    runs = Runs("b")

    look(Reaper(database, "a", runs), *range(0, 70, 10))

    assert runs.handed_over == ["b"]


def test_nobody_dies_while_nobody_could_look(database):
    heart = Heartbeat(database, "b", NOW)
    runs = Runs("b")
    reaper = Reaper(database, "a", runs)
    look(reaper, 0, 10)

    look(reaper, 500, 510)  # the database was out of reach for all of them
    assert heart.beat(NOW + timedelta(seconds=515))
    look(reaper, *range(520, 570, 10))

    assert runs.handed_over == []


def test_of_two_who_look_one_hands_over(database):
    Heartbeat(database, "c", NOW)
    of_a, of_b = Runs("c"), Runs("c")
    first, second = Reaper(database, "a", of_a), Reaper(database, "b", of_b)

    for seconds in range(0, 70, 10):
        look(first, seconds)
        of_b.workers = of_a.workers.copy()  # both see the same store
        look(second, seconds)

    assert of_a.handed_over + of_b.handed_over == ["c"]


def test_one_that_was_taken_for_dead_learns_it_from_its_next_beat(database):
    heart = Heartbeat(database, "b", NOW)
    look(Reaper(database, "a", Runs("b")), *range(0, 70, 10))

    assert not heart.beat(NOW + timedelta(seconds=70))


def test_who_comes_back_in_a_dead_ones_place_keeps_its_work(database):
    Heartbeat(database, "b", NOW)
    runs = Runs("b")
    reaper = Reaper(database, "a", runs)
    look(reaper, *range(0, 60, 10))

    Heartbeat(database, "b", NOW + timedelta(seconds=59))
    look(reaper, 60)

    assert runs.handed_over == []
