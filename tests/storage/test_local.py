"""A folder of this machine is a provider that can do all that S3 can, and is told from no other by what keys hold."""

import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from core.errors import (
    DiskFull,
    KeyRefused,
    ObjectArchived,
    ObjectChanged,
    ObjectCorrupt,
    ObjectExists,
    ObjectNotFound,
    ObjectTooLarge,
    StorageDenied,
    UploadNotFound,
)
from core.storage.checksums import crc64nvme
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.local import LocalProvider
from core.storage.local_links import Grant, PartGrant
from core.storage.provider import LifecycleRules, Multipart, PresignedParts, StorageClass, Tiered
from tests.storage.contract import FIGHT, VIDEO, MultipartContract, StorageContract, listed, written
from tests.support.limits import largest_file, without_privileges

NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)


@pytest.fixture
def provider(tmp_path: Path) -> LocalProvider:
    return LocalProvider(tmp_path / "storage", b"s" * 32, lambda: NOW)


def left_behind(provider: LocalProvider) -> int:
    """Folders of bytes and notes of doubt that no object or upload needs."""
    needed = len(listed(provider)) + len(list(provider.unfinished_uploads()))
    folders = list((provider.folder / "data").iterdir())
    return len(folders) - needed + len(list((provider.folder / "doubtful").iterdir()))


class TestLocal(StorageContract, MultipartContract):
    def test_it_has_every_ability_but_tus(self, provider: LocalProvider):
        for ability in (Multipart, PresignedParts, Tiered, LifecycleRules):
            assert isinstance(provider, ability)

    def test_nothing_is_left_behind(self, provider: LocalProvider):
        written(provider, "a", "a", "b")
        provider.delete("a")
        id = provider.start_upload("c", VIDEO)
        provider.write_part("c", id, 1, b"x")
        provider.write_part("c", id, 1, b"y")
        provider.write_part("c", id, 2, b"not wanted")
        provider.complete_upload("c", id, provider.parts("c", id)[:1], crc64nvme(b"y"))
        provider.abort_upload("d", provider.start_upload("d", VIDEO))

        assert left_behind(provider) == 0
        assert [file.name for file in (provider.folder / "data" / id).iterdir()] == [f"00001-{crc64nvme(b'y'):016x}"]


# --- keys ---------------------------------------------------------------------------------------------------------


def test_keys_that_file_systems_confuse_are_kept_apart(provider: LocalProvider):
    keys = ["Fight", "fight", "FIGHT", "f%69ght", "fight/round", "Fight/Round", "é", "e\u0301", "a=", "a+", "a"]
    written(provider, *keys)

    assert listed(provider) == sorted(keys, key=str.encode)
    assert [b"".join(provider.read(key)).decode() for key in keys] == keys
    names = [path.name for path in (provider.folder / "objects").rglob("*")]
    assert len({name.lower() for name in names}) == len(names)
    assert all(name.isascii() for name in names)


def test_a_long_name_is_kept_and_in_its_place(provider: LocalProvider):
    keys = ["x" * 79, "x" * 80, "x" * 80 + "/y", "x" * 80 + "-", "x" * 81, "戦" * 300, "x" * 1000 + "/z"]
    written(provider, *keys)

    assert listed(provider) == sorted(keys, key=str.encode)
    assert listed(provider, "x" * 80) == sorted((key for key in keys if key.startswith("x" * 80)), key=str.encode)
    for key in keys:
        provider.delete(key)
    assert list((provider.folder / "objects").iterdir()) == []


def test_no_key_leads_out_of_the_folder(provider: LocalProvider, tmp_path: Path):
    (tmp_path / "secret").write_text("secret")
    hostile = ["../secret", "a/../../secret", "/etc/hostname", "..", ".", "a/.."]
    asks: list[Callable[[str], Any]] = [
        provider.head, provider.read, provider.delete, lambda key: provider.url(key, 60),
        lambda key: provider.start_upload(key, VIDEO), lambda key: provider.parts(key, "x"),
        lambda key: provider.set_storage_class(key, StorageClass.GLACIER_IR),
    ]  # fmt: skip

    for key in hostile:
        for ask in asks:
            with pytest.raises(KeyRefused):
                ask(key)
    assert (tmp_path / "secret").read_text() == "secret"


