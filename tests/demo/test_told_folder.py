"""The demo's S3 has what its catalogue says, and what somebody has changed of it since."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.catalog.catalog import record_copy
from core.database import Database
from core.demo.s3_storage import REPLACED_BYTES
from core.demo.told_folder import ToldFolder
from core.demo.told_versions import ToldVersions
from core.errors import ObjectNotFound
from core.storage.provider import Attributes, StorageClass
from tests.catalog.videos import original, packaged, put, video
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEY = "videos/v1/original.mp4"


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> ToldFolder:
    put(database, video("v1"), [("s3", [original("v1"), *packaged("v1")])])
    put(database, video("v2"), [("elsewhere", [original("v2")])])
    return opened(tmp_path, database)


def opened(tmp_path: Path, database: Database) -> ToldFolder:
    return ToldFolder(tmp_path / "told", database, b"x" * 32, lambda: NOW, "s3", "us-east-1", "")


def test_it_lists_what_the_catalogue_has_there_in_order(folder: ToldFolder):
    listed = list(folder.list())
    assert [each.key for each in listed] == sorted(each.key for each in (original("v1"), *packaged("v1")))
    assert [each.key for each in folder.list("videos/v1/o")] == [KEY]
    assert folder.head(KEY).size_bytes == 1_000
    assert folder.head(KEY).storage_class is StorageClass.GLACIER_IR
    with pytest.raises(ObjectNotFound):
        folder.head("videos/v2/original.mp4")


def test_what_is_moved_to_another_class_stays_there(folder: ToldFolder, tmp_path: Path, database: Database):
    folder.set_storage_class(KEY, StorageClass.DEEP_ARCHIVE)
    again = opened(tmp_path, database)
    assert again.head(KEY).storage_class is StorageClass.DEEP_ARCHIVE
    assert [each.storage_class for each in again.list(KEY)] == [StorageClass.DEEP_ARCHIVE]
    assert len(list(again.list())) == 1 + len(packaged())


def test_what_is_removed_is_gone_until_it_is_written_anew(folder: ToldFolder, tmp_path: Path, database: Database):
    folder.set_storage_class(KEY, StorageClass.STANDARD)
    folder.delete(KEY)
    folder.delete("videos/v1/poster.jpg")
    again = opened(tmp_path, database)
    assert KEY not in [each.key for each in again.list()]
    with pytest.raises(ObjectNotFound):
        again.head(KEY)
    again.write(KEY, [b"abc"], Attributes("video/mp4"))
    assert again.head(KEY).size_bytes == 3
    assert [each.key for each in again.list()].count(KEY) == 1


def test_its_bytes_are_not_there(folder: ToldFolder):
    with pytest.raises(ObjectNotFound, match="no bytes"):
        folder.read(KEY)


def test_its_playlists_say_what_the_catalogue_does(folder: ToldFolder):
    text = b"".join(folder.read("videos/v1/hls/master.m3u8")).decode()
    assert text == (
        "#EXTM3U\n#EXT-X-VERSION:7\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=2000,RESOLUTION=1280x720\n720p.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=500,RESOLUTION=640x360\n360p.m3u8\n"
    )


def test_a_playlist_that_the_catalogue_is_led_away_from_still_lies_there(folder: ToldFolder, database: Database):
    (master,) = [each for each in packaged("v1") if each.name == "master.m3u8"]
    said = b"".join(folder.read(master.key))
    other = folder.write(f"{master.key.removesuffix('.m3u8')}-no-1080p.m3u8", [b"#EXTM3U\n"], Attributes(""))
    with database.transaction() as connection:
        record_copy(connection, "v1", "s3", [replace(master, key=other.key)], NOW)
    assert folder.head(master.key).size_bytes == master.size_bytes
    assert b"".join(folder.read(master.key)) == said
    assert [each.key for each in folder.list(master.key.removesuffix(".m3u8"))] == [other.key, master.key]


def test_what_somebody_writes_there_can_be_read(folder: ToldFolder):
    folder.write("videos/v1/hls/master-2.m3u8", [b"#EXTM3U\n"], Attributes("text/plain"))
    assert b"".join(folder.read("videos/v1/hls/master-2.m3u8")) == b"#EXTM3U\n"


def test_what_was_replaced_lies_in_the_bucket_for_uploads_until_it_is_removed_for_good(tmp_path: Path):
    told = ToldVersions(tmp_path / "told", b"x" * 32, lambda: NOW)
    every = list(told.versions())
    assert sum(each.size_bytes for each in every) == pytest.approx(REPLACED_BYTES, rel=1e-6)
    assert {each.noncurrent_since for each in every} == {datetime(2026, 9, 1, tzinfo=UTC)}
    told.remove_version(every[0].key, every[0].version_id)
    told.remove_version(every[0].key, every[0].version_id)
    again = ToldVersions(tmp_path / "told", b"x" * 32, lambda: NOW)
    assert list(again.versions()) == every[1:]
