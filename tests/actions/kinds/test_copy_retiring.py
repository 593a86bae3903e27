"""What lies at a migration's source is removed once it may be, and what is not whole at its target keeps its source."""

from decimal import Decimal
from pathlib import Path

import pytest

from core.actions.action import Phase, Step
from core.actions.kinds.copy_retiring import CopyRetiring
from core.errors import ActionRefused, MigrationNotFound, StateChanged, StorageDenied
from core.migration.state import State
from core.settings import Settings
from core.sqlite_database import SqliteDatabase
from tests.actions.conftest import OLGA, OTTO
from tests.actions.kinds.workplace import Time, Workplace, held
from tests.migration.place import PART, Place, content, folder

IDS = ("alba", "bruno")


@pytest.fixture
def moved(tmp_path: Path, database: SqliteDatabase, settings: Settings) -> Place:
    """Two videos that viewers get from s3 since a week."""
    place = Place(tmp_path, database, settings, folder(tmp_path, "supabase"), folder(tmp_path, "s3"))
    for number, id in enumerate(IDS):
        place.video(id, content(2 * PART, number))
    place.plan(*IDS)
    place.start()
    place.work()
    return place


@pytest.fixture
def place(moved: Place, database: SqliteDatabase) -> Workplace:
    moved.pass_time(days=7)
    return Workplace(moved.source, database, Time(moved.now), CopyRetiring)


def on(moved: Place, place: Workplace, id: str) -> None:
    """The migration's worker, and then ours half an hour later."""
    moved.work()
    moved.now = place.time.passes(minutes=31)
    place.work(id)


def test_copies_are_removed_by_the_migration_and_waited_for(moved: Place, place: Workplace):
    seen = place.preview(migration="move")
    assert seen.summary == "Removes 2 copies from supabase of videos that viewers get from s3."
    assert (place.keys(seen), seen.size_bytes) == (["alba", "bruno"], 4 * PART)
    assert seen.saving_usd == Decimal("0.021") * 4 * PART / 10**9
    assert (seen.one_off_usd, seen.undo.possible) == (0, False)

    id = place.apply(migration="move")
    assert moved.states() == dict.fromkeys(IDS, State.RETIRING)
    assert (place.taken(id).phase, place.taken(id).problem) == (
        Phase.APPLYING, "'move' is removing the copies at supabase.",
    )  # fmt: skip
    on(moved, place, id)
    assert (place.taken(id).phase, place.counts(id)) == (Phase.APPLIED, {Step.DONE: 2})
    assert (moved.keys(moved.source), moved.states()) == ([], dict.fromkeys(IDS, State.RETIRED))
    with pytest.raises(ActionRefused, match="gone from the source"):
        place.undo(id)


def test_a_video_in_its_grace_period_is_left_out(moved: Place, place: Workplace):
    place.time.passes(days=-1)
    with pytest.raises(ActionRefused, match="2 videos: may still be rolled back"):
        place.preview(migration="move")


def test_one_video_can_be_named(place: Workplace):
    assert place.keys(place.preview(migration="move", videos=["bruno"])) == ["bruno"]
    with pytest.raises(ActionRefused):
        place.preview(migration="move", videos=["nobody"])


def test_what_is_not_whole_at_the_target_keeps_its_source_and_why_is_told(moved: Place, place: Workplace):
    id = place.apply(migration="move")
    moved.target.delete("fights/alba/original.mp4")
    on(moved, place, id)
    assert place.counts(id) == {Step.CHANGED: 1, Step.DONE: 1}
    (left,) = place.actions.items(OLGA, id, Step.CHANGED)
    assert "fights/alba/original.mp4" in left.problem
    assert moved.keys(moved.source) == ["fights/alba/original.mp4"]
    with pytest.raises(ActionRefused, match="1 video: the migration refused to retire them"):
        place.preview(migration="move")


def test_a_video_that_was_rolled_back_meanwhile_keeps_its_source(moved: Place, place: Workplace):
    id = place.actions.apply(OLGA, place.preview(migration="move"), place.time.now)
    moved.migrations.roll_back(OLGA, "move", moved.now, ["alba"])
    place.work(id)
    on(moved, place, id)
    assert place.counts(id) == {Step.CHANGED: 1, Step.DONE: 1}
    assert moved.served("alba") == "supabase"


def test_killed_after_it_has_asked_it_asks_no_second_time(moved: Place, place: Workplace):
    id = place.apply(migration="move")
    place.work(id)
    place.work(id)
    assert len([each for each in moved.events("alba") if each == "asked to retire"]) == 1
    on(moved, place, id)
    assert place.taken(id).phase is Phase.APPLIED


def test_denied_at_the_source_it_says_so_and_goes_no_further(moved: Place, place: Workplace):
    def refuse(key: str) -> None:
        raise StorageDenied(f"It did not remove {key}.", "Use another key.")

    true_delete, moved.source.delete = moved.source.delete, refuse
    id = place.apply(migration="move")
    on(moved, place, id)
    assert place.counts(id) == {Step.CHANGED: 2}
    moved.source.delete = true_delete
    moved.migrations.retire(OLGA, "move", moved.now)
    moved.work()
    assert moved.keys(moved.source) == []


def test_where_no_migration_is_named_each_video_is_found_in_its_own(moved: Place, place: Workplace):
    assert place.keys(place.preview()) == ["alba", "bruno"]
    moved.video("cruz", content(PART, 7))
    seen = place.preview(videos=["alba", "cruz"])
    assert place.keys(seen) == ["alba"]
    assert any("1 video is left out: no finished migration has moved them" in each for each in seen.warnings)
    id = place.apply(videos=["alba"])
    on(moved, place, id)
    assert moved.keys(moved.source) == ["fights/bruno/original.mp4", "fights/cruz/original.mp4"]


def test_a_video_on_legal_hold_keeps_its_copy(moved: Place, place: Workplace):
    id = place.actions.apply(OLGA, place.preview(), place.time.now)
    held(place.database, "alba")
    place.work(id)
    on(moved, place, id)
    assert place.counts(id) == {Step.CHANGED: 1, Step.DONE: 1}
    assert moved.keys(moved.source) == ["fights/alba/original.mp4"]
    with pytest.raises(ActionRefused, match="1 video: they are on legal hold"):
        place.preview()


def test_an_unknown_migration_is_told(place: Workplace):
    with pytest.raises(MigrationNotFound):
        place.preview(migration="none")


def test_the_wrong_place_is_refused(moved: Place, database: SqliteDatabase):
    with pytest.raises(ActionRefused, match="moves from supabase, not from s3"):
        Workplace(moved.target, database, Time(moved.now), CopyRetiring).preview(migration="move")


def test_what_changed_between_preview_and_apply_is_told_and_two_people_do_it_once(moved: Place, place: Workplace):
    seen = place.preview(migration="move")
    place.actions.apply(OLGA, seen, place.time.now)
    with pytest.raises(ActionRefused, match="asked for by olga"):
        place.actions.apply(OTTO, seen, place.time.now)


def test_a_video_that_is_rolled_back_after_the_preview_is_told(moved: Place, place: Workplace):
    seen = place.preview(migration="move")
    moved.migrations.roll_back(OLGA, "move", moved.now, ["alba"])
    with pytest.raises(StateChanged):
        place.actions.apply(OLGA, seen, place.time.now)