def test_no_upload_id_leads_out_of_the_folder(provider: LocalProvider):
    written(provider, "fight")

    for id in ("../objects", "", "..", "x" * 300, "A" * 32):
        with pytest.raises(UploadNotFound):
            provider.parts("fight", id)
        provider.abort_upload("fight", id)
    assert listed(provider) == ["fight"]


def test_what_others_leave_in_the_folder_is_no_object(provider: LocalProvider):
    written(provider, "a/fight")
    (provider.folder / "objects" / ".DS_Store").write_bytes(b"")

    assert listed(provider) == ["a/fight"]


def test_an_upload_is_of_its_own_key_only(provider: LocalProvider):
    id = provider.start_upload("fight", VIDEO)

    with pytest.raises(UploadNotFound):
        provider.write_part("other", id, 1, b"x")
    provider.abort_upload("other", id)
    assert [each.key for each in provider.unfinished_uploads()] == ["fight"]


def test_a_listing_reads_no_more_than_is_asked_for(provider: LocalProvider, monkeypatch: pytest.MonkeyPatch):
    written(provider, *(f"videos/{number:03}/original.mp4" for number in range(50)))
    looked_at: list[str] = []
    read = provider._objects._read
    monkeypatch.setattr(provider._objects, "_read", lambda file, key: looked_at.append(key) or read(file, key))

    assert next(iter(provider.list("videos/04"))).key == "videos/040/original.mp4"
    assert looked_at == ["videos/040/original.mp4"]


# --- bytes --------------------------------------------------------------------------------------------------------


def test_a_reader_who_is_overtaken_is_told(provider: LocalProvider):
    id = provider.start_upload("fight", VIDEO)
    parts = [provider.write_part("fight", id, number, b"round") for number in (1, 2)]
    provider.complete_upload("fight", id, parts, crc64nvme(b"roundround"))
    chunks = provider.read("fight")

    assert next(chunks) == b"round"
    written(provider, "fight")
    with pytest.raises(ObjectChanged):
        next(chunks)


def test_bytes_that_are_missing_are_told(provider: LocalProvider):
    written(provider, "fight")
    (bytes_,) = (provider.folder / "data").rglob("bytes")
    bytes_.write_bytes(b"fi")

    with pytest.raises(ObjectCorrupt, match="Bytes of 'fight' are missing"):
        b"".join(provider.read("fight"))


def test_a_record_that_is_damaged_is_told(provider: LocalProvider):
    written(provider, "fight")
    (provider.folder / "objects" / "fight=").write_bytes(b'{"object": {}}')

    with pytest.raises(ObjectCorrupt, match="What is kept of 'fight' is damaged"):
        provider.head("fight")


@pytest.mark.parametrize("number", [0, 10_001])
def test_parts_have_numbers_as_at_s3(provider: LocalProvider, number: int):
    id = provider.start_upload("fight", VIDEO)

    with pytest.raises(ObjectTooLarge):
        provider.write_part("fight", id, number, b"x")


def test_a_part_that_took_another_form_on_its_way_is_refused(provider: LocalProvider):
    id = provider.start_upload("fight", VIDEO)

    with pytest.raises(ObjectCorrupt):
        provider.receive_part("fight", id, 1, [b"ro", b"und"], crc64nvme(b"sound"))
    assert provider.parts("fight", id) == ()
    assert [file.name for file in (provider.folder / "data" / id).iterdir()] == []


