"""At once: two workers are given the same video, and none of the ways in which they meet moves it wrongly or twice."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from core.migration.state import State
from tests.migration.place import PART, Place, content, folder
from tests.support.databases import fresh_database
from tests.support.local_files import orphans

LARGE, SMALL = content(2 * PART + 7), content(40, 1)
MEETINGS = 12


@pytest.fixture
def make_place(tmp_path, settings):
    def make(name: str) -> Place:
        home = tmp_path / name
        place = Place(home, fresh_database(home / "phyght.db"), settings, folder(home, "supabase"), folder(home, "s3"))
        place.video("rivera", LARGE, SMALL)
        place.plan("rivera")
        place.start()
        return place

    return make


def another(place: Place) -> Place:
    """Another worker's process of the same installation."""
    return Place(place.home, place.database, place.settings, folder(place.home, "supabase"), folder(place.home, "s3"))


def test_two_workers_that_are_given_the_same_video_at_the_same_time_move_it_once(make_place):
    pool = ThreadPoolExecutor(2)
    for meeting in range(MEETINGS):
        place = make_place(f"meeting-{meeting}")
        together = Barrier(2)

        def move(worker: Place, together: Barrier = together) -> None:
            together.wait()
            worker.mover.move("move/rivera", lambda: False)

        list(pool.map(move, (place, another(place))))
        while place.states() != {"rivera": State.DONE}:  # where one stood in the other's way, it comes again
            place.pass_time(minutes=1)
            place.migrations.ask_again(place.now)
            place.work()
            assert place.item("rivera").attempts < 5
        place.work()

        for key, meant in (("original", LARGE), ("rung-1", SMALL)):
            there = place.at_target(f"fights/rivera/{key}.mp4")
            assert hashlib.sha256(there).digest() == hashlib.sha256(meant).digest()
        assert place.events("rivera").count("cut over") == 1
        assert place.audited("cut over") == ["rivera"]
        assert (place.unfinished(), orphans(place.target.folder)) == ([], [])
    pool.shutdown()


def test_sweeps_for_lost_requests_that_meet_ask_once_and_not_for_what_a_worker_has(make_place):
    place = make_place("swept")
    place.video("alba", SMALL)
    place.plan("alba", name="lost")
    place.start("lost")
    has, lost = (place.item(id, name).request for id, name in (("rivera", "move"), ("alba", "lost")))
    place.requests.taken(has)
    place.requests.over(lost)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: place.migrations.ask_again(place.now), range(24)))

    assert place.item("rivera").request == has
    assert place.item("alba", "lost").request not in ("", lost)
    with place.database.reading() as connection:
        assert connection.execute("select count(*) from requests").fetchone()[0] == 2
