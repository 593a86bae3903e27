"""Crossings: what two people want at once, or two migrations of one video, harms nobody."""

from collections.abc import Callable

import pytest

from core.catalog.catalog import record_copy
from core.catalog.video import CopyObject, Kind
from core.errors import MigrationRefused, StorageDenied, StorageUnreachable
from core.media.packagings import queries as packagings
from core.migration import orders
from core.migration.progress import progress
from core.migration.state import State
from core.storage.provider import Attributes, StorageClass
from core.storage.providers import Providers
from tests.migration.place import NOW, OLGA, PART, VIC, Place, content, folder


@pytest.fixture
def moved(place: Place) -> Place:
    """A video of two objects that is moved, and whose grace period is over."""
    place.video("alba", content(PART), content(PART, 1))
    place.plan("alba")
    place.start()
    place.work()
    place.pass_time(days=7)
    return place


@pytest.fixture
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moves notice at once what is wanted of them."""
    monkeypatch.setattr(orders, "_ASKED_EVERY_S", 0.0)


def with_third(place: Place) -> None:
    """There is another bucket, to which `other` goes on from the first one's target."""
    third = folder(place.home, "s3-eu")
    third._clock = place.clock
    object.__setattr__(place.handles, "providers", Providers((place.target, place.source, third)))
    object.__setattr__(place.handles.addresses, "providers", place.handles.providers)


def send(place: Place, source: str, target: str, name: str = "other") -> None:
    with place.database.transaction() as connection:
        connection.execute("update migrations set source = ?, target = ? where id = ?", (source, target, name))


def require_all_served(place: Place, id: str = "alba") -> None:
    """Every object that viewers may be led to is there."""
    copy = place.catalog.served_copy(place.catalog.video(id))
    for each in copy.objects:
        place.handles.providers.named(copy.provider).head(each.key)


def at_call(number: int, happening: Callable[[], object], work: Callable[[str], object]) -> Callable[[str], object]:
    """The same work, with something that happens just before one of its calls."""
    calls = list[str]()

    def call(key: str) -> object:
        calls.append(key)
        if len(calls) == number:
            happening()
        return work(key)

    return call


def refuse() -> None:
    raise StorageDenied("It did not remove it.", "Use another key.")


def away() -> None:
    raise StorageUnreachable("It is away.", "Wait.")


def test_a_source_that_was_removed_in_part_is_never_served_again_and_is_removed_later(moved):
    moved.source.delete = at_call(2, refuse, moved.source.delete)
    moved.migrations.retire(OLGA, "move", moved.now)
    moved.work()

    assert moved.item("alba").state is State.RETIRING
    assert "1 of 2 objects were not removed from supabase" in moved.item("alba").problem
    assert moved.migrations.roll_back(OLGA, "move", moved.now) == 0
    require_all_served(moved)

    moved.migrations.ask_again(moved.now)
    moved.work()
    assert moved.item("alba").state is State.RETIRED
    assert moved.keys(moved.source) == []


def test_what_is_being_retired_is_not_taken_back_by_another_migration(place):
    place.video("alba", content(PART))
    place.plan("alba")
    place.plan("alba", name="other")
    place.start()
    place.work()
    place.start("other")
    place.work()
    place.pass_time(days=7)
    said = list[str]()

    def take_back() -> None:
        with pytest.raises(MigrationRefused) as refused:
            place.migrations.roll_back(OLGA, "other", place.now, ["alba"])
        said.append(refused.value.message)

    place.source.delete = at_call(1, take_back, place.source.delete)
    place.migrations.retire(OLGA, "move", place.now)
    place.work()

    assert said == ["alba was moved by another migration."]
    require_all_served(place)


def test_what_is_removed_after_a_cancellation_is_not_met_by_a_new_attempt(place):
    place.video("alba", content(PART), content(PART, 1))
    place.plan("alba")
    place.start()
    place.source.before["read"] += [lambda: None, *[away] * 6]
    place.work_once()
    place.migrations.cancel(OLGA, "move", NOW, "alba")

    def again() -> None:
        assert place.migrations.retry(OLGA, "move", NOW, "alba") == 1
        place.work_once()  # as another worker

    place.target.head = at_call(1, again, place.target.head)
    place.work()
    require_all_served(place)

    place.migrations.ask_again(NOW)
    place.work()
    assert place.served("alba") == "s3"
    require_all_served(place)