def test_of_many_who_write_at_once_where_nothing_may_be_one_comes_first(provider: LocalProvider):
    start = threading.Barrier(8)

    def write(number: int) -> str:
        start.wait()
        try:
            provider.write("fight", [str(number).encode()], VIDEO, if_absent=True)
        except ObjectExists:
            return "refused"
        return str(number)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, range(8)))

    (winner,) = set(outcomes) - {"refused"}
    assert outcomes.count("refused") == 7
    assert b"".join(provider.read("fight")).decode() == winner
    assert left_behind(provider) == 0


def test_many_who_write_and_remove_at_once_leave_one_whole_object_or_none(provider: LocalProvider):
    other = LocalProvider(provider.folder, b"", lambda: NOW)

    def work(number: int) -> None:
        if number % 4 == 3:
            other.delete("a/fight")
        else:
            (provider if number % 2 else other).write("a/fight", [str(number).encode() * 1000], VIDEO)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))

    for key in listed(provider):
        assert len(set(b"".join(provider.read(key)).decode().replace("0", ""))) <= 2
    assert left_behind(provider) == 0


# --- the disk -----------------------------------------------------------------------------------------------------


def test_a_full_disk_is_told_and_nothing_is_left_over(provider: LocalProvider):
    written(provider, "fight")
    id = provider.start_upload("other", VIDEO)
    provider.write_part("other", id, 1, b"round one")

    with largest_file(10_000):
        for ask in (
            lambda: provider.write("fight", [FIGHT], VIDEO),
            lambda: provider.write_part("other", id, 1, FIGHT),
        ):
            with pytest.raises(DiskFull, match="Free some space"):
                ask()

    assert b"".join(provider.read("fight")) == b"fight"
    assert [part.size_bytes for part in provider.parts("other", id)] == [9]
    assert len(list((provider.folder / "data" / id).iterdir())) == 1
    assert left_behind(provider) == 0


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path):
    tmp_path.chmod(0o755)
    provider = LocalProvider(tmp_path / "storage", b"", lambda: NOW)
    with without_privileges(), pytest.raises(StorageDenied, match="Give this user the permission"):
        provider.check()


def test_nobody_else_may_read_what_is_kept(provider: LocalProvider):
    written(provider, "fight")

    assert stat.S_IMODE(provider.folder.stat().st_mode) == 0o700


def test_an_error_of_where_the_bytes_come_from_stays_what_it_is(provider: LocalProvider):
    def breaks():
        yield b"x"
        raise ConnectionResetError("the source went away")

    with pytest.raises(ConnectionResetError):
        provider.write("fight", breaks(), VIDEO)
    assert left_behind(provider) == 0


# --- links --------------------------------------------------------------------------------------------------------


def asked(url: str) -> tuple[str, dict[str, str]]:
    """A link's path and query, as a server hands them on."""
    return urlsplit(url).path, dict(parse_qsl(urlsplit(url).query))


def test_a_link_to_read_is_for_one_object_until_it_expires(provider: LocalProvider):
    path, query = asked(provider.url("videos/1/fight night?.mp4", 60))

    assert path == "/objects/videos/1/fight%20night%3F.mp4"
    for method in ("GET", "HEAD"):
        assert provider.verify(method, path, query, NOW) == Grant("videos/1/fight night?.mp4")
    with pytest.raises(StorageDenied, match="has expired"):
        provider.verify("GET", path, query, NOW + timedelta(seconds=60))
    for method, other, changed in (
        ("PUT", path, query),
        ("GET", path.replace("1", "2"), query),
        ("GET", path, {**query, "expires": "9999999999"}),
        ("GET", path, {**query, "extra": "1"}),
        ("GET", path, {"expires": query["expires"]}),
        ("GET", "/other/" + path, query),
    ):
        with pytest.raises(StorageDenied, match="was not made here"):
            provider.verify(method, other, changed, NOW)


def test_a_link_of_another_installation_is_none_here(provider: LocalProvider, tmp_path: Path):
    other = LocalProvider(tmp_path / "other", b"t" * 32, lambda: NOW)

    with pytest.raises(StorageDenied):
        provider.verify("GET", *asked(other.url("fight", 60)), NOW)


