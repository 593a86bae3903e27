"""S3, behind a stand-in that checks what AWS checks, is a provider; each fault of the way there is survived or told."""

import re
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import (
    KeyRefused,
    ObjectArchived,
    ObjectChanged,
    ObjectCorrupt,
    ObjectExists,
    ObjectNotFound,
    StorageBusy,
    StorageDenied,
    StorageUnreachable,
    UploadNotFound,
)
from core.settings import load_settings
from core.storage import s3_copies, s3_write
from core.storage.checksums import combined, crc64nvme
from core.storage.provider import Attributes, HeadLinks, PresignedParts, SignedRequest, StorageClass, Tiered
from core.storage.s3 import S3Provider
from core.storage.s3_bucket import S3Bucket, restored_until
from core.units import MIB
from tests.storage.contract import FIGHT, VIDEO, MultipartContract, StorageContract, listed
from tests.support import s3_faults
from tests.support.strict_s3 import SECRET, StrictS3

PART = b"jab " * (5 * MIB // 4)


@pytest.fixture
def provider(s3_provider: S3Provider) -> S3Provider:
    return s3_provider


class TestS3(StorageContract, MultipartContract):
    pass


class TestOlderServer(StorageContract, MultipartContract):
    """One that knows neither CRC64NVME nor If-None-Match, and says nothing of it."""

    @pytest.fixture
    def provider(self, s3: StrictS3, s3_provider: S3Provider) -> S3Provider:
        s3.modern = False
        return s3_provider

    def test_it_keeps_no_checksum_and_that_is_said(self, provider: S3Provider):
        provider.write("fight", [FIGHT], VIDEO)

        assert provider.head("fight").crc64nvme is None

    def test_what_arrives_wrong_is_noticed_all_the_same(self, provider: S3Provider, s3: StrictS3):
        s3.plan(s3_faults.garbled(7), "fight", "PUT")

        with pytest.raises(ObjectCorrupt):
            provider.write("fight", [FIGHT], VIDEO)
        assert listed(provider) == []

    def test_a_part_that_arrives_wrong_is_noticed(self, provider: S3Provider, s3: StrictS3):
        id = provider.start_upload("fight", VIDEO)
        s3.plan(s3_faults.garbled(7), "fight", "PUT")

        with pytest.raises(ObjectCorrupt):
            provider.write_part("fight", id, 1, FIGHT)

    def test_parts_that_a_browser_sent_are_read_back(self, provider: S3Provider, s3: StrictS3):
        id = provider.start_upload("fight", VIDEO)
        provider.write_part("fight", id, 1, FIGHT)
        told = provider.parts("fight", id)
        assert [part.crc64nvme for part in told] == [None]

        with pytest.raises(ObjectCorrupt):
            provider.complete_upload("fight", id, told, crc64nvme(FIGHT) ^ 1)
        assert listed(provider) == []

        id = provider.start_upload("fight", VIDEO)
        provider.write_part("fight", id, 1, FIGHT)
        assert provider.complete_upload("fight", id, provider.parts("fight", id), crc64nvme(FIGHT)).size_bytes == 19_000


# --- writing ------------------------------------------------------------------------------------------------------


def test_what_is_kept_in_s3_has_the_checksum_of_all_its_bytes(provider: S3Provider):
    provider.write("fight", [FIGHT], VIDEO)

    assert provider.head("fight").crc64nvme == crc64nvme(FIGHT)


def test_what_is_large_goes_in_parts_and_leaves_none_behind(provider: S3Provider, s3: StrictS3):
    stored = provider.write("fight", [PART, PART, b"!"], VIDEO)

    assert stored.crc64nvme == combined([(crc64nvme(PART), len(PART))] * 2 + [(crc64nvme(b"!"), 1)])
    assert b"".join(provider.read("fight")) == PART + PART + b"!"
    parts = [request.parameters["partNumber"] for request in s3.log if "partNumber" in request.parameters]
    assert parts == ["1", "2"]  # of 8 MiB, and of the rest
    assert list(provider.unfinished_uploads()) == []


def test_what_is_large_and_breaks_off_leaves_no_part_behind(provider: S3Provider):
    def breaks():
        yield PART
        yield PART
        raise ValueError("the camera fell")

    with pytest.raises(ValueError, match="camera"):
        provider.write("fight", breaks(), VIDEO)
    assert list(provider.unfinished_uploads()) == []


def test_pieces_grow_so_that_ten_thousand_hold_terabytes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(s3_write, "_PIECE", 2)
    monkeypatch.setattr(s3_write, "_DOUBLES_EVERY", 2)
    monkeypatch.setattr(s3_write, "_LARGEST_PIECE", 6)

    assert list(map(len, s3_write._pieces([b"x" * 3, b"", b"x" * 30]))) == [2, 2, 4, 4, 6, 6, 6, 3]


@pytest.mark.parametrize("fault", [s3_faults.lost_answer, s3_faults.never_arrives, s3_faults.slow_down])
@pytest.mark.parametrize("if_absent", [False, True])
def test_a_fault_that_passes_does_not_write_twice_nor_refuse(
    provider: S3Provider, s3: StrictS3, fault: s3_faults.Fault, if_absent: bool
):
    s3.plan(fault, "fight", "PUT")

    provider.write("fight", [FIGHT], VIDEO, if_absent)

    assert b"".join(provider.read("fight")) == FIGHT
    assert dict(provider.head("fight").metadata) == {"copy-id": "one"}


def test_an_answer_that_is_lost_for_good_is_found_out(provider: S3Provider, s3: StrictS3):
    s3.plan(s3_faults.lost_answer, "fight", "PUT", times=9)

    assert provider.write("fight", [FIGHT], VIDEO).size_bytes == 19_000


def test_somebody_elses_object_is_not_taken_for_ours(provider: S3Provider, s3: StrictS3):
    s3.plan(s3_faults.after(lambda: s3.put("fight", b"somebody else's")), "fight", "PUT")

    with pytest.raises(ObjectExists):
        provider.write("fight", [FIGHT], VIDEO, if_absent=True)
    assert b"".join(provider.read("fight")) == b"somebody else's"


def test_a_bit_that_turns_on_the_way_is_noticed_by_s3(provider: S3Provider, s3: StrictS3):
    s3.plan(s3_faults.garbled(7), "fight", "PUT")

    with pytest.raises(ObjectCorrupt, match="BadDigest"):
        provider.write("fight", [FIGHT], VIDEO)
    assert listed(provider) == []


def test_metadata_that_is_not_ascii_travels_along(provider: S3Provider):
    provider.write("fight", [b"x"], Attributes("video/mp4", metadata={"title": "Kämpfe 第一戦"}))

    assert provider.head("fight").metadata == {"title": "Kämpfe 第一戦"}


# --- reading ------------------------------------------------------------------------------------------------------


def test_a_connection_that_breaks_is_taken_up_where_it_broke(provider: S3Provider, s3: StrictS3):
    provider.write("fight", [FIGHT], VIDEO)
    s3.plan(s3_faults.cut_body(4000), "fight")
    s3.log.clear()

    assert b"".join(provider.read("fight")) == FIGHT
    ranges = [request.headers.get("range") for request in s3.log if request.method == "GET"]
    assert ranges == [None, "bytes=4000-18999"]


def test_a_range_that_breaks_is_taken_up_too(provider: S3Provider, s3: StrictS3):
    provider.write("fight", [FIGHT], VIDEO)
    s3.plan(s3_faults.cut_body(1), "fight")

    assert b"".join(provider.read("fight", 5, 10)) == FIGHT[5:10]


def test_an_object_that_is_replaced_while_the_connection_is_broken_is_not_mixed(provider: S3Provider, s3: StrictS3):
    provider.write("fight", [FIGHT], VIDEO)
    s3.plan(s3_faults.cut_body(4000), "fight")
    s3.plan(s3_faults.after(lambda: s3.put("fight", FIGHT[::-1])), "fight")

    with pytest.raises(ObjectChanged):
        b"".join(provider.read("fight"))


def test_a_link_that_is_dead_is_given_up(provider: S3Provider, s3: StrictS3):
    provider.write("fight", [FIGHT], VIDEO)
    s3.plan(s3_faults.cut_body(0), "fight", times=99)

    with pytest.raises(StorageUnreachable, match="the connection broke"):
        b"".join(provider.read("fight"))


@pytest.mark.parametrize("broken", [False, True], ids=["in one go", "across a broken connection"])
def test_a_bit_that_turned_is_noticed(provider: S3Provider, s3: StrictS3, broken: bool):
    provider.write("fight", [FIGHT], VIDEO)
    if broken:
        s3.plan(s3_faults.cut_body(4000), "fight")
    s3.plan(s3_faults.flip_bit(7), "fight")

    with pytest.raises(ObjectCorrupt):
        b"".join(provider.read("fight"))


def test_what_is_archived_says_so(provider: S3Provider):
    provider.write("fight", [FIGHT], Attributes("video/mp4", storage_class=StorageClass.DEEP_ARCHIVE))

    assert provider.head("fight").storage_class is StorageClass.DEEP_ARCHIVE
    with pytest.raises(ObjectArchived, match="Restore it from Glacier first"):
        provider.read("fight")
    with pytest.raises(ObjectArchived):
        provider.set_storage_class("fight", StorageClass.STANDARD)


def test_what_is_archived_can_be_read_once_it_is_restored(provider: S3Provider, s3: StrictS3):
    provider.write("fight", [FIGHT], Attributes("video/mp4", storage_class=StorageClass.DEEP_ARCHIVE))

    restored = provider.restore("fight", 2)

    assert restored.restored_until is not None
    assert restored.storage_class is StorageClass.DEEP_ARCHIVE
    assert provider.restore("fight", 9) == restored
    assert b"".join(provider.read("fight")) == FIGHT
    assert provider.set_storage_class("fight", StorageClass.STANDARD).restored_until is None


def test_what_can_be_read_at_once_needs_no_restoring(provider: S3Provider, s3: StrictS3):
    before = provider.write("fight", [FIGHT], VIDEO)

    assert provider.restore("fight", 1) == before


def test_what_is_being_restored_cannot_be_read_yet():
    assert restored_until({"Restore": 'ongoing-request="true"'}) is None
    ready = 'ongoing-request="false", expiry-date="Fri, 27 Nov 2026 00:00:00 GMT"'
    assert restored_until({"Restore": ready}) == datetime(2026, 11, 27, tzinfo=UTC)


# --- parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 9], ids=["once", "for good"])
def test_a_lost_answer_to_completing_is_no_failure(provider: S3Provider, s3: StrictS3, times: int):
    id = provider.start_upload("fight", VIDEO)
    part = provider.write_part("fight", id, 1, FIGHT)
    s3.plan(s3_faults.lost_answer, "fight", "POST", times)

    stored = provider.complete_upload("fight", id, [part], crc64nvme(FIGHT), if_absent=True)

    assert (stored.size_bytes, stored.crc64nvme) == (19_000, crc64nvme(FIGHT))
    assert b"".join(provider.read("fight")) == FIGHT


def test_a_completion_that_never_arrives_can_be_asked_for_again(provider: S3Provider, s3: StrictS3):
    id = provider.start_upload("fight", VIDEO)
    part = provider.write_part("fight", id, 1, FIGHT)
    s3.plan(s3_faults.never_arrives, "fight", "POST", times=3)  # as often as it is sent

    with pytest.raises(StorageUnreachable):
        provider.complete_upload("fight", id, [part], crc64nvme(FIGHT), if_absent=True)

    assert provider.complete_upload("fight", id, [part], crc64nvme(FIGHT), if_absent=True).size_bytes == 19_000


def test_an_aborted_upload_is_not_completed_by_an_object_of_the_same_size(provider: S3Provider):
    id = provider.start_upload("fight", VIDEO)
    part = provider.write_part("fight", id, 1, FIGHT)
    provider.abort_upload("fight", id)
    provider.write("fight", [FIGHT[::-1]], VIDEO)

    with pytest.raises(UploadNotFound):
        provider.complete_upload("fight", id, [part], crc64nvme(FIGHT))


@pytest.mark.parametrize(
    "fault", [s3_faults.lost_answer, s3_faults.never_arrives, s3_faults.slow_down], ids=["lost", "cut", "503"]
)
def test_a_part_that_meets_a_fault_is_sent_again(provider: S3Provider, s3: StrictS3, fault: s3_faults.Fault):
    id = provider.start_upload("fight", VIDEO)
    s3.plan(fault, "fight", "PUT")

    part = provider.write_part("fight", id, 1, FIGHT)

    assert provider.parts("fight", id) == (part,)
    assert part.crc64nvme == crc64nvme(FIGHT)


def test_a_part_that_arrives_wrong_is_refused_by_s3(provider: S3Provider, s3: StrictS3):
    id = provider.start_upload("fight", VIDEO)
    s3.plan(s3_faults.garbled(100), "fight", "PUT")

    with pytest.raises(ObjectCorrupt):
        provider.write_part("fight", id, 1, FIGHT)
    assert provider.parts("fight", id) == ()


def test_a_part_that_is_too_small_says_so(provider: S3Provider):
    id = provider.start_upload("fight", VIDEO)
    parts = [provider.write_part("fight", id, number, b"x") for number in (1, 2)]

    with pytest.raises(ObjectCorrupt, match="EntityTooSmall"):
        provider.complete_upload("fight", id, parts, crc64nvme(b"xx"))


# --- what others may send and read --------------------------------------------------------------------------------


def send(request: SignedRequest, content: bytes, **changed: str) -> int:
    asked = urllib.request.Request(request.url, content, dict(request.headers) | changed, method=request.method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def signed(provider: S3Provider) -> tuple[str, SignedRequest]:
    """The id of an upload, and the request for its first part."""
    assert isinstance(provider, PresignedParts)
    id = provider.start_upload("fight night.mp4", VIDEO)
    return id, provider.sign_part("fight night.mp4", id, 1, len(FIGHT), crc64nvme(FIGHT), 3600)


def test_a_browser_sends_a_part_with_the_signed_request(provider: S3Provider, signed: tuple[str, SignedRequest]):
    id, request = signed

    assert send(request, FIGHT, **{"Content-Type": "application/octet-stream"}) == 200
    (part,) = provider.parts("fight night.mp4", id)
    assert (part.number, part.size_bytes, part.crc64nvme) == (1, 19_000, crc64nvme(FIGHT))
    assert SECRET not in request.url


def test_other_bytes_than_the_signed_ones_are_refused(s3: StrictS3, signed: tuple[str, SignedRequest]):
    _, request = signed

    assert send(request, FIGHT[::-1]) == 400  # the checksum
    assert send(request, FIGHT + b"!") == 403  # the length
    assert send(request, FIGHT, **{"x-amz-checksum-crc64nvme": "AAAAAAAAAAA="}) == 403
    s3.clock = lambda: datetime.now(UTC) + timedelta(hours=1, seconds=1)
    assert send(request, FIGHT) == 403


def test_an_address_to_read_an_object_works_for_anybody_until_it_expires(provider: S3Provider, s3: StrictS3):
    provider.write("fight night.mp4", [FIGHT], VIDEO)
    url = provider.url("fight night.mp4", 60)

    with urllib.request.urlopen(urllib.request.Request(url, headers={"Range": "bytes=0-3"}), timeout=10) as answer:
        assert answer.read() == b"left"
    s3.clock = lambda: datetime.now(UTC) + timedelta(seconds=61)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url, timeout=10)


def test_an_address_to_look_at_an_object_is_one_of_its_own(provider: S3Provider):
    provider.write("fight", [FIGHT], VIDEO)
    assert isinstance(provider, HeadLinks)

    def asked(url: str, method: str) -> int:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    look, read = provider.head_url("fight", 60), provider.url("fight", 60)
    assert [asked(url, method) for url in (look, read) for method in ("HEAD", "GET")] == [200, 403, 403, 200]


def test_an_address_is_signed_for_a_week_at_most_because_s3_takes_no_more(provider: S3Provider):
    assert re.search(r"X-Amz-Expires=604800&", provider.url("fight", 10**9))


# --- classes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("largest", [s3_copies.LARGEST_COPY, 1], ids=["in one copy", "in parts"])
def test_an_object_moves_to_another_class_and_stays_what_it_was(
    provider: S3Provider, monkeypatch: pytest.MonkeyPatch, largest: int
):
    assert isinstance(provider, Tiered)
    monkeypatch.setattr(s3_copies, "LARGEST_COPY", largest)
    monkeypatch.setattr(s3_copies, "_PIECE", 5 * MIB)
    before = provider.write("fight", [PART, b"!"], VIDEO)

    after = provider.set_storage_class("fight", StorageClass.GLACIER_IR)

    assert after == provider.head("fight")
    assert after.storage_class is StorageClass.GLACIER_IR
    assert (after.crc64nvme, after.size_bytes) == (before.crc64nvme, before.size_bytes)
    assert (after.content_type, after.cache_control) == (before.content_type, before.cache_control)
    assert after.metadata == {"copy-id": "one"}
    assert b"".join(provider.read("fight")) == PART + b"!"
    assert list(provider.unfinished_uploads()) == []


def test_an_object_that_is_in_its_class_already_is_left_alone(provider: S3Provider, s3: StrictS3):
    provider.write("fight", [FIGHT], VIDEO)
    s3.log.clear()

    provider.set_storage_class("fight", StorageClass.STANDARD)

    assert [request.method for request in s3.log] == ["HEAD"]


@pytest.mark.parametrize("largest", [s3_copies.LARGEST_COPY, 1], ids=["in one copy", "in parts"])
def test_an_object_that_is_replaced_meanwhile_is_not_put_back(
    provider: S3Provider, s3: StrictS3, monkeypatch: pytest.MonkeyPatch, largest: int
):
    monkeypatch.setattr(s3_copies, "LARGEST_COPY", largest)
    provider.write("fight", [FIGHT], VIDEO)
    s3.plan(s3_faults.after(lambda: s3.put("fight", b"new")), "fight", "PUT")

    with pytest.raises(ObjectChanged):
        provider.set_storage_class("fight", StorageClass.GLACIER_IR)
    assert b"".join(provider.read("fight")) == b"new"
    assert list(provider.unfinished_uploads()) == []


# --- what goes wrong, in words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error", "sentence"),
    [
        (s3_faults.slow_down, StorageBusy, "s3://videos cannot be used: SlowDown. S3 is busy"),
        (s3_faults.denied("s3:ListBucket"), StorageDenied, "Allow s3:ListBucket on arn:aws:s3:::videos."),
        (s3_faults.refuse(403, "SignatureDoesNotMatch"), StorageDenied, "Check AWS_SECRET_ACCESS_KEY."),
        (s3_faults.refuse(400, "ExpiredToken"), StorageDenied, "sign in to AWS again"),
        (s3_faults.refuse(404, "NoSuchBucket"), StorageUnreachable, "Check the bucket's name."),
        (s3_faults.lost_answer, StorageUnreachable, "Check the network"),
        (s3_faults.slow, StorageUnreachable, "S3 does not answer in time"),
    ],
    ids=["busy", "denied", "wrong key", "expired", "no bucket", "cut off", "slow"],
)
def test_a_check_says_what_is_wrong_and_its_cure(
    provider: S3Provider, s3: StrictS3, fault: s3_faults.Fault, error: type[Exception], sentence: str
):
    s3.plan(fault, times=9)

    with pytest.raises(error, match=re.escape(sentence)) as told:
        provider.check()
    assert SECRET not in str(told.value)


