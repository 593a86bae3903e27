"""A local folder survives kill -9 at every step: what was there stays, or what was to come is there whole."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import StorageError
from core.storage.checksums import crc64nvme
from core.storage.local import LocalProvider
from tests.storage.contract import VIDEO, listed
from tests.support.local_files import orphans

NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "shutil.rmtree"}
_DONE = 0
_KILLED = 9


def open_local(folder: Path) -> LocalProvider:
    return LocalProvider(folder, b"", lambda: NOW)


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do the work in a process that is gone just before its nth change of the file system; whether it came to that."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            opened_to_write = event == "open" and len(arguments) == 3 and bool(arguments[2] & os.O_CREAT)  # type: ignore
            if event in _CHANGES or opened_to_write:
                left -= 1
                if left == 0:
                    os._exit(_KILLED)

        sys.addaudithook(count)
        work()
        os._exit(_DONE)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == _KILLED


def kill_everywhere(folder: Path, prepare: Callable[[LocalProvider], None], work: Callable[[LocalProvider], object]):
    """The provider, once for each step at which the work was killed."""
    for step in range(1, 100):
        here = folder / str(step)
        prepare(open_local(here))
        if not killed_at(step, lambda here=here: work(open_local(here))):
            assert step > 3
            return
        yield open_local(here)
    raise AssertionError("it never came to an end")


def assert_nothing_is_left_behind(provider: LocalProvider) -> None:
    provider.write("after", [b"x"], VIDEO)  # whoever comes next cleans up
    kept = len(listed(provider)) + len(list(provider.unfinished_uploads()))
    assert len(list((provider.folder / "data").iterdir())) == kept
    assert list((provider.folder / "doubtful").iterdir()) == []


def content(provider: LocalProvider, key: str = "a/fight") -> bytes:
    return b"".join(provider.read(key))


def test_writing_anew_leaves_the_old_or_the_new(tmp_path: Path):
    seen = set()
    for provider in kill_everywhere(
        tmp_path,
        lambda provider: provider.write("a/fight", [b"old"], VIDEO) and None,
        lambda provider: provider.write("a/fight", [b"new"], VIDEO),
    ):
        assert listed(provider) == ["a/fight"]
        seen.add(content(provider))
        assert_nothing_is_left_behind(provider)
    assert seen == {b"old", b"new"}


def test_writing_the_first_leaves_nothing_or_all_of_it(tmp_path: Path):
    seen = set()
    for provider in kill_everywhere(
        tmp_path, lambda provider: None, lambda provider: provider.write("a/fight", [b"new"], VIDEO)
    ):
        seen.add(tuple(listed(provider)))
        assert all(content(provider, key) == b"new" for key in listed(provider))
        assert_nothing_is_left_behind(provider)
    assert seen == {(), ("a/fight",)}


def test_removing_leaves_all_of_it_or_nothing(tmp_path: Path):
    seen = set()
    for provider in kill_everywhere(
        tmp_path,
        lambda provider: provider.write("a/fight", [b"old"], VIDEO) and None,
        lambda provider: provider.delete("a/fight"),
    ):
        seen.add(tuple(listed(provider)))
        assert all(content(provider, key) == b"old" for key in listed(provider))
        provider.delete("a/fight")
        assert_nothing_is_left_behind(provider)
    assert seen == {(), ("a/fight",)}


def one_upload(provider: LocalProvider) -> None:
    id = provider.start_upload("a/fight", VIDEO)
    for number in (1, 2):
        provider.write_part("a/fight", id, number, b"round")


def complete(provider: LocalProvider) -> None:
    (upload,) = provider.unfinished_uploads()
    parts = provider.parts("a/fight", upload.upload_id)
    provider.complete_upload("a/fight", upload.upload_id, parts, crc64nvme(b"roundround"), if_absent=True)


def test_completing_can_be_done_again_until_it_is_done(tmp_path: Path):
    seen = set()
    for provider in kill_everywhere(tmp_path, one_upload, complete):
        seen.add(tuple(listed(provider)))
        if not listed(provider):
            complete(provider)
        assert content(provider) == b"roundround"
        assert list(provider.unfinished_uploads()) == []
        assert_nothing_is_left_behind(provider)
    assert seen == {(), ("a/fight",)}


def test_parts_that_are_not_of_the_object_are_gone_by_the_time_it_is_there(tmp_path: Path):
    def one_more_than_wanted(provider: LocalProvider) -> None:
        one_upload(provider)
        (upload,) = provider.unfinished_uploads()
        provider.write_part("a/fight", upload.upload_id, 3, b"of no use")

    def complete_with_two(provider: LocalProvider) -> None:
        (upload,) = provider.unfinished_uploads()
        parts = provider.parts("a/fight", upload.upload_id)[:2]
        provider.complete_upload("a/fight", upload.upload_id, parts, crc64nvme(b"roundround"), if_absent=True)

    for provider in kill_everywhere(tmp_path, one_more_than_wanted, complete_with_two):
        if not listed(provider):
            complete_with_two(provider)
        assert content(provider) == b"roundround"
        assert_nothing_is_left_behind(provider)
        assert orphans(provider.folder) == []


def test_a_part_that_is_sent_again_is_the_old_or_the_new(tmp_path: Path):
    seen = set()

    def send_again(provider: LocalProvider) -> None:
        (upload,) = provider.unfinished_uploads()
        provider.write_part("a/fight", upload.upload_id, 1, b"again")

    for provider in kill_everywhere(tmp_path, one_upload, send_again):
        (upload,) = provider.unfinished_uploads()
        parts = provider.parts("a/fight", upload.upload_id)
        assert [part.number for part in parts] == [1, 2]
        seen.add(parts[0].crc64nvme)
        provider.abort_upload("a/fight", upload.upload_id)
        assert_nothing_is_left_behind(provider)
    assert seen == {crc64nvme(b"round"), crc64nvme(b"again")}


def test_beginning_and_aborting_leave_an_upload_or_none(tmp_path: Path):
    def begin_and_abort(provider: LocalProvider) -> None:
        provider.abort_upload("a/fight", provider.start_upload("a/fight", VIDEO))

    for provider in kill_everywhere(tmp_path, lambda provider: None, begin_and_abort):
        for upload in provider.unfinished_uploads():
            provider.abort_upload(upload.key, upload.upload_id)
        assert list(provider.unfinished_uploads()) == []
        assert_nothing_is_left_behind(provider)


def test_a_writer_that_lives_is_not_cleaned_up_after(tmp_path: Path):
    slow = open_local(tmp_path)

    def chunks():
        yield b"new"
        open_local(tmp_path).write("other", [b"x"], VIDEO)  # another process begins meanwhile
        yield b"er"

    slow.write("a/fight", chunks(), VIDEO)

    assert content(slow) == b"newer"


def test_rules_are_the_old_or_the_new(tmp_path: Path):
    for provider in kill_everywhere(
        tmp_path, lambda provider: provider.check(), lambda provider: provider.set_lifecycle_rules([])
    ):
        try:
            assert provider.lifecycle_rules() == ()
        except StorageError as error:
            pytest.fail(str(error))