def test_what_is_called_off_before_it_goes_on_leaves_nothing(place, attentive):
    place.video("alba", content(15 * PART))
    place.plan("alba")
    place.start()
    place.target.after["write"].append(lambda: place.migrations.pause(OLGA, "move", NOW))
    place.work()
    assert place.unfinished() == ["fights/alba/original.mp4"]

    place.start()
    place.migrations.cancel(OLGA, "move", NOW)
    place.work()
    assert (place.unfinished(), place.keys(place.target)) == ([], [])


def test_what_was_set_aside_leaves_nothing_either_once_all_is_called_off(place):
    place.video("alba", content(PART), content(PART, 1))
    place.plan("alba")
    place.target.write("fights/alba/rung-1.mp4", [b"somebody else's"], Attributes("video/mp4"))
    place.start()
    place.work()
    assert place.item("alba").state is State.FAILED

    assert place.migrations.cancel(OLGA, "move", NOW) == 1
    place.work()
    assert place.keys(place.target) == ["fights/alba/rung-1.mp4"]


@pytest.mark.parametrize("video", ["alba", None], ids=["one", "all"])
def test_what_is_wanted_again_before_its_worker_has_noticed_the_cancellation_is_moved(place, attentive, video):
    place.video("alba", content(5 * PART))
    place.plan("alba")
    place.start()

    def cancel_and_go_on() -> None:
        place.migrations.cancel(OLGA, "move", NOW, video)
        if video:
            assert place.migrations.retry(OLGA, "move", NOW, video) == 1
        else:
            assert place.start() == 1

    place.target.after["write"].append(cancel_and_go_on)
    place.work()
    place.migrations.ask_again(NOW)
    place.work()

    assert place.served("alba") == "s3"


def test_one_that_cannot_be_taken_back_does_not_hold_up_the_others(place):
    for number, id in enumerate(("alba", "bruno")):
        place.video(id, content(PART, number))
    place.plan("alba")
    place.plan("alba", "bruno", name="other")
    place.start()
    place.work()
    place.start("other")
    place.work()

    assert place.migrations.roll_back(OLGA, "other", NOW) == 1
    assert (place.served("alba"), place.served("bruno")) == ("s3", "supabase")


def test_what_another_migration_has_moved_neither_costs_nor_saves_anything(place):
    place.video("alba", content(PART))
    place.plan("alba")
    place.plan("alba", name="other")
    place.start()
    place.work()
    place.start("other")
    place.work()
    place.migrations.roll_back(OLGA, "other", NOW)

    money = [progress(place.database, VIC, name, NOW).migration for name in ("move", "other")]
    assert [(str(each.spent_usd), str(each.saved_monthly_usd)) for each in money] == [("0.5", "1"), ("0", "0")]


def test_what_was_moved_on_is_not_taken_back_from_under_it(place):
    place.video("alba", content(PART))
    place.plan("alba")
    place.plan("alba", name="other")
    with_third(place)
    send(place, "s3", "s3-eu")
    place.start()
    place.work()
    place.start("other")
    place.work()

    with pytest.raises(MigrationRefused, match="Viewers get alba from s3-eu by now, and not from s3"):
        place.migrations.roll_back(OLGA, "move", NOW, ["alba"])
    assert place.migrations.roll_back(OLGA, "other", NOW) == 1
    assert place.migrations.roll_back(OLGA, "move", NOW) == 1
    assert place.served("alba") == "supabase"


def test_a_video_that_went_elsewhere_meanwhile_is_set_aside_with_the_reason(place):
    place.video("alba", content(PART))
    place.plan("alba")
    place.plan("alba", name="other")
    with_third(place)
    send(place, "supabase", "s3-eu")
    place.start()
    place.work()
    place.start("other")
    place.work()

    assert place.item("alba", "other").problem == "Viewers get it from s3 by now."
    assert place.served("alba") == "s3"


