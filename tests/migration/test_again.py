"""Again: a move that is made again, or called off, looks at what there is by now, and not at what there was."""

from core.media.packagings import queries as packaging_queries
from core.migration.state import State
from core.storage.provider import Attributes
from tests.migration.place import NOW, OLGA, PART, Place, content


def test_what_is_gone_at_the_target_is_copied_again(place: Place):
    place.video("alba", content(PART), content(PART, 1))
    place.plan("alba")
    place.start()
    place.work()
    place.migrations.roll_back(OLGA, "move", NOW)
    place.target.delete("fights/alba/original.mp4")
    place.migrations.retry(OLGA, "move", place.now, "alba")
    place.work()
    assert place.states()["alba"] is State.DONE


def test_moved_again_with_fewer_objects_nothing_is_served_that_was_removed(place: Place):
    place.video("alba", content(PART), content(PART, 1), content(PART, 2))
    place.plan("alba")
    place.start()
    place.work()
    place.migrations.roll_back(OLGA, "move", NOW)
    with place.database.transaction() as connection:
        packaging_queries.forget_object(connection, video_id="alba", provider="supabase", name="rung-2")
    place.source.delete("fights/alba/rung-2.mp4")
    place.migrations.retry(OLGA, "move", NOW, "alba")
    place.work()
    copy = place.catalog.served_copy(place.catalog.video("alba"))
    assert all(place.target.head(each.key) for each in copy.objects)


def test_first_few_after_a_pause_are_only_those(place: Place):
    for n, id in enumerate(("alba", "bruno", "cruz")):
        place.video(id, content(PART, n))
    place.plan("alba", "bruno", "cruz")
    place.start()
    place.migrations.pause(OLGA, "move", NOW)
    place.start(first=1)
    place.migrations.ask_again(NOW)
    place.work()
    assert place.states()["cruz"] is State.WAITING


def test_calling_off_an_adoption_leaves_the_other_tools_upload_alone(place: Place):
    place.video("alba", content(5 * PART))
    place.plan("alba", adopts=True)
    place.start()
    place.work()  # not there yet: journal has it, rclone is on its way
    place.target.start_upload("fights/alba/original.mp4", Attributes("video/mp4"))
    place.migrations.cancel(OLGA, "move", NOW)
    place.work()
    assert place.unfinished() == ["fights/alba/original.mp4"]
