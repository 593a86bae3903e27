"""What an action would do is told before it is done, and comes to what it then does."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.catalog.catalog import serve_from
from core.migration.consequences import of_cancel, of_retire, of_roll_back, of_start, retirable_from
from core.migration.progress import migrations, problems, progress, under_way
from core.migration.state import MOVE, State
from core.migration.store import has_problem
from tests.migration.place import NOW, OLGA, VIC, content


@pytest.fixture
def planned(place):
    """Three videos of 1,500 bytes; each costs $0.50 once, $2 a month before and $1 after."""
    for seed, id in enumerate(("a", "b", "c")):
        place.video(id, content(1_500, seed))
    place.plan("a", "b", "c")
    return place


def of(place):
    (migration,) = migrations(place.database, OLGA)
    return migration


def named(place, name: str):
    return progress(place.database, OLGA, name, NOW).migration


def fail(place, id: str, problem: str) -> None:
    with place.database.transaction() as connection:
        has_problem(connection, place.item(id), State.FAILED, problem, "Put it back.", NOW)


def test_a_start_tells_how_many_how_much_and_for_what_money(planned):
    told = of_start(planned.database, OLGA, of(planned))

    assert (told.videos, told.size_bytes, told.left_bytes) == (3, 4_500, 4_500)
    assert (told.one_off_usd, told.monthly_saving_usd) == (Decimal("1.5"), Decimal(3))


def test_a_try_is_of_the_first_ones_and_the_rest_waits_to_be_started(planned):
    assert of_start(planned.database, OLGA, of(planned), first=2).videos == 2

    planned.start(first=2)
    planned.work()

    found = progress(planned.database, OLGA, "move", planned.now)
    assert (found.moved, found.not_asked, found.is_over) == (2, 1, False)
    assert of_start(planned.database, OLGA, of(planned)).videos == 1


def test_what_is_given_up_and_what_is_taken_back_are_told_apart(planned):
    planned.start(first=1)
    planned.work()

    assert of_cancel(planned.database, OLGA, of(planned)).videos == 2
    back = of_roll_back(planned.database, OLGA, of(planned))
    assert (back.videos, back.one_off_usd, back.monthly_after_usd) == (1, Decimal(0), Decimal(1))
    assert of_roll_back(planned.database, OLGA, of(planned), "b").videos == 0


def test_what_a_worker_has_or_another_migration_moves_is_not_started_once_more(planned):
    planned.plan("b", name="other")
    planned.start(first=1)
    planned.start("other")
    (request,) = [each for each in planned.requests.due(NOW, MOVE, 9) if each.argument == "move/a"]
    planned.requests.taken(request.id)

    told = [of_start(planned.database, OLGA, named(planned, "move"), first).videos for first in (None, 1)]

    assert told == [1, 1]


def test_what_has_failed_is_given_up_with_the_rest(planned):
    fail(planned, "c", "It is gone.")

    told = of_cancel(planned.database, OLGA, of(planned)).videos

    assert (told, planned.migrations.cancel(OLGA, "move", NOW)) == (3, 3)


def test_what_viewers_get_from_elsewhere_by_now_is_not_taken_back(planned):
    planned.start()
    planned.work()
    with planned.database.transaction() as connection:
        serve_from(connection, "c", "supabase", NOW)

    told = of_roll_back(planned.database, OLGA, of(planned)).videos

    assert (told, planned.migrations.roll_back(OLGA, "move", NOW)) == (2, 2)


def test_only_what_was_cut_over_long_enough_ago_would_be_retired(planned):
    assert retirable_from(planned.database, OLGA, of(planned)) is None
    planned.start()
    planned.work()

    early, late = NOW + timedelta(days=7, seconds=-1), NOW + timedelta(days=7)
    assert retirable_from(planned.database, OLGA, of(planned)) == late
    assert of_retire(planned.database, OLGA, of(planned), early).videos == 0
    assert of_retire(planned.database, OLGA, of(planned), late).videos == 3


def test_failures_that_differ_in_a_name_only_have_one_cause(planned):
    planned.start()
    fail(planned, "a", "No object at '2025/a.mp4'.")
    fail(planned, "b", "No object at '2025/b.mp4'.")
    fail(planned, "c", "It is too large.")

    found = problems(planned.database, OLGA, of(planned))

    assert [(each.videos, each.problem) for each in found] == [(2, "No object at '…'."), (1, "It is too large.")]


def test_what_is_under_way_goes_before_what_is_planned(planned):
    planned.plan("a", name="other")
    assert under_way(planned.database, OLGA, planned.now).migration.name in ("move", "other")

    planned.start()
    assert under_way(planned.database, VIC, planned.now).migration.name == "move"
    planned.work()

    assert under_way(planned.database, OLGA, planned.now).migration.name == "other"


def test_a_video_tells_how_fast_it_came(planned):
    planned.start()
    planned.work()

    moved = planned.item("a")
    assert (moved.share, moved.bytes_per_s(NOW)) == (1.0, None)  # the clock stands still
    assert moved.began_at == moved.cut_over_at == NOW
