"""Catalog: a video is found by whatever names it, and what is recorded of it stays true."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.catalog.catalog import describe_video, record_copy, remember_link, serve_from
from core.catalog.video import Copy, Kind, Link, Visibility, folded, new_slug
from core.errors import DatabaseError, NothingServed, VideoNotFound
from core.storage.provider import StorageClass
from tests.catalog.videos import MASTER, NOW, original, packaged, put, video


def test_a_video_comes_back_as_it_was_added(database, catalog):
    whole = video(
        title="Rivera vs Стоун",
        residency="EU",
        visibility=Visibility.PRIVATE,
        size_bytes=5 * 2**40,
        crc64nvme=2**64 - 1,
        sha256="ab" * 32,
        duration_s=61.5,
        width=1080,
        height=1920,
        created_at=NOW + timedelta(microseconds=1),
    )
    put(database, whole)

    assert catalog.video("v1") == catalog.video_by_slug("slug-v1") == whole


@pytest.mark.parametrize("missing", ["v2", "", "V1", "v1 ", "' or 1=1 --"])
def test_a_video_that_is_not_there_is_said_to_be_missing(database, catalog, missing):
    put(database, video())

    with pytest.raises(VideoNotFound, match="There is no video"):
        catalog.video(missing)
    with pytest.raises(VideoNotFound):
        catalog.video_by_slug(missing)


def test_videos_that_went_elsewhere_are_listed_with_the_reason_until_they_are_moved(database, catalog):
    put(database, video("at home"), [("s3", [original("at home")])])
    put(database, video("away"), [("supabase", [original("away")])])
    put(database, video("bound", residency="EU"), [("supabase", [original("bound")])])
    put(database, video("nowhere"))

    (away,) = catalog.served_elsewhere("s3")
    assert (away.id, away.served_from) == ("away", "supabase")
    assert catalog.served_copy(away).reason == "S3 is well."
    assert [each.id for each in catalog.served_elsewhere("s3-eu", "EU")] == ["bound"]

    with database.transaction() as connection:
        record_copy(connection, "away", "s3", [original("away")], NOW)
        serve_from(connection, "away", "s3", NOW)
    assert catalog.served_elsewhere("s3") == ()


def test_a_slug_belongs_to_one_video(database):
    put(database, video("v1", slug="same"))

    with pytest.raises(DatabaseError, match="refused a change"):
        put(database, video("v2", slug="same"))


def test_what_probing_finds_is_told(database, catalog):
    put(database, video())
    with database.transaction() as connection:
        describe_video(connection, "v1", 12.5, 1080, 1920)

    found = catalog.video("v1")
    assert (found.duration_s, found.width, found.height) == (12.5, 1080, 1920)


def test_videos_of_the_same_bytes_are_found_oldest_first(database, catalog):
    put(database, video("new", crc64nvme=7, created_at=NOW))
    put(database, video("old", crc64nvme=7, created_at=NOW - timedelta(1)))
    put(database, video("longer", crc64nvme=7, size_bytes=1_001))
    put(database, video("unknown"))

    assert [each.id for each in catalog.videos_of_content(7, 1_000)] == ["old", "new"]
    assert catalog.videos_of_content(0, 1_000) == ()


def test_a_copy_tells_its_objects_the_original_first_then_rungs_from_the_highest(database, catalog):
    put(database, video(), [("s3", [*reversed(packaged()), original()])])

    (copy,) = catalog.copies("v1")

    assert copy == Copy("s3", "S3 is well.", NOW, copy.objects)
    assert [each.name for each in copy.objects] == [
        "original", "720p", "360p", "360p.m3u8", "720p.m3u8", MASTER, "poster", "storyboard", "storyboard.vtt",
    ]  # fmt: skip
    assert copy.object("720p") == packaged()[0]
    assert copy.object("1080p") is None
    assert copy.size_bytes == 1_000 + 700 + 300 + 3 * 10 + 3 * 20


def test_an_object_recorded_again_takes_the_place_of_the_first(database, catalog):
    put(database, video(), [("s3", [original(), *packaged()])])
    moved = original(storage_class=StorageClass.DEEP_ARCHIVE, etag="e2", crc64nvme=2**63)
    with database.transaction() as connection:
        record_copy(connection, "v1", "s3", [moved], NOW + timedelta(1), "another reason")

    (copy,) = catalog.copies("v1")
    assert copy.objects[0] == moved
    assert len(copy.objects) == 9
    assert (copy.reason, copy.recorded_at) == ("S3 is well.", NOW)


def test_two_videos_cannot_own_one_object(database):
    put(database, video("v1"), [("s3", [original("v1")])])

    with pytest.raises(DatabaseError):
        put(database, video("v2"), [("s3", [original("v1")])])


def test_viewers_get_the_copy_that_is_served(database, catalog):
    put(database, video(), [("supabase", [original()]), ("s3", [original(), *packaged()])])
    assert catalog.served_copy(catalog.video("v1")).provider == "supabase"

    with database.transaction() as connection:
        serve_from(connection, "v1", "s3", NOW)

    assert catalog.served_copy(catalog.video("v1")).provider == "s3"


def test_a_copy_that_is_not_recorded_cannot_be_served(database, catalog):
    put(database, video(), [("supabase", [original()])])

    with pytest.raises(DatabaseError), database.transaction() as connection:
        serve_from(connection, "v1", "s3", NOW)
    assert catalog.video("v1").served_from == "supabase"


def test_a_copy_that_is_served_cannot_be_forgotten_and_a_video_goes_with_all_of_it(database, catalog):
    put(database, video(), [("s3", [original()])])
    with pytest.raises(DatabaseError), database.transaction() as connection:
        connection.execute("delete from copies")

    with database.transaction() as connection:
        connection.execute("delete from videos")

    assert catalog.copies("v1") == ()
    with database.reading() as connection:
        left = [connection.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES]
    assert left == [0, 0, 0, 0]


TABLES = ("objects", "stored", "served_copies", "links")


def test_a_video_without_a_copy_cannot_be_watched(database, catalog):
    lonely = put(database, video(title="Nobody's fight"))

    with pytest.raises(NothingServed, match='"Nobody\'s fight" has no copy that can be watched'):
        catalog.served_copy(lonely)


def test_a_video_is_found_by_every_address_that_it_ever_had(database, catalog):
    put(database, video("v1"))
    put(database, video("v2"))
    with database.transaction() as connection:
        remember_link(connection, "v1", "supabase", "fights", "2024/a b%20.mp4")
        remember_link(connection, "v1", "s3", "fights", "2024/a b%20.mp4")
        remember_link(connection, "v2", "supabase", "fights", "2024/a b%20.mp4")  # it is taken
        remember_link(connection, "v2", "supabase", "other", "2024/a b%20.mp4")

    assert catalog.video_by_link("supabase", "fights", "2024/a b%20.mp4").id == "v1"
    assert catalog.video_by_link("supabase", "other", "2024/a b%20.mp4").id == "v2"
    assert catalog.links("v1") == (
        Link("supabase", "fights", "2024/a b%20.mp4"),
        Link("s3", "fights", "2024/a b%20.mp4"),
    )
    with pytest.raises(VideoNotFound):
        catalog.video_by_link("supabase", "fights", "2024/a b .mp4")


def test_what_cannot_be_recorded_leaves_nothing_behind(database, catalog):
    put(database, video())

    with pytest.raises(DatabaseError), database.transaction() as connection:
        record_copy(connection, "v1", "s3", [original(), replace(original(), name="poster", kind=Kind.THUMBNAIL)], NOW)

    assert catalog.copies("v1") == ()


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        ("Rivera vs. Stone", "rivera-vs-stone-"),
        ("  Ménage à trois!  ", "menage-a-trois-"),
        ("x" * 200, "x" * 60 + "-"),
        ("<script>/../?&#", "script-"),
    ],
)
def test_a_slug_says_what_the_video_is(title, begins):
    slug = new_slug(title)

    assert slug.startswith(begins)
    assert len(slug) == len(begins) + 6


@pytest.mark.parametrize("title", ["", "東京", "---", "🥊"])
def test_a_title_without_a_plain_letter_has_a_slug_all_the_same(title):
    assert len(new_slug(title)) == 6


def test_no_two_slugs_are_the_same():
    assert len({new_slug("Rivera vs Stone") for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("  Öztürk\tvs\nMÜLLER ", "ozturk vs muller"),
        ("Straße", "strasse"),
        ("ﬁght", "fight"),
        ("東京 Fight", "東京 fight"),
        ("a\0b", "a b"),
        ("a\ud800b", "ab"),
    ],
)
def test_text_is_searched_without_case_and_accents(text, found):
    assert folded(text) == found