def test_a_link_to_send_a_part_is_for_that_part_only(provider: LocalProvider):
    id = provider.start_upload("fight", VIDEO)
    request = provider.sign_part("fight", id, 3, 5, 2**64 - 1, 60)
    path, query = asked(request.url)

    assert (request.method, request.headers, request.expires_at) == ("PUT", {}, NOW + timedelta(minutes=1))
    grant = provider.verify("PUT", path, query, NOW)
    assert grant == Grant("fight", PartGrant(id, 3, 5, 2**64 - 1))
    for name in ("uploadId", "partNumber", "size", "crc64nvme"):
        with pytest.raises(StorageDenied):
            provider.verify("PUT", path, {**query, name: "1"}, NOW)
    with pytest.raises(StorageDenied):
        provider.verify("GET", path, query, NOW)


# --- classes and rules --------------------------------------------------------------------------------------------


def test_an_object_moves_to_another_class_and_keeps_the_rest(provider: LocalProvider):
    before = provider.write("fight", [FIGHT], VIDEO)

    moved = provider.set_storage_class("fight", StorageClass.GLACIER_IR)

    assert moved == replace(before, storage_class=StorageClass.GLACIER_IR)
    assert provider.head("fight") == moved
    assert [each.storage_class for each in provider.list()] == [StorageClass.GLACIER_IR]
    assert b"".join(provider.read("fight")) == FIGHT
    assert left_behind(provider) == 0


def test_what_is_archived_has_to_be_restored_first(provider: LocalProvider):
    written(provider, "fight")
    provider.set_storage_class("fight", StorageClass.DEEP_ARCHIVE)

    for ask in (
        lambda: provider.read("fight"),
        lambda: provider.set_storage_class("fight", StorageClass.STANDARD),
    ):
        with pytest.raises(ObjectArchived):
            ask()
    with pytest.raises(ObjectNotFound):
        provider.set_storage_class("nothing", StorageClass.STANDARD)


def test_what_is_archived_can_be_read_for_as_many_days_as_it_was_restored_for(tmp_path: Path):
    clock = {"now": datetime(2026, 11, 25, 12, tzinfo=UTC)}
    provider = LocalProvider(tmp_path / "aged", b"secret", lambda: clock["now"])
    written(provider, "fight")
    provider.set_storage_class("fight", StorageClass.DEEP_ARCHIVE)

    restored = provider.restore("fight", 2)

    assert restored == provider.head("fight") == provider.restore("fight", 9)
    assert restored.restored_until == clock["now"] + timedelta(days=2)
    assert b"".join(provider.read("fight")) == b"fight"
    assert restored.storage_class is StorageClass.DEEP_ARCHIVE
    clock["now"] += timedelta(days=2)
    with pytest.raises(ObjectArchived):
        provider.read("fight")
    provider.restore("fight", 1)
    moved = provider.set_storage_class("fight", StorageClass.STANDARD)
    assert (moved.storage_class, moved.restored_until) == (StorageClass.STANDARD, None)


def test_what_can_be_read_at_once_needs_no_restoring(provider: LocalProvider):
    before = provider.write("fight", [FIGHT], VIDEO)

    assert provider.restore("fight", 1) == before
    with pytest.raises(ObjectNotFound):
        provider.restore("nothing", 1)


def test_rules_are_kept_and_replaced_whole(provider: LocalProvider):
    cold = LifecycleRule("cold", "videos/", {"kind": "original"}, transitions=(Transition(30, "GLACIER_IR"),))
    tidy = LifecycleRule("tidy", enabled=False, expire_after_days=7, abort_unfinished_after_days=3)
    assert provider.lifecycle_rules() == ()

    provider.set_lifecycle_rules([cold, tidy])
    assert provider.lifecycle_rules() == (cold, tidy)
    provider.set_lifecycle_rules([tidy])
    assert provider.lifecycle_rules() == (tidy,)
