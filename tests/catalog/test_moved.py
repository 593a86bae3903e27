"""Moved: what a provider's own rules do to objects is known by the next day."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.catalog.catalog import Catalog, record_copy
from core.catalog.moved import learn_classes
from core.catalog.video import Kind
from core.database import Database
from core.errors import ObjectNotFound
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass, StoredObject
from tests.catalog.videos import NOW, original, put, video

ARCHIVED = StorageClass.DEEP_ARCHIVE


@pytest.fixture
def provider(tmp_path: Path) -> LocalProvider:
    return LocalProvider(tmp_path / "storage", b"secret", lambda: NOW)


@pytest.fixture
def film(database: Database, provider: LocalProvider) -> None:
    """A video with an original and a rung, as they lie at the provider."""
    rung = replace(original(), kind=Kind.RENDITION, name="90p", key="videos/v1/hls/90p.mp4")
    objects = [replace(each, storage_class=StorageClass.STANDARD) for each in (original(), rung)]
    for each in objects:
        provider.write(each.key, [bytes(1_000)], Attributes("video/mp4"))
    put(database, video(), [("local", objects)])


def classes(catalog: Catalog) -> dict[str, StorageClass]:
    (copy,) = catalog.copies("v1")
    return {each.name: each.storage_class for each in copy.objects}


def sums(database: Database) -> dict[str, int]:
    """The bytes in each class, that costs are worked out from."""
    with database.reading() as connection:
        return {row["storage_class"]: row["size_bytes"] for row in connection.execute("select * from stored")}


def test_what_a_rule_has_moved_is_recorded_with_what_it_costs_by_class(database, catalog, provider, film):
    provider.write("of-somebody-else", [b"x"], Attributes("video/mp4"))
    provider.set_storage_class("videos/v1/original.mp4", ARCHIVED)

    assert learn_classes(database, provider) == 1
    assert classes(catalog) == {"original": ARCHIVED, "90p": StorageClass.STANDARD}
    assert sums(database) == {"DEEP_ARCHIVE": 1_000, "STANDARD": 1_000}
    assert learn_classes(database, provider) == 0


def test_what_a_rule_has_removed_is_told_and_stays_recorded(database, catalog, provider, film):
    provider.delete("videos/v1/hls/90p.mp4")
    provider.set_storage_class("videos/v1/original.mp4", ARCHIVED)

    with pytest.raises(ObjectNotFound) as told:
        learn_classes(database, provider)

    assert str(told.value) == (
        "Of the recorded objects 1 lie at local no more, like 'videos/v1/hls/90p.mp4'. "
        "If a lifecycle rule has removed them, package those videos again, or upload them."
    )
    assert classes(catalog) == {"original": ARCHIVED, "90p": StorageClass.STANDARD}


def test_what_is_recorded_while_it_is_listed_counts(database, catalog, provider, film, monkeypatch):
    listing = LocalProvider.list

    def listed_late(self: LocalProvider, prefix: str = ""):
        yield from list(listing(self, prefix))
        with database.transaction() as connection:  # the packager has moved the one, and replaced the other
            moved = replace(original(), storage_class=StorageClass.GLACIER_IR)
            rung = replace(original(), kind=Kind.RENDITION, name="90p", key="videos/v1/hls-2/90p.mp4")
            record_copy(connection, "v1", "local", [moved, rung], NOW)

    provider.set_storage_class("videos/v1/original.mp4", ARCHIVED)
    provider.delete("videos/v1/hls/90p.mp4")
    monkeypatch.setattr(LocalProvider, "list", listed_late)

    learn_classes(database, provider)

    assert classes(catalog)["original"] is StorageClass.GLACIER_IR


KEY = "videos/v1/original.mp4"


@pytest.fixture
def written(database: Database, provider: LocalProvider, film: None) -> StoredObject:
    """The original as it lies there, which is recorded."""
    stored = provider.head(KEY)
    kept = replace(
        original(), storage_class=StorageClass.STANDARD, size_bytes=1_000, etag=stored.etag, crc64nvme=stored.crc64nvme
    )
    with database.transaction() as connection:
        record_copy(connection, "v1", "local", [kept], NOW)
    return stored


@pytest.mark.parametrize(("content", "follows"), [(bytes(1_000), True), (b"y" * 1_000, False)], ids=["same", "other"])
def test_the_same_bytes_are_known_under_the_etag_that_a_copy_onto_itself_has(
    database, catalog, provider, written, content, follows
):
    now = provider.write(KEY, [content], Attributes("video/mp4"))
    assert now.etag != written.etag
    learn_classes(database, provider)
    (copy,) = catalog.copies("v1")
    assert copy.object("original").etag == (now.etag if follows else written.etag)
