"""The contract: what every provider does, whoever it is; each one's tests inherit it and add a `provider` fixture."""

import pytest

from core.errors import KeyRefused, ObjectChanged, ObjectCorrupt, ObjectExists, ObjectNotFound, UploadNotFound
from core.storage.checksums import combined, crc64nvme
from core.storage.provider import Attributes, Multipart, Part, StorageProvider

VIDEO = Attributes("video/mp4", "max-age=60", metadata={"copy-id": "one"})
FIGHT = b"left, right, left. " * 1000


def written(provider: StorageProvider, *keys: str) -> None:
    for key in keys:
        provider.write(key, [key.encode()], VIDEO)


def listed(provider: StorageProvider, prefix: str = "") -> list[str]:
    return [each.key for each in provider.list(prefix)]


class StorageContract:
    """Inherit it, with a fixture `provider` whose bucket is empty."""

    def test_the_bucket_can_be_reached(self, provider: StorageProvider):
        provider.check()

    def test_what_is_written_is_read_and_described(self, provider: StorageProvider):
        stored = provider.write("videos/1/original.mp4", [FIGHT[:7], b"", FIGHT[7:]], VIDEO)

        head = provider.head("videos/1/original.mp4")
        assert b"".join(provider.read("videos/1/original.mp4")) == FIGHT
        assert (head.key, head.size_bytes, head.etag) == ("videos/1/original.mp4", 19_000, stored.etag)
        assert (head.content_type, head.cache_control, dict(head.metadata)) == (
            "video/mp4", "max-age=60", {"copy-id": "one"},
        )  # fmt: skip
        assert head.crc64nvme in (None, crc64nvme(FIGHT))

    def test_an_empty_object_is_an_object(self, provider: StorageProvider):
        provider.write("empty", [], VIDEO)

        assert provider.head("empty").size_bytes == 0
        assert b"".join(provider.read("empty")) == b""

    def test_a_range_is_read(self, provider: StorageProvider):
        provider.write("digits", [b"0123456789"], VIDEO)

        def read(start: int, end: int | None = None) -> bytes:
            return b"".join(provider.read("digits", start, end))

        assert [read(0), read(4), read(2, 5)] == [b"0123456789", b"456789", b"234"]
        assert [read(8, 99), read(10), read(11), read(3, 3)] == [b"89", b"", b"", b""]

    def test_what_is_not_there_is_not_found(self, provider: StorageProvider):
        for ask in (provider.head, provider.read):
            with pytest.raises(ObjectNotFound):
                ask("nothing")

    def test_an_object_that_was_replaced_is_not_read_as_the_old_one(self, provider: StorageProvider):
        old = provider.write("fight", [b"round one"], VIDEO)
        provider.write("fight", [b"round two"], VIDEO)

        with pytest.raises(ObjectChanged):
            b"".join(provider.read("fight", etag=old.etag))
        assert b"".join(provider.read("fight", etag=provider.head("fight").etag)) == b"round two"

    def test_what_must_be_absent_is_not_replaced(self, provider: StorageProvider):
        provider.write("fight", [b"round one"], VIDEO, if_absent=True)

        with pytest.raises(ObjectExists):
            provider.write("fight", [b"round two"], VIDEO, if_absent=True)
        assert b"".join(provider.read("fight")) == b"round one"

    def test_what_breaks_off_is_not_written(self, provider: StorageProvider):
        def breaks():
            yield b"round one"
            raise InterruptedError("the camera fell")

        with pytest.raises(InterruptedError):
            provider.write("fight", breaks(), VIDEO)
        assert listed(provider) == []

    def test_what_is_deleted_is_gone_and_may_be_deleted_again(self, provider: StorageProvider):
        written(provider, "a", "b")

        provider.delete("a")
        provider.delete("a")

        assert listed(provider) == ["b"]

    def test_objects_are_listed_by_the_bytes_of_their_keys(self, provider: StorageProvider):
        written(provider, "b", "a/b/c", "a-b", "a/b", "a0", "a", "B", "a.b")

        assert listed(provider) == ["B", "a", "a-b", "a.b", "a/b", "a/b/c", "a0", "b"]
        assert listed(provider, "a/") == ["a/b", "a/b/c"]
        assert listed(provider, "a/b/") == ["a/b/c"]
        assert listed(provider, "none") == []
        assert [each.size_bytes for each in provider.list("a")] == [1, 3, 3, 3, 5, 2]

    def test_a_key_that_could_be_taken_for_another_is_refused(self, provider: StorageProvider):
        for key in ("", "/up", "a//b", "a/", "../up", "a/../b", "a/./b", "nul\0", "line\n", "\ud800", "x" * 1025):
            with pytest.raises(KeyRefused):
                provider.write(key, [b"x"], VIDEO)
        assert listed(provider) == []


