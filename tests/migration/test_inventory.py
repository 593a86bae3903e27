"""An inventory takes into the library what lies at a provider, where it lies; its links answer from then on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.catalog.catalog import Catalog, forget_copy, record_copy, serve_from
from core.catalog.search import Search, search
from core.catalog.video import Kind, Visibility
from core.database import Database
from core.delivery.links import SupabaseLink, recognise
from core.errors import PermissionDenied, StorageDenied, StorageError, StorageUnreachable
from core.migration import inventory
from core.migration.inventory import take_inventory, video_id_of
from core.storage.provider import StorageClass
from core.storage.supabase import SupabaseProvider
from tests.catalog.videos import original, packaged, put, video
from tests.migration.conftest import NOW, OLGA, VIC, opened
from tests.support.supabase_stand_in import SupabaseStandIn

ODD = (
    "2024/Rivera vs Stone (final).mp4", "2024/it's a \"fight\" & more+.mp4", "2024/a@b:c;d=e,f$g!.mp4",
    "100%/50%25 off.mp4", "q?a#b.mp4", "öztürk/söhne.mp4",
)  # fmt: skip


def everything(database: Database) -> list[tuple[object, ...]]:
    """Every row that an inventory may write, but for when."""
    with database.reading() as connection:
        return [
            tuple(row)
            for columns, table in (
                ("id, slug, title, visibility, size_bytes, created_at", "videos"),
                ("video_id, provider, reason", "copies"),
                ("video_id, provider, kind, name, key, content_type, size_bytes, storage_class, etag", "objects"),
                ("video_id, provider", "served_copies"),
                ("provider, bucket, key, video_id", "links"),
                ("video_id, provider, storage_class, size_bytes, media_bytes", "stored"),
            )
            for row in connection.execute(f"select {columns} from {table} order by {columns}")
        ]


def test_what_lies_there_becomes_videos_that_are_served_from_there(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog
):
    for key, size in {"2024/a.mp4": 1_000, "2024/a.jpg": 20, "2024/b/index.m3u8": 5, "2024/b/0.ts": 700}.items():
        project.bucket("fights").put(key, size)

    found = take_inventory(supabase, database, OLGA, NOW)

    assert (found.objects, found.size_bytes, found.taken_in, found.changed, found.gone) == (4, 1_725, 4, 0, frozenset())
    file = catalog.video_by_link("supabase", "fights", "2024/a.mp4")
    assert (file.title, file.size_bytes, file.served_from, file.residency) == ("A", 1_000, "supabase", "")
    assert (file.visibility, file.created_by, file.created_at.isoformat()) == (
        Visibility.PUBLIC, "olga", "2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    copy = catalog.served_copy(file)
    assert copy.reason == "It lay at supabase when it was first looked at there."
    assert [(each.kind, each.name, each.key, each.content_type, each.size_bytes) for each in copy.objects] == [
        (Kind.ORIGINAL, "original", "2024/a.mp4", "video/mp4", 1_000),
        (Kind.THUMBNAIL, "poster", "2024/a.jpg", "image/jpeg", 20),
    ]
    stream = catalog.video_by_link("supabase", "fights", "2024/b/0.ts")
    assert (stream.title, stream.size_bytes) == ("B", 0)
    assert {each.name for each in catalog.served_copy(stream).objects} == {"master.m3u8", "0.ts"}


def test_the_library_finds_them_with_the_bytes_that_they_take(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database
):
    project.bucket("fights").put("2024/rivera-vs-stone.mp4", 1_000)
    project.bucket("fights").put("2024/rivera-vs-stone.jpg", 20)

    take_inventory(supabase, database, OLGA, NOW)

    (entry,) = search(database, Search("rivera stone"), 10, 0, {}).entries
    assert [(each.provider, each.storage_class, each.size_bytes) for each in entry.stored] == [
        ("supabase", StorageClass.STANDARD, 1_020)
    ]
    assert entry.has_poster


@pytest.mark.parametrize("key", ODD)
def test_every_old_link_answers_whatever_is_in_its_key(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog, key: str
):
    project.bucket("fights").put(key, 1_000)

    take_inventory(supabase, database, OLGA, NOW)

    link = recognise(f"https://abcd.supabase.co/storage/v1/object/public/fights/{quote(key)}")
    assert isinstance(link, SupabaseLink)
    assert catalog.video_by_link("supabase", link.bucket, link.key).id == video_id_of("supabase", "fights", key)


def test_everything_is_found_in_folders_within_folders_past_a_page(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog
):
    for number in range(2_345):
        project.bucket("fights").put(f"{number % 7}/{number % 11}/{number % 3}/fight {number}.mp4", number)

    found = take_inventory(supabase, database, OLGA, NOW)

    assert (found.objects, found.taken_in) == (2_345, 2_345)
    assert len(list(catalog.served_elsewhere("s3"))) == 2_345


def test_the_same_inventory_again_changes_nothing(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database
):
    for key in (*ODD, "b/index.m3u8", "b/0.ts"):
        project.bucket("fights").put(key, 10)
    take_inventory(supabase, database, OLGA, NOW)
    first = everything(database)

    again = take_inventory(supabase, database, OLGA, NOW)

    assert (again.taken_in, again.changed, again.gone) == (0, 0, frozenset())
    assert everything(database) == first


def test_two_inventories_at_once_end_in_the_rows_of_one(
    project: SupabaseStandIn, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(inventory, "_BATCH", 7)
    for number in range(100):
        project.bucket("fights").put(f"{number}.mp4", number)
        project.bucket("fights").put(f"{number}.jpg", 1)

    with ThreadPoolExecutor(2) as people:
        list(people.map(lambda _: take_inventory(opened(project), database, OLGA, NOW), range(2)))

    with database.reading() as connection:
        assert connection.execute("select count(*) from videos").fetchone()[0] == 100
        assert connection.execute("select count(*) from objects").fetchone()[0] == 200
        assert connection.execute("select count(*) from links").fetchone()[0] == 200


def test_one_that_was_cut_off_is_completed_by_the_next(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(inventory, "_BATCH", 3)
    for number in range(10):
        project.bucket("fights").put(f"{number}.mp4", number)
    real, done = inventory._Found._record, []

    def record(self: Any, *asked: Any) -> int:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(real(self, *asked))
        return done[-1]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(inventory._Found, "_record", record)
        take_inventory(supabase, database, OLGA, NOW)
    assert sum(done) == 6

    assert take_inventory(supabase, database, OLGA, NOW).taken_in == 4


def test_what_comes_later_joins_the_video_that_it_belongs_to(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog
):
    project.bucket("fights").put("a/index.m3u8", 5)
    project.bucket("fights").put("b.mp4", 5)
    take_inventory(supabase, database, OLGA, NOW)
    stream, file = (catalog.video_by_link("supabase", "fights", key) for key in ("a/index.m3u8", "b.mp4"))
    for key in ("a.mp4", "a/0.ts", "b.jpg"):
        project.bucket("fights").put(key, 7)

    assert take_inventory(supabase, database, OLGA, NOW).taken_in == 3

    assert {each.name for each in catalog.served_copy(stream).objects} == {"master.m3u8", "original", "0.ts"}
    assert {each.name for each in catalog.served_copy(file).objects} == {"original", "poster"}
    assert catalog.video_by_link("supabase", "fights", "b.jpg").id == file.id
    with database.reading() as connection:
        sums = connection.execute("select size_bytes from stored where video_id = ?", (file.id,)).fetchall()
    assert [row[0] for row in sums] == [12]


def test_what_lies_at_the_address_of_a_retired_video_is_another_video(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog
):
    project.bucket("fights").put("a.mp4", 1_000)
    take_inventory(supabase, database, OLGA, NOW)
    moved = catalog.video_by_link("supabase", "fights", "a.mp4")
    with database.transaction() as connection:
        record_copy(connection, moved.id, "s3", [original(key="a.mp4")], NOW)
        serve_from(connection, moved.id, "s3", NOW)
        forget_copy(connection, moved.id, "supabase")
    project.bucket("fights").put("a.mp4", 7)

    found = [take_inventory(supabase, database, OLGA, NOW).taken_in for _ in range(2)]

    assert found == [1, 0]
    assert [copy.provider for copy in catalog.copies(moved.id)] == ["s3"]
    newer = catalog.video_by_object("supabase", "a.mp4")
    assert (newer.size_bytes, newer.served_from) == (7, "supabase")
    assert newer.slug != moved.slug
    assert catalog.video_by_link("supabase", "fights", "a.mp4").id == moved.id  # who has the old link means the old one


def test_our_own_uploads_are_known_already_and_what_packaging_left_is_no_video(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog
):
    own = original("v1", key="videos/v1/original.mp4", etag="")
    put(database, video("v1"), [("supabase", [own])])
    for key in ("videos/v1/original.mp4", "videos/v1/hls-2/720p.mp4", "videos/v2/original.mp4"):
        project.bucket("fights").put(key, 1_000)

    found = take_inventory(supabase, database, OLGA, NOW)

    assert found.taken_in == 1
    assert catalog.video_by_link("supabase", "fights", "videos/v2/original.mp4").title == "Original"


def test_an_upload_on_its_way_is_not_taken_in(project: SupabaseStandIn, supabase: SupabaseProvider, database: Database):
    with database.transaction() as connection:
        connection.execute(
            "insert into uploads (id, owner, fingerprint, file_name, title, size_bytes, part_bytes, content_type, "
            "residency, visibility, provider, reason, mode, key, upload_id, state, problem, started_at, active_at, "
            "active_s, cleared, packaging_asked) values ('u1', 'olga', '', 'a', 'a', 5, 5, '', '', 'public', "
            "'supabase', '', 'tus', 'videos/u1/original.mp4', '', 'completing', '', '', '', 0, false, false)"
        )
    project.bucket("fights").put("videos/u1/original.mp4", 5)

    assert take_inventory(supabase, database, OLGA, NOW).taken_in == 0


def test_what_was_replaced_is_recorded_as_it_is_now(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog
):
    project.bucket("fights").put("a.mp4", 1_000)
    take_inventory(supabase, database, OLGA, NOW)
    project.bucket("fights").put("a.mp4", 2_000)

    found = take_inventory(supabase, database, OLGA, NOW)

    assert (found.taken_in, found.changed) == (0, 1)
    changed = catalog.video_by_link("supabase", "fights", "a.mp4")
    (each,) = catalog.served_copy(changed).objects
    etag = project.bucket("fights").objects["a.mp4"].etag.strip('"')
    assert (changed.size_bytes, each.size_bytes, each.etag) == (2_000, 2_000, etag)


def test_checksums_of_what_was_replaced_are_forgotten(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog
):
    old = original("v1", key="videos/v1/original.mp4", crc64nvme=5)
    put(database, replace(video("v1"), crc64nvme=5, sha256="ab"), [("supabase", [old, *packaged("v1")])])
    for each in packaged("v1"):
        project.bucket("fights").put(each.key, each.size_bytes)
    project.bucket("fights").put("videos/v1/original.mp4", 900)

    take_inventory(supabase, database, OLGA, NOW)

    changed = catalog.video("v1")
    assert (changed.size_bytes, changed.crc64nvme, changed.sha256) == (900, None, None)
    assert catalog.served_copy(changed).objects[0].crc64nvme is None


def test_what_is_gone_is_told_and_stays_recorded(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database, catalog: Catalog
):
    project.bucket("fights").put("a.mp4", 1_000)
    project.bucket("fights").put("b.mp4", 1_000)
    take_inventory(supabase, database, OLGA, NOW)
    del project.bucket("fights").objects["a.mp4"]

    assert take_inventory(supabase, database, OLGA, NOW).gone == {"a.mp4"}
    assert catalog.video_by_link("supabase", "fights", "a.mp4")


def test_marks_of_empty_folders_are_no_videos(project: SupabaseStandIn, supabase: SupabaseProvider, database: Database):
    project.bucket("fights").put("2024/.emptyFolderPlaceholder", 0)
    project.bucket("fights").put("2025/", 0)

    assert take_inventory(supabase, database, OLGA, NOW).objects == 0


def test_what_lies_in_a_private_bucket_stays_private(project: SupabaseStandIn, database: Database, catalog: Catalog):
    project.bucket("fights").public = False
    project.bucket("fights").put("a.mp4", 1_000)

    take_inventory(opened(project), database, OLGA, NOW)

    assert catalog.video_by_link("supabase", "fights", "a.mp4").visibility is Visibility.PRIVATE


def test_an_empty_bucket_is_an_answer(supabase: SupabaseProvider, database: Database):
    assert take_inventory(supabase, database, OLGA, NOW).objects == 0


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_a_limited_key_is_an_error_and_not_an_empty_bucket(project: SupabaseStandIn, database: Database, role: str):
    project.bucket("fights").put("a.mp4", 1_000)

    with pytest.raises(StorageDenied):
        take_inventory(opened(project, project.key(role)), database, OLGA, NOW)

    assert everything(database) == []


def test_the_key_of_another_project_is_an_error(project: SupabaseStandIn, database: Database):
    with pytest.raises(StorageDenied):
        take_inventory(opened(project, SupabaseStandIn().key()), database, OLGA, NOW)


def test_a_bucket_that_is_not_there_is_an_error(project: SupabaseStandIn, database: Database):
    with pytest.raises(StorageUnreachable, match="films"):
        take_inventory(opened(project, bucket="films"), database, OLGA, NOW)


def test_a_bucket_that_goes_while_it_is_looked_at_is_an_error_and_nothing_is_recorded(
    project: SupabaseStandIn, supabase: SupabaseProvider, database: Database
):
    project.bucket("fights").put("a.mp4", 1_000)
    take_inventory(supabase, database, OLGA, NOW)
    before = everything(database)

    def remove(request: str) -> None:
        if "list-v2" in request:
            project.buckets.clear()

    project.before = remove
    with pytest.raises(StorageError):
        take_inventory(supabase, database, OLGA, NOW)

    assert everything(database) == before


def test_who_may_not_migrate_may_not_take_videos_in(supabase: SupabaseProvider, database: Database):
    with pytest.raises(PermissionDenied):
        take_inventory(supabase, database, VIC, NOW)


def test_what_was_taken_in_is_on_record(project: SupabaseStandIn, supabase: SupabaseProvider, database: Database):
    project.bucket("fights").put("a.mp4", 1_000)
    project.bucket("fights").put("a.jpg", 10)

    take_inventory(supabase, database, OLGA, NOW)

    (entry,) = AuditLog(database).latest(User("root", Role.ADMIN, Via.SHELL))
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        "olga", "take into the library", "supabase, bucket fights", "objects: 2, videos: 1",
    )  # fmt: skip