def test_what_another_migration_moves_on_is_retired_later_and_does_not_hold_up_the_others(place):
    for number, id in enumerate(("alba", "bruno")):
        place.video(id, content(PART, number))
    place.plan("alba", "bruno")
    place.plan("alba", name="other")
    with_third(place)
    send(place, "s3", "s3-eu")
    place.start()
    place.work()
    place.start("other")
    place.pass_time(days=7)

    assert place.migrations.retire(OLGA, "move", place.now) == 1
    with pytest.raises(MigrationRefused, match="'other' has the video at work: it is waiting there"):
        place.migrations.retire(OLGA, "move", place.now, "alba")


@pytest.mark.parametrize("asked", ["retry", "move_now"])
def test_what_another_migration_moves_is_not_moved_by_this_one_too(place, asked):
    place.video("alba", content(PART))
    place.plan("alba")
    place.plan("alba", name="other")
    place.start()
    place.migrations.cancel(OLGA, "move", NOW, "alba")
    place.start("other")
    words = {"retry": ("move", NOW, "alba"), "move_now": ("move", "alba", NOW)}

    with pytest.raises(MigrationRefused, match="'other' has the video at work"):
        getattr(place.migrations, asked)(OLGA, *words[asked])


def test_moves_that_were_lost_are_asked_for_a_few_at_a_time(place, monkeypatch):
    monkeypatch.setattr("core.migration.control._TOGETHER", 2)
    for number, id in enumerate(("alba", "bruno", "cruz")):
        place.video(id, content(PART, number))
    place.plan("alba", "bruno", "cruz")
    place.start()
    with place.database.transaction() as connection:
        connection.execute("delete from requests")

    place.migrations.ask_again(NOW)
    assert len(place.requests.due(NOW, "migrate", 10)) == 3


def test_what_was_packaged_anew_at_the_target_is_retired_by_its_original(moved):
    new = moved.target.write("videos/alba/2/rung-1.mp4", [b"new"], Attributes("video/mp4"))
    rung = CopyObject(Kind.RENDITION, "720p", new.key, "video/mp4", 3, StorageClass.STANDARD, new.etag, None)
    with moved.database.transaction() as connection:
        packagings.forget_object(connection, video_id="alba", provider="s3", name="rung-1")
        record_copy(connection, "alba", "s3", [rung], NOW)
    moved.target.delete("fights/alba/rung-1.mp4")

    moved.migrations.retire(OLGA, "move", moved.now, "alba")
    moved.work()

    assert moved.item("alba").state is State.RETIRED
    assert moved.keys(moved.target) == ["fights/alba/original.mp4", "videos/alba/2/rung-1.mp4"]


def test_what_was_taken_back_and_called_off_is_not_recorded_at_the_target_any_more(moved):
    moved.migrations.roll_back(OLGA, "move", moved.now)
    moved.migrations.retry(OLGA, "move", moved.now, "alba")
    moved.migrations.cancel(OLGA, "move", moved.now, "alba")
    moved.work()

    assert moved.keys(moved.target) == []
    assert [copy.provider for copy in moved.catalog.copies("alba")] == ["supabase"]

    moved.migrations.retry(OLGA, "move", moved.now, "alba")
    moved.work()
    assert moved.served("alba") == "s3"
    require_all_served(moved)


def test_a_video_that_must_not_leave_is_not_moved_by_a_plan_from_before(place):
    place.video("alba", content(PART))
    place.plan("alba")
    with place.database.transaction() as connection:
        connection.execute("update videos set residency = 'EU'")
    place.start()
    place.work()

    assert place.item("alba").problem == "It must stay in EU, which s3 does not promise."
    assert place.keys(place.target) == []


def test_what_nobody_foresaw_is_told_without_its_words(place):
    place.video("alba", content(PART))
    place.plan("alba")

    def fail() -> None:
        raise ValueError("https://bucket.example/a?X-Amz-Signature=secret")

    place.source.before["read"].append(fail)
    place.start()
    place.work()

    assert place.item("alba").problem == "Something unforeseen went wrong (ValueError)."
