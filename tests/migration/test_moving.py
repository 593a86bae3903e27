"""Moving: each object is copied once and right, and viewers get it only then."""

from datetime import timedelta

from core.migration.state import State
from tests.migration.place import NOW, OLGA, PART, Place, content


def test_a_video_is_served_from_the_target_once_all_of_it_is_there(place: Place):
    place.video("rivera", content(3 * PART + 5), content(10, 1))
    place.plan("rivera")

    assert place.start() == 1
    place.work()

    assert place.served("rivera") == "s3"
    assert place.states() == {"rivera": State.DONE}
    assert place.at_target("fights/rivera/original.mp4") == content(3 * PART + 5)
    assert place.at_target("fights/rivera/rung-1.mp4") == content(10, 1)
    assert place.events("rivera") == ["copying", "uploaded", "verified", "cut over"]
    assert place.unfinished() == []


def test_metadata_travels_and_the_class_is_put_at_once(place: Place):
    place.video("rivera", content(200_000))
    place.plan("rivera")

    place.start()
    place.work()

    there = place.target.head("fights/rivera/original.mp4")
    assert (there.content_type, there.cache_control) == ("video/mp4", "max-age=3600")
    assert there.metadata["fight"] == "Rivera"
    assert there.storage_class == "INTELLIGENT_TIERING"  # there are no renditions: this is what viewers watch


def test_the_checksums_of_an_original_are_known_afterwards(place: Place):
    place.video("rivera", content(2 * PART + 1))
    place.plan("rivera")

    place.start()
    place.work()

    import hashlib

    assert place.catalog.video("rivera").sha256 == hashlib.sha256(content(2 * PART + 1)).hexdigest()
    assert place.catalog.video("rivera").crc64nvme == place.target.head("fights/rivera/original.mp4").crc64nvme


def test_a_video_is_taken_back_without_moving_a_byte(place: Place):
    place.video("rivera", content(5))
    place.plan("rivera")
    place.start()
    place.work()
    place.source.calls.clear()

    assert place.migrations.roll_back(OLGA, "move", NOW) == 1

    assert place.served("rivera") == "supabase"
    assert place.states() == {"rivera": State.ROLLED_BACK}
    assert place.source.calls == []


def test_the_source_is_retired_only_after_the_grace_period(place: Place):
    place.video("rivera", content(5))
    place.plan("rivera", grace_days=7)
    place.start()
    place.work()

    assert place.migrations.retire(OLGA, "move", NOW + timedelta(days=6)) == 0
    assert place.migrations.retire(OLGA, "move", NOW + timedelta(days=7)) == 1
    place.now += timedelta(days=7)
    place.work()

    assert place.states() == {"rivera": State.RETIRED}
    assert place.keys(place.source) == []
    assert [copy.provider for copy in place.catalog.copies("rivera")] == ["s3"]
