"""Control: what people ask of a migration happens at once, once, and only where they may ask it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from core.errors import MigrationNotFound, MigrationRefused, PermissionDenied, StorageDenied, StorageUnreachable
from core.migration import control
from core.migration.journal import Journal
from core.migration.progress import listed, migrations, problems, progress, timeline
from core.migration.state import Phase, State
from core.storage.provider import Attributes, Part
from tests.migration.place import NOW, OLGA, PART, VIC, Place, content

IDS = ("alba", "bruno", "cruz")
KEY = "fights/alba/original.mp4"


@pytest.fixture
def planned(place: Place) -> Place:
    for number, id in enumerate(IDS):
        place.video(id, content(2 * PART, number))
    place.plan(*IDS)
    return place


def away() -> None:
    raise StorageUnreachable("It is away.", "Wait.")


@pytest.fixture
def meanwhile(planned: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], None]:
    """Somebody else does something between two transactions of who changes one video in each."""
    monkeypatch.setattr(control, "_TOGETHER", 1)

    def arrange(transactions: int, do: Callable[[], object]) -> None:
        transaction, left = planned.database.transaction, [do, *[lambda: None] * (transactions - 1)]

        @contextmanager
        def watched() -> Iterator[object]:
            with transaction() as connection:
                yield connection
            if left:
                left.pop()()

        monkeypatch.setattr(planned.database, "transaction", watched)

    return arrange


def test_nothing_is_moved_before_it_is_started(planned):
    planned.work()

    assert {planned.served(id) for id in IDS} == {"supabase"}


def test_some_can_be_tried_first_and_the_rest_follows(planned):
    assert planned.start(first=1) == 1
    planned.work()
    assert planned.states() == {"alba": State.DONE, "bruno": State.WAITING, "cruz": State.WAITING}

    assert planned.start() == 2
    planned.work()
    assert set(planned.states().values()) == {State.DONE}


def test_what_is_asked_for_twice_is_done_once(planned):
    assert planned.start() == 3
    assert planned.start() == 3  # asked again, not once more

    assert planned.work_once() == 3
    assert [planned.events(id).count("cut over") for id in IDS] == [1, 1, 1]


def test_a_pause_stops_at_the_next_part_and_what_has_arrived_stays(planned):
    planned.start()
    planned.target.after["write"].append(lambda: planned.migrations.pause(OLGA, "move", NOW))
    planned.work()

    assert progress(planned.database, OLGA, "move", NOW).migration.phase is Phase.PAUSED
    assert planned.served("bruno") == "supabase"
    assert planned.work_once() == 0

    planned.start()
    planned.work()
    assert set(planned.states().values()) == {State.DONE}


def test_only_what_runs_can_be_paused(planned):
    with pytest.raises(MigrationRefused, match="move is planned: there is nothing to pause"):
        planned.migrations.pause(OLGA, "move", NOW)


def test_what_is_cancelled_leaves_nothing_and_what_was_moved_stays_moved(planned):
    planned.start(first=1)
    planned.work()
    planned.start()

    assert planned.migrations.cancel(OLGA, "move", NOW) == 2
    planned.work()

    assert planned.states() == {"alba": State.DONE, "bruno": State.CANCELLED, "cruz": State.CANCELLED}
    assert planned.keys(planned.target) == ["fights/alba/original.mp4"]


def test_one_video_is_cancelled_and_tried_again(planned):
    planned.start()
    assert planned.migrations.cancel(OLGA, "move", NOW, "bruno") == 1
    planned.work()
    assert planned.states() == {"alba": State.DONE, "bruno": State.CANCELLED, "cruz": State.DONE}

    assert planned.migrations.retry(OLGA, "move", NOW, "bruno") == 1
    planned.work()
    assert planned.served("bruno") == "s3"


@pytest.mark.parametrize("transactions", [1, 2, 3])
@pytest.mark.parametrize("asked", ["start", "retry"])
def test_what_is_cancelled_while_somebody_else_starts_it_is_cancelled(planned, meanwhile, transactions, asked):
    planned.start()
    if asked == "start":
        planned.migrations.cancel(OLGA, "move", NOW)
    else:
        with planned.database.transaction() as connection:
            connection.execute("update migration_videos set state = 'failed', request = null")
            connection.execute("delete from requests")
    meanwhile(transactions, lambda: planned.migrations.cancel(OLGA, "move", NOW))

    getattr(planned.migrations, asked)(OLGA, "move", NOW)
    planned.work()

    assert progress(planned.database, OLGA, "move", NOW).migration.phase is Phase.CANCELLED
    assert set(planned.states().values()) == {State.CANCELLED}


@pytest.mark.parametrize("transactions", [1, 2, 3])
def test_what_is_started_while_somebody_else_cancels_it_is_moved(planned, meanwhile, transactions):
    planned.start()
    meanwhile(transactions, planned.start)

    planned.migrations.cancel(OLGA, "move", NOW)
    planned.work()

    assert set(planned.states().values()) == {State.DONE}


def test_the_one_that_somebody_waits_for_comes_before_all_others(planned):
    planned.start()
    planned.migrations.move_now(OLGA, "move", "cruz", NOW)

    due = planned.requests.due(NOW, "migrate", 1)

    assert [each.argument for each in due] == ["move/cruz"]


def test_some_or_all_are_taken_back_and_moved_again_without_a_byte(planned):
    planned.start()
    planned.work()

    assert planned.migrations.roll_back(OLGA, "move", NOW, ["alba"]) == 1
    assert planned.migrations.roll_back(OLGA, "move", NOW) == 2
    assert {planned.served(id) for id in IDS} == {"supabase"}

    planned.target.calls.clear()
    assert planned.migrations.retry(OLGA, "move", NOW, "alba") == 1
    planned.work()
    assert planned.served("alba") == "s3"
    assert "write" not in planned.target.calls


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (lambda place: place.source.delete(KEY), f"'{KEY}' is not there any more at supabase."),
        (lambda place: place.put(KEY, content(2 * PART, 9)), f"'{KEY}' was replaced at supabase since."),
    ],
    ids=["gone", "replaced"],
)
def test_viewers_are_not_led_back_to_a_source_that_is_not_whole(planned, happens, told):
    planned.start()
    planned.work()
    happens(planned)

    with pytest.raises(MigrationRefused) as refused:
        planned.migrations.roll_back(OLGA, "move", NOW, ["alba"])
    assert (refused.value.message, planned.served("alba")) == (told, "s3")

    assert planned.migrations.roll_back(OLGA, "move", NOW) == 2
    assert [planned.served(id) for id in IDS] == ["s3", "supabase", "supabase"]
    assert planned.events("alba")[-1] == "not rolled back"
    with pytest.raises(MigrationRefused, match=KEY):
        planned.migrations.roll_back(OLGA, "move", NOW)


def test_what_is_retired_can_be_taken_back_no_more(planned):
    planned.start()
    planned.work()
    planned.pass_time(days=7)
    planned.migrations.retire(OLGA, "move", planned.now)
    planned.work()

    assert planned.migrations.roll_back(OLGA, "move", planned.now) == 0
    assert {planned.served(id) for id in IDS} == {"s3"}


def test_a_grace_period_that_is_not_over_is_told(planned):
    planned.start()
    planned.work()

    with pytest.raises(MigrationRefused, match="lasts until 2026-12-06 12:00 UTC"):
        planned.migrations.retire(OLGA, "move", NOW, "alba")


def test_a_source_that_refuses_to_remove_is_told_honestly(planned):
    planned.start()
    planned.work()
    planned.pass_time(days=7)

    def refuse(key: str) -> None:
        raise StorageDenied(f"It did not remove {key}.", "Use another key.")

    planned.source.delete = refuse
    planned.migrations.retire(OLGA, "move", planned.now, "alba")
    planned.work()

    item = planned.item("alba")
    assert item.state is State.DONE
    assert item.problem.startswith("1 of 1 objects were not removed from supabase: fights/alba/original.mp4")
    assert {copy.provider for copy in planned.catalog.copies("alba")} == {"supabase", "s3"}


def test_a_source_that_was_replaced_since_is_not_retired(planned):
    planned.start()
    planned.work()
    planned.pass_time(days=7)
    planned.put("fights/alba/original.mp4", content(77, 9))

    planned.migrations.retire(OLGA, "move", planned.now, "alba")
    planned.work()

    assert "was replaced at the source after it was moved" in planned.item("alba").problem
    assert planned.keys(planned.source)[0] == "fights/alba/original.mp4"


def test_what_was_looked_at_long_ago_is_looked_at_again_before_it_is_removed(place):
    place.video("alba", content(PART), content(PART, 1))
    place.plan("alba")
    place.start()
    place.work()
    place.pass_time(days=7)
    delete, rung = place.source.delete, "fights/alba/rung-1.mp4"

    def slowly(key: str) -> None:
        delete(key)
        place.put(rung, content(PART, 2))  # somebody replaces the next one while this one takes its time
        place.pass_time(minutes=1)

    place.source.delete = slowly
    place.migrations.retire(OLGA, "move", place.now)
    place.work_once()

    assert place.keys(place.source) == [rung]
    assert place.item("alba").state is State.RETIRING
    assert place.item("alba").problem == (
        f"1 of 2 objects were not removed from supabase: {rung}: "
        f"'{rung}' was replaced at the source after it was moved."
    )


def test_a_copy_that_rots_at_the_target_keeps_its_source(planned):
    planned.start()
    planned.work()
    planned.pass_time(days=7)
    planned.target.delete("fights/alba/original.mp4")

    planned.migrations.retire(OLGA, "move", planned.now, "alba")
    planned.work()

    assert planned.item("alba").state is State.DONE
    assert "fights/alba/original.mp4" in planned.keys(planned.source)


def test_another_migration_does_not_get_a_video_that_is_being_moved(planned):
    planned.plan("alba", name="other")
    planned.start()

    with pytest.raises(MigrationRefused, match="1 of its videos are being moved by 'move'"):
        planned.start("other")


def test_a_move_whose_request_is_lost_is_asked_for_again(planned):
    planned.start()
    with planned.database.transaction() as connection:
        connection.execute("delete from requests")
    assert planned.work_once() == 0

    planned.migrations.ask_again(NOW)
    planned.work()

    assert set(planned.states().values()) == {State.DONE}


@pytest.mark.parametrize("asked", ["start", "pause", "cancel", "retry", "roll_back", "retire"])
def test_who_may_only_look_changes_nothing_and_is_noted(planned, asked):
    with pytest.raises(PermissionDenied, match="The role viewer may not migrate videos"):
        getattr(planned.migrations, asked)(VIC, "move", NOW)

    with planned.database.reading() as connection:
        rows = list(connection.execute("select actor, outcome from audit"))
    assert [tuple(row) for row in rows] == [("vic", "refused")]


def test_a_migration_that_is_not_there_is_told(place):
    with pytest.raises(MigrationNotFound, match="no migration 'nothing'"):
        place.start("nothing")


def test_how_far_it_is_adds_up(planned):
    planned.start(first=1)
    planned.work()

    found = progress(planned.database, VIC, "move", NOW)

    assert (found.moved, found.to_move, found.done_bytes, found.size_bytes) == (1, 3, 2 * PART, 6 * PART)
    assert (str(found.migration.spent_usd), str(found.migration.saved_monthly_usd)) == ("0.5", "1")
    assert [each.name for each in migrations(planned.database, VIC)] == ["move"]


def test_what_was_spent_stays_spent_when_it_is_taken_back_and_is_spent_once(planned):
    planned.start(first=1)
    planned.work()
    planned.migrations.roll_back(OLGA, "move", NOW)
    after = progress(planned.database, VIC, "move", NOW).migration
    assert (str(after.spent_usd), str(after.saved_monthly_usd)) == ("0.5", "0")

    planned.migrations.retry(OLGA, "move", NOW, "alba")
    planned.work()
    again = progress(planned.database, VIC, "move", NOW).migration
    assert (str(again.spent_usd), str(again.saved_monthly_usd)) == ("0.5", "1")


def test_the_speed_of_now_and_when_it_will_be_over(planned):
    planned.start(first=1)
    planned.work()
    planned.now += timedelta(seconds=30)

    found = progress(planned.database, VIC, "move", planned.now)

    assert [each.bytes_per_s for each in found.course] == [200.0, 0.0, 0.0, 0.0]  # 2,000 bytes in the first ten seconds
    assert found.speed_now == pytest.approx(200 / 3)  # of the three spans that are over
    assert found.eta_at == planned.now + timedelta(seconds=4000 / 67)


def test_who_stops_because_another_worker_was_quicker_leaves_no_upload(planned):
    planned.start()
    planned.work()
    item, key = planned.item("alba"), planned.keys(planned.target)[0]
    migration = progress(planned.database, VIC, "move", NOW).migration
    planned.target.start_upload(key, Attributes("video/mp4"))
    Journal(planned.database, item).has_part("original", Part(1, PART, "etag", 7))

    planned.mover._stop(migration, item)

    assert planned.unfinished() == []
    assert Journal(planned.database, item).parts("original") == {}
    assert planned.served("alba") == "s3"


def test_what_was_set_aside_is_not_waited_for(planned):
    planned.start(first=1)
    planned.work()
    with planned.database.transaction() as connection:
        connection.execute("update migration_videos set state = 'failed' where video_id = 'bruno'")
    planned.now += timedelta(seconds=30)

    found = progress(planned.database, VIC, "move", planned.now)

    assert found.eta_at == planned.now + timedelta(microseconds=29_850_747)  # 2,000 of 6,000 bytes, at 67 a second


def test_videos_are_listed_and_found_by_state_and_title(planned):
    planned.start(first=1)
    planned.work()
    migration = progress(planned.database, VIC, "move", NOW).migration

    rows, total = listed(planned.database, VIC, migration)
    assert [(row.title, row.item.state) for row in rows] == [
        ("Alba", State.DONE),
        ("Bruno", State.WAITING),
        ("Cruz", State.WAITING),
    ]
    assert total == 3
    rows, total = listed(planned.database, VIC, migration, State.WAITING, first=1, start=1)
    assert ([row.title for row in rows], total) == (["Cruz"], 2)


def test_what_stands_in_the_way_is_grouped_by_cause(planned):
    planned.source.before["read"] += [away] * 1000
    planned.start()
    planned.work_once()
    migration = progress(planned.database, VIC, "move", NOW).migration

    found = problems(planned.database, VIC, migration)

    assert [(each.problem, each.state, each.videos) for each in found] == [("It is away.", State.WAITING, 3)]


def test_the_timeline_says_who_asked_for_what(planned):
    planned.start()
    planned.work()
    migration = progress(planned.database, VIC, "move", NOW).migration

    assert [(each.kind, each.actor) for each in timeline(planned.database, VIC, migration)] == [("started", "olga")]
    kinds = [each.kind for each in timeline(planned.database, VIC, migration, "alba")]
    assert kinds == ["cut over", "verified", "uploaded", "copying"]


def test_another_bandwidth_holds_from_now_on_and_a_wrong_one_is_refused(planned):
    planned.migrations.set_timetable(OLGA, "move", "08:00,10M 18:00,off", NOW)
    assert progress(planned.database, VIC, "move", NOW).migration.timetable == "08:00,10M 18:00,off"

    with pytest.raises(MigrationRefused):
        planned.migrations.set_timetable(OLGA, "move", "fast", NOW)