def test_the_permission_that_a_write_lacks_is_named(provider: S3Provider, s3: StrictS3):
    s3.plan(s3_faults.refuse(403, "AccessDenied"), "fight", "PUT")

    with pytest.raises(StorageDenied, match=re.escape("Allow s3:PutObject on arn:aws:s3:::videos/*.")):
        provider.write("fight", [FIGHT], VIDEO)


def test_what_may_not_be_deleted_says_so(provider: S3Provider, s3: StrictS3):
    s3.plan(s3_faults.refuse(403, "AccessDenied"), "fight", "DELETE")

    with pytest.raises(StorageDenied, match="s3:DeleteObject"):
        provider.delete("fight")


def test_a_key_that_others_wrote_can_be_read_though_we_would_not_write_it(provider: S3Provider, s3: StrictS3):
    s3.put("a//b/", b"x")

    assert listed(provider) == ["a//b/"]
    assert b"".join(provider.read("a//b/")) == b"x"
    with pytest.raises(KeyRefused):
        provider.write("a//b/", [b"y"], VIDEO)


def test_a_long_listing_is_whole(provider: S3Provider, s3: StrictS3):
    s3.page_size = 2
    for number in range(5):
        s3.put(f"{number}", b"x")

    assert listed(provider) == ["0", "1", "2", "3", "4"]


def test_a_bucket_for_a_residency_must_lie_there(s3: StrictS3, provider: S3Provider):
    abroad = S3Provider("s3-eu", S3Bucket("videos", "eu-central-1", load_settings()), lambda: datetime.now(UTC), "EU")

    for ask in (abroad.check, lambda: abroad.write("a", [b"x"], VIDEO), lambda: abroad.start_upload("a", VIDEO)):
        with pytest.raises(StorageUnreachable, match="lies in us-east-1, not in eu-central-1"):
            ask()
    assert listed(provider) == []
    with pytest.raises(ObjectNotFound):
        abroad.head("a")
