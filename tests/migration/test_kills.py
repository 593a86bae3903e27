"""Kills: wherever a worker is killed, the next one brings the move to the same end."""

import hashlib
from contextlib import suppress

import pytest

from core.migration.state import State
from tests.migration.mortal import Life, MortalDatabase, mortal
from tests.migration.place import PART, Place, content, folder
from tests.support.databases import fresh_database
from tests.uploads.faults import Killed

LARGE, SMALL = content(2 * PART + 7), content(40, 1)


@pytest.fixture
def make_place(tmp_path, settings):
    def make(name: str) -> Place:
        home = tmp_path / name
        place = Place(home, fresh_database(home / "phyght.db"), settings, folder(home, "supabase"), folder(home, "s3"))
        place.video("rivera", LARGE, SMALL)
        place.plan("rivera", grace_days=0)
        place.start()
        return place

    return make


def live_until(place: Place, life: Life) -> None:
    """A worker's work, to its end or its death."""
    database, source, target = place.database, place.source, place.target
    place.database, place.source, place.target = (
        MortalDatabase(database, life),
        mortal(source, life),
        mortal(target, life),
    )
    place.open()
    with suppress(Killed):
        place.work()
    place.database, place.source, place.target = database, source, target
    place.open()


def next_worker(place: Place) -> None:
    """What is taken up again: requests that a dead worker had, and moves whose request is lost."""
    place.requests.hand_over_again(*place.requests.at_the_store())
    place.migrations.ask_again(place.now)
    place.work()


def assert_moved(place: Place, where: str) -> None:
    assert place.states() == {"rivera": State.DONE}, where
    assert place.served("rivera") == "s3", where
    for key, meant in (("original", LARGE), ("rung-1", SMALL)):
        there = place.at_target(f"fights/rivera/{key}.mp4")
        assert hashlib.sha256(there).digest() == hashlib.sha256(meant).digest(), where
    assert place.keys(place.target) == ["fights/rivera/original.mp4", "fights/rivera/rung-1.mp4"], where
    assert place.unfinished() == [], where
    assert place.events("rivera").count("cut over") == 1, where
    assert place.audited("cut over") == ["rivera"], where


def test_whatever_point_of_a_move_a_worker_is_killed_at_the_next_one_finishes_it_once(make_place):
    points = 0
    while True:
        place, life = make_place(f"killed-{points + 1}"), Life(points + 1)
        live_until(place, life)
        next_worker(place)
        assert_moved(place, life.at)
        if not life.over:
            break
        points += 1

    assert points > 40  # before and after every effect


def test_whatever_point_of_retiring_a_worker_is_killed_at_the_next_one_finishes_it(make_place):
    points = 0
    while True:
        place, life = make_place(f"retired-{points + 1}"), Life(points + 1)
        place.work()
        place.migrations.retire(place.user, "move", place.now)
        live_until(place, life)
        next_worker(place)
        assert place.states() == {"rivera": State.RETIRED}, life.at
        assert place.keys(place.source) == [], life.at
        assert [copy.provider for copy in place.catalog.copies("rivera")] == ["s3"], life.at
        assert place.events("rivera").count("retired") == 1, life.at
        if not life.over:
            break
        points += 1

    assert points > 10


def test_whatever_point_of_giving_up_a_worker_is_killed_at_nothing_is_left_at_the_target(make_place):
    points = given_up = 0
    while True:
        place, life = make_place(f"given-up-{points + 1}"), Life(points + 1)
        place.target.before["complete"].append(
            lambda place=place: place.migrations.cancel(place.user, "move", place.now)
        )
        live_until(place, life)
        next_worker(place)
        if place.states() == {"rivera": State.CANCELLED}:  # unless it was the giving up that was killed
            given_up += 1
            assert place.keys(place.target) == [], life.at
            assert place.unfinished() == [], life.at
            assert place.served("rivera") == "supabase", life.at
        if not life.over:
            break
        points += 1

    assert given_up > 40
