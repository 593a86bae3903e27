"""Supabase Storage is a provider, and none of the traps it was measured to have is one here."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from core.errors import (
    KeyRefused,
    ObjectChanged,
    ObjectCorrupt,
    ObjectExists,
    ObjectTooLarge,
    StorageBusy,
    StorageDenied,
    StorageError,
    StorageUnreachable,
    UploadNotFound,
)
from core.storage import supabase_tus
from core.storage.provider import Attributes, Multipart, ResumableUploads
from core.storage.supabase import SupabaseProvider
from core.units import MIB
from tests.storage.contract import FIGHT, VIDEO, StorageContract, listed, written
from tests.support.supabase_answers import CUT, Answer, proxy_error, storage_error
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in

AT_ONCE = (0.0, 0.0)  # two more attempts, without waiting
LARGE = b"".join(bytes([number]) * MIB for number in range(13)) + b"!"  # two chunks and a bit


@pytest.fixture
def project() -> Iterator[SupabaseStandIn]:
    with supabase_stand_in() as project:
        project.bucket("videos")
        yield project


def opened(project: SupabaseStandIn, key: str, bucket: str = "videos") -> SupabaseProvider:
    return SupabaseProvider(project.url, key, bucket, lambda: datetime.now(UTC), waits_s=AT_ONCE)


@pytest.fixture
def provider(project: SupabaseStandIn) -> SupabaseProvider:
    return opened(project, project.key())


class TestSupabase(StorageContract):
    def test_it_takes_objects_from_start_to_end_and_not_in_parts(self, provider: SupabaseProvider):
        assert isinstance(provider, ResumableUploads)
        assert not isinstance(provider, Multipart)

    def test_it_keeps_no_checksum(self, provider: SupabaseProvider):
        provider.write("fight", [FIGHT], VIDEO)

        assert provider.head("fight").crc64nvme is None


# --- the key ------------------------------------------------------------------------------------------------------


def limited_keys(project: SupabaseStandIn) -> dict[str, str]:
    return {
        "anon": project.key("anon"),
        "expired": project.key(exp=1_000_000_000),
        "another project's": SupabaseStandIn().key(),
        "publishable": project.opaque_key("anon", "sb_publishable_"),
        "secret of a lesser role": project.opaque_key("media_reader"),
        "unknown secret": "sb_secret_unknown",
        "rubbish": "rubbish",
    }


@pytest.mark.parametrize("kind", list(limited_keys(SupabaseStandIn())))
def test_a_limited_key_is_told_and_is_no_empty_bucket(project: SupabaseStandIn, kind: str):
    project.bucket("videos").put("a.mp4", 5)
    key = limited_keys(project)[kind]
    limited = opened(project, key)

    asked: list[Any] = [
        limited.check, lambda: listed(limited), lambda: limited.head("a.mp4"), lambda: limited.read("a.mp4"),
        lambda: limited.delete("a.mp4"), lambda: limited.url("a.mp4", 60), lambda: limited.write("b", [b"x"], VIDEO),
        lambda: limited.start_resumable("b", 1, VIDEO, 60),
    ]  # fmt: skip
    for ask in asked:
        with pytest.raises(StorageDenied, match="wrong or limited key") as told:
            ask()
        assert key not in str(told.value)
    assert set(project.buckets["videos"].objects) == {"a.mp4"}


def test_a_key_that_is_withdrawn_while_it_is_in_use_is_told(project: SupabaseStandIn):
    key = project.opaque_key()
    provider = opened(project, key)
    provider.check()
    del project.opaque_keys[key]

    with pytest.raises(StorageDenied, match="wrong or limited key: Supabase refuses it"):
        listed(provider)


def test_a_secret_key_of_the_service_role_will_do(project: SupabaseStandIn):
    provider = opened(project, project.opaque_key())
    written(provider, "a")

    assert listed(provider) == ["a"]


# --- the bucket ---------------------------------------------------------------------------------------------------


def test_a_missing_bucket_is_told_and_is_no_empty_one(project: SupabaseStandIn):
    provider = opened(project, project.key(), "vidoes")

    for ask in (provider.check, lambda: listed(provider), lambda: provider.write("a", [b"x"], VIDEO)):
        with pytest.raises(StorageUnreachable, match=r"There is no bucket vidoes in .* Check SUPABASE_BUCKET"):
            ask()


def test_a_bucket_that_is_deleted_while_it_is_listed_is_told(project: SupabaseStandIn, provider: SupabaseProvider):
    provider.check()
    project.buckets.clear()

    with pytest.raises(StorageUnreachable, match="There is no bucket videos"):
        listed(provider)


def test_paging_goes_through_nested_folders_to_the_end(project: SupabaseStandIn, provider: SupabaseProvider):
    keys = sorted(f"fights/{number % 7}/{number:05}.ts" for number in range(2300))
    for key in keys:
        project.bucket("videos").put(key, 1)

    assert listed(provider) == keys
    assert len(listed(provider, "fights/3/")) == 329  # 2300 / 7, rounded up: 3 is among the first four of a week
    assert project.count("list-v2") == 4


def test_an_object_whose_size_supabase_does_not_know_counts_as_nothing(
    project: SupabaseStandIn, provider: SupabaseProvider
):
    project.bucket("videos").put("half-written.mp4", None)

    assert [(each.key, each.size_bytes) for each in provider.list()] == [("half-written.mp4", 0)]


# --- keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["a b.mp4", "a+b&c=d;e?.mp4", "a@b:c,d!$.mp4", "(a)'*.mp4", "50-50/a?b/c d"])
def test_a_key_that_has_to_be_quoted_is_the_same_everywhere(provider: SupabaseProvider, key: str):
    provider.write(key, [FIGHT], VIDEO)

    assert listed(provider) == [key]
    assert b"".join(provider.read(key)) == FIGHT
    assert httpx.get(provider.url(key, 60)).content == FIGHT
    provider.delete(key)
    assert listed(provider) == []


@pytest.mark.parametrize("key", ["100%25.mp4", "ä.mp4", "a#b", "a[1]", "a\\b", "a~b", 'a"b', "a|b", "第一戦"])
def test_a_key_that_supabase_does_not_take_is_refused_before_it_is_sent(
    project: SupabaseStandIn, provider: SupabaseProvider, key: str
):
    for ask in (lambda: provider.write(key, [b"x"], VIDEO), lambda: provider.start_resumable(key, 1, VIDEO, 60)):
        with pytest.raises(KeyRefused):
            ask()
    assert project.requests == []


# --- writing ------------------------------------------------------------------------------------------------------


def test_what_is_large_goes_in_chunks_and_is_listed_when_it_is_whole(
    project: SupabaseStandIn, provider: SupabaseProvider
):
    stored = provider.write("fight", [LARGE], VIDEO)

    assert (stored.size_bytes, stored.content_type, stored.cache_control) == (13 * MIB + 1, "video/mp4", "max-age=60")
    assert stored.metadata == {"copy-id": "one"}
    assert b"".join(provider.read("fight")) == LARGE
    assert project.count("PATCH") == 3


def test_a_chunk_that_is_cut_goes_on_where_it_was_cut(project: SupabaseStandIn, provider: SupabaseProvider):
    project.cuts = [2 * MIB, 0, 1]

    provider.write("fight", [LARGE], VIDEO)

    assert b"".join(provider.read("fight")) == LARGE
    assert project.count("HEAD") == 3


def lose_answers(project: SupabaseStandIn, part: str, times: int = 1) -> None:
    """What was asked is done, and nobody hears of it."""
    left = [CUT] * times
    project.after = lambda request, answer: left.pop() if part in request and left else answer


@pytest.mark.parametrize("content", [FIGHT, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("if_absent", [False, True])
def test_a_lost_answer_is_no_failure(
    project: SupabaseStandIn, provider: SupabaseProvider, content: bytes, if_absent: bool
):
    provider.check()
    lose_answers(project, "PATCH" if content is LARGE else "POST /storage/v1/object/videos", 2)

    provider.write("fight", [content], VIDEO, if_absent)

    assert b"".join(provider.read("fight")) == content


@pytest.mark.parametrize("content", [FIGHT, LARGE], ids=["small", "large"])
def test_what_must_be_absent_is_not_replaced(provider: SupabaseProvider, content: bytes):
    written(provider, "fight")

    with pytest.raises(ObjectExists):
        provider.write("fight", [content], VIDEO, if_absent=True)
    assert b"".join(provider.read("fight")) == b"fight"
    provider.write("fight", [content], VIDEO)
    assert b"".join(provider.read("fight")) == content


def test_what_comes_in_between_is_not_replaced_by_the_last_chunk(project: SupabaseStandIn, provider: SupabaseProvider):
    provider.check()

    def come_in_between(request: str) -> None:
        if "PATCH" in request:
            project.bucket("videos").put("fight", 5)

    project.before = come_in_between

    with pytest.raises(ObjectExists):
        provider.write("fight", [LARGE], VIDEO, if_absent=True)
    assert project.buckets["videos"].objects["fight"].size == 5


@pytest.mark.parametrize("content", [FIGHT, LARGE], ids=["small", "large"])
def test_the_limits_of_the_bucket_are_told(project: SupabaseStandIn, provider: SupabaseProvider, content: bytes):
    project.bucket("videos").file_size_limit = 1000
    with pytest.raises(ObjectTooLarge, match="Raise the limit"):
        provider.write("fight", [content], VIDEO)

    project.bucket("videos").file_size_limit = None
    project.bucket("videos").allowed_mime_types = ["image/jpeg"]
    with pytest.raises(StorageDenied, match="Allow its MIME type"):
        provider.write("fight", [content], VIDEO)
    assert listed(provider) == []


def test_what_arrives_short_is_noticed(project: SupabaseStandIn, provider: SupabaseProvider):
    def short(request: str, answer: Answer) -> Answer:
        return Answer(200, {**answer.body, "size": 18_999}) if "/object/info/" in request else answer

    project.after = short

    with pytest.raises(ObjectCorrupt, match="has 18999 of 19000 bytes"):
        provider.write("fight", [FIGHT], VIDEO)


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [("max-age=60", "60"), ("public, max-age=31536000, immutable", "31536000"), ("", "3600"), ("no-cache", "0")],
)
def test_supabase_keeps_the_age_and_nothing_else_of_cache_control(cache_control: str, seconds: str):
    assert supabase_tus.cache_seconds(Attributes("video/mp4", cache_control)) == seconds


# --- reading ------------------------------------------------------------------------------------------------------


def cut_downloads(project: SupabaseStandIn, after: int, times: int) -> None:
    left = [after] * times

    def cut(request: str, answer: Answer) -> Answer:
        if "/object/authenticated/" not in request or not left:
            return answer
        return Answer(answer.status, answer.body, headers=answer.headers, cut_after=left.pop())

    project.after = cut


def test_a_connection_that_breaks_is_taken_up_where_it_broke(project: SupabaseStandIn, provider: SupabaseProvider):
    provider.write("fight", [FIGHT], VIDEO)
    cut_downloads(project, after=4000, times=2)

    assert b"".join(provider.read("fight")) == FIGHT
    assert project.count("/object/authenticated/") == 3


def test_a_link_that_is_dead_is_given_up(project: SupabaseStandIn, provider: SupabaseProvider):
    provider.write("fight", [FIGHT], VIDEO)
    cut_downloads(project, after=0, times=99)

    with pytest.raises(StorageUnreachable, match="cannot be reached"):
        b"".join(provider.read("fight"))
    assert project.count("/object/authenticated/") == 3


def test_an_object_that_is_replaced_while_the_connection_is_broken_is_not_mixed(
    project: SupabaseStandIn, provider: SupabaseProvider
):
    provider.write("fight", [FIGHT], VIDEO)
    cut_downloads(project, after=4000, times=1)
    chunks = provider.read("fight")
    first = next(chunks)
    project.after = lambda _, answer: answer
    provider.write("fight", [FIGHT[::-1]], VIDEO)

    assert FIGHT.startswith(first)
    with pytest.raises(ObjectChanged):
        b"".join(chunks)


def test_a_proxy_that_ignores_ranges_is_no_fault(project: SupabaseStandIn, provider: SupabaseProvider):
    provider.write("fight", [FIGHT], VIDEO)
    stored = project.buckets["videos"].objects["fight"]

    def whole(request: str, answer: Answer) -> Answer:
        return Answer(200, FIGHT, headers={"ETag": stored.etag}) if "/authenticated/" in request else answer

    project.after = whole

    assert b"".join(provider.read("fight", 6, 11)) == b"right"


# --- removing -----------------------------------------------------------------------------------------------------


def test_what_is_not_removed_is_told(project: SupabaseStandIn, provider: SupabaseProvider):
    written(provider, "a")
    project.before = lambda request: Answer(200, []) if request.startswith("DELETE") else None

    with pytest.raises(StorageDenied, match="did not remove videos/a"):
        provider.delete("a")


# --- links --------------------------------------------------------------------------------------------------------


def test_a_private_link_is_signed_and_expires(project: SupabaseStandIn, provider: SupabaseProvider):
    written(provider, "a b.mp4")

    url = provider.url("a b.mp4", 60)
    assert (httpx.get(url).content, httpx.head(url).status_code) == (b"a b.mp4", 200)
    assert httpx.get(url, headers={"Range": "bytes=0-0"}).content == b"a"
    assert httpx.get(url.replace("a%20b", "a%20c")).status_code == 400
    assert httpx.get(provider.url("a b.mp4", -1)).status_code == 400


def test_a_public_buckets_link_is_its_own(project: SupabaseStandIn, provider: SupabaseProvider):
    project.bucket("videos").public = True
    written(provider, "a b.mp4")

    assert provider.url("a b.mp4", 60) == f"{project.url}/storage/v1/object/public/videos/a%20b.mp4"
    assert httpx.get(provider.url("a b.mp4", 60)).content == b"a b.mp4"


# --- what a browser sends -----------------------------------------------------------------------------------------


def test_a_browser_sends_chunks_with_the_signed_address(project: SupabaseStandIn, provider: SupabaseProvider):
    request = provider.start_resumable("fight", len(LARGE), VIDEO, 3600)
    for offset in range(0, len(LARGE), provider.chunk_bytes):
        assert provider.received_bytes(request.url) == offset
        sent = httpx.request(
            request.method, request.url, content=LARGE[offset : offset + provider.chunk_bytes],
            headers={**request.headers, "Upload-Offset": str(offset)},
        )  # fmt: skip
        assert sent.status_code == 204

    assert provider.received_bytes(request.url) == len(LARGE)
    assert b"".join(provider.read("fight")) == LARGE
    assert provider.head("fight").content_type == "video/mp4"
    assert project.key() not in f"{request.url}{request.headers}"


def test_a_signed_address_is_for_one_object_and_can_be_renewed(project: SupabaseStandIn, provider: SupabaseProvider):
    one, two = (provider.start_resumable(key, 5, VIDEO, 3600) for key in ("one", "two"))

    def send(url: str, headers: Any) -> int:
        return httpx.patch(url, content=b"round", headers={**headers, "Upload-Offset": "0"}).status_code

    assert send(one.url, two.headers) == 403
    assert send(one.url, {**one.headers, "x-signature": "rubbish"}) == 403
    renewed = provider.renew_resumable("one", one.url, 3600)
    assert renewed.url == one.url
    assert send(renewed.url, renewed.headers) == 204


def test_a_signature_is_never_said_to_last_longer_than_supabase_lets_it(provider: SupabaseProvider):
    now = datetime.now(UTC)

    assert provider.start_resumable("one", 5, VIDEO, 60).expires_at < now + timedelta(seconds=62)
    assert provider.start_resumable("two", 5, VIDEO, 10**6).expires_at < now + timedelta(hours=2, seconds=2)


def test_an_upload_that_is_aborted_is_gone_and_may_be_aborted_again(provider: SupabaseProvider):
    request = provider.start_resumable("one", 5, VIDEO, 3600)

    provider.abort_resumable(request.url)
    provider.abort_resumable(request.url)

    with pytest.raises(UploadNotFound):
        provider.received_bytes(request.url)


# --- what goes wrong, in words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error", "sentence"),
    [
        (CUT, StorageUnreachable, "cannot be reached (RemoteProtocolError). Check SUPABASE_URL and the network."),
        (proxy_error(502), StorageBusy, "is not well or too busy (status 502). Try again in a while."),
        (proxy_error(429), StorageBusy, "is not well or too busy (status 429)."),
        (storage_error("544", "DatabaseTimeout", "timeout"), StorageBusy, "(status 544)"),
        (proxy_error(404), StorageUnreachable, "There is no Supabase project at"),
        (Answer(302, "", "http://127.0.0.2/"), StorageUnreachable, "There is no Supabase project at"),
        (Answer(200, "<html>parked</html>"), StorageUnreachable, "is not from Supabase Storage. Check SUPABASE_URL."),
    ],
    ids=["cut", "proxy", "too many", "told by storage", "not found", "sent elsewhere", "a web page"],
)
def test_what_goes_wrong_is_told_with_its_cure(
    project: SupabaseStandIn, provider: SupabaseProvider, fault: Answer, error: type[StorageError], sentence: str
):
    project.faults = [fault] * 9

    with pytest.raises(error, match=re.escape(sentence)) as told:
        provider.check()
    assert project.key() not in str(told.value)


@pytest.mark.parametrize("fault", [CUT, proxy_error(502), proxy_error(429)], ids=["cut", "proxy", "too many"])
def test_a_fault_that_passes_is_not_noticed(project: SupabaseStandIn, provider: SupabaseProvider, fault: Answer):
    provider.check()
    for ask in (lambda: written(provider, "a"), lambda: provider.head("a"), lambda: listed(provider)):
        project.faults = [fault, fault]
        ask()

    project.faults = [fault, fault]
    assert b"".join(provider.read("a")) == b"a"