class MultipartContract:
    """What Multipart providers do besides; parts are as small as they may be."""

    @pytest.fixture
    def sizes(self, provider: Multipart) -> list[int]:
        """Of three parts."""
        smallest = provider.part_limits.smallest_bytes
        return [smallest, smallest + 3, 5]

    @pytest.fixture
    def contents(self, sizes: list[int]) -> list[bytes]:
        return [bytes([number]) * size for number, size in enumerate(sizes, 65)]

    def whole(self, contents: list[bytes]) -> int:
        return combined((crc64nvme(each), len(each)) for each in contents)

    def test_parts_in_any_order_become_the_object(self, provider: Multipart, contents: list[bytes]):
        id = provider.start_upload("fight", VIDEO)
        for number in (3, 1, 2):
            provider.write_part("fight", id, number, contents[number - 1])

        assert listed(provider) == []
        parts = provider.parts("fight", id)
        assert [part.number for part in parts] == [1, 2, 3]
        provider.complete_upload("fight", id, parts, self.whole(contents))

        assert b"".join(provider.read("fight")) == b"".join(contents)
        assert b"".join(provider.read("fight", len(contents[0]) - 1, len(contents[0]) + 1)) == b"AB"
        assert provider.head("fight").content_type == "video/mp4"
        assert list(provider.unfinished_uploads()) == []

    def test_a_part_that_is_sent_again_replaces_the_first(self, provider: Multipart, contents: list[bytes]):
        id = provider.start_upload("fight", VIDEO)
        for content in (b"Z" * len(contents[0]), contents[0], contents[0]):
            provider.write_part("fight", id, 1, content)

        parts = provider.parts("fight", id)
        assert [(part.number, part.size_bytes) for part in parts] == [(1, len(contents[0]))]
        provider.complete_upload("fight", id, parts, crc64nvme(contents[0]))
        assert b"".join(provider.read("fight")) == contents[0]

    def test_parts_that_do_not_add_up_are_no_object(self, provider: Multipart, contents: list[bytes]):
        id = provider.start_upload("fight", VIDEO)
        part = provider.write_part("fight", id, 1, contents[0])

        with pytest.raises(ObjectCorrupt):
            provider.complete_upload("fight", id, [part], crc64nvme(contents[0]) ^ 1)
        with pytest.raises(ObjectCorrupt):
            provider.complete_upload("fight", id, [Part(2, 5, part.etag, part.crc64nvme)], crc64nvme(contents[0]))
        assert listed(provider) == []

    def test_an_upload_does_not_replace_what_must_be_absent(self, provider: Multipart, contents: list[bytes]):
        id = provider.start_upload("fight", VIDEO)
        part = provider.write_part("fight", id, 1, contents[0])
        written(provider, "fight")

        with pytest.raises(ObjectExists):
            provider.complete_upload("fight", id, [part], crc64nvme(contents[0]), if_absent=True)
        assert b"".join(provider.read("fight")) == b"fight"

    def test_unfinished_uploads_are_known_until_they_are_aborted(self, provider: Multipart, contents: list[bytes]):
        one, two = provider.start_upload("videos/1", VIDEO), provider.start_upload("other/2", VIDEO)
        provider.write_part("videos/1", one, 1, contents[0])

        assert [(each.key, each.upload_id) for each in provider.unfinished_uploads("videos/")] == [("videos/1", one)]
        provider.abort_upload("videos/1", one)
        provider.abort_upload("videos/1", one)

        assert [each.upload_id for each in provider.unfinished_uploads()] == [two]
        with pytest.raises(UploadNotFound):
            provider.parts("videos/1", one)
        with pytest.raises(UploadNotFound):
            provider.write_part("videos/1", one, 1, contents[0])

    def test_completing_again_is_completing_once(self, provider: Multipart, contents: list[bytes]):
        id = provider.start_upload("fight", VIDEO)
        part = provider.write_part("fight", id, 1, contents[0])

        first = provider.complete_upload("fight", id, [part], crc64nvme(contents[0]), if_absent=True)
        again = provider.complete_upload("fight", id, [part], crc64nvme(contents[0]), if_absent=True)

        assert first.etag == again.etag
