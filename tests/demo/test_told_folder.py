"""The demo's S3 has what its catalogue says, and what somebody has changed of it since."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.database import Database
from core.demo.told_folder import ToldFolder
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
