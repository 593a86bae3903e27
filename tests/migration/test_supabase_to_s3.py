"""Supabase to S3: what either is known to do on the way makes no wrong byte and no second object."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.migration.state import State
from core.storage.checksums import crc64nvme
from core.storage.s3 import S3Provider
from core.storage.supabase import SupabaseProvider
from core.units import MIB
from tests.migration.place import Place, content
from tests.storage.conftest import s3, s3_provider
from tests.support import s3_faults
from tests.support.databases import fresh_database
from tests.support.supabase_answers import CUT, Answer, proxy_error
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in

__all__ = ["s3", "s3_provider"]

LARGE = content(12 * MIB + 77)  # three parts
KEY = "fights/rivera/original.mp4"
READ = f"GET /storage/v1/object/authenticated/videos/{KEY}"


@pytest.fixture
def project() -> Iterator[SupabaseStandIn]:
    with supabase_stand_in() as project:
        project.bucket("videos")
        yield project


@pytest.fixture
def place(tmp_path, settings, project: SupabaseStandIn, s3_provider: S3Provider) -> Place:
    database = fresh_database(tmp_path / "phyght.db")
    source = SupabaseProvider(project.url, project.key(), "videos", lambda: datetime.now(UTC), waits_s=(0.0, 0.0))
    return Place(tmp_path, database, settings, source, s3_provider, now=datetime.now(UTC), part_bytes=5 * MIB)


@pytest.fixture
def started(place: Place) -> Place:
    place.video("rivera", LARGE)
    place.plan("rivera")
    place.start()
    return place


def assert_right(place: Place, meant: bytes = LARGE) -> None:
    assert (place.states(), place.item("rivera").problem) == ({"rivera": State.DONE}, "")
    assert hashlib.sha256(place.at_target(KEY)).digest() == hashlib.sha256(meant).digest()
    assert place.unfinished() == []
    assert place.keys(place.target) == [KEY]


def test_a_video_of_several_parts_arrives_with_all_that_is_known_of_it(started, s3):
    started.work()

    assert_right(started)
    there = started.target.head(KEY)
    assert (there.content_type, there.cache_control) == ("video/mp4", "max-age=3600")
    assert there.metadata["fight"] == "Rivera"
    assert started.catalog.video("rivera").crc64nvme == there.crc64nvme


@pytest.mark.parametrize(
    "faults",
    [[CUT, CUT], [proxy_error(503)] * 4, [proxy_error(429), CUT, proxy_error(502)]],
    ids=["cut", "503", "429 and more"],
)
def test_a_burst_of_errors_of_the_source_is_waited_out(started, project, faults):
    project.faults += faults

    started.work()

    assert_right(started)


def test_a_body_that_breaks_off_goes_on_where_it_broke_off(started, project):
    cuts = [1, 3 * MIB, 70_000]

    def cut(request: str, answer: Answer) -> Answer:
        return replace(answer, cut_after=cuts.pop()) if request == READ and cuts else answer

    project.after = cut

    started.work()

    assert_right(started)
    assert cuts == []


def test_an_answer_with_the_etag_of_another_object_is_not_believed(started, project):
    wrong = [True, True]

    def other(request: str, answer: Answer) -> Answer:
        if request == READ and wrong:
            wrong.pop()
            return replace(answer, headers=answer.headers | {"ETag": '"another"'})
        return answer

    project.after = other

    started.work()

    assert_right(started)


def test_a_source_that_is_away_for_a_minute_is_gone_on_with(started, project):
    project.before = lambda _: proxy_error(503)
    started.work_once()
    assert started.states() == {"rivera": State.WAITING}
    assert started.item("rivera").problem != ""

    project.before = lambda _: None
    started.pass_time(minutes=1)
    started.work()

    assert_right(started)


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_a_key_that_is_limited_by_now_moves_nothing_and_is_told(place, project, role):
    place.video("rivera", LARGE)
    place.plan("rivera")
    place.source = SupabaseProvider(project.url, project.key(role), "videos", place.clock, waits_s=(0.0, 0.0))
    place.open()
    place.start()

    place.work_once()

    assert place.states() == {"rivera": State.WAITING}
    assert "key" in place.item("rivera").problem


@pytest.mark.parametrize("method", ["PUT", "POST", "HEAD"])
def test_a_target_that_is_busy_is_asked_again(started, s3, method):
    s3.plan(s3_faults.slow_down, KEY, method, times=3)

    started.work()

    assert_right(started)


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_an_answer_of_the_target_that_is_lost_makes_no_second_object(started, s3, method):
    s3.plan(s3_faults.lost_answer, KEY, method)

    started.work()

    assert_right(started)


def test_a_bit_that_turns_on_its_way_is_caught_by_the_checksum(started, s3):
    s3.plan(s3_faults.garbled(7), KEY, "PUT")

    started.work()

    assert_right(started)


def test_credentials_that_expire_are_told_and_it_goes_on_with_new_ones(started, s3):
    s3.plan(s3_faults.refuse(400, "ExpiredToken", "The provided token has expired."), KEY, "PUT", times=1)

    started.work_once()
    assert started.states() == {"rivera": State.WAITING}
    assert started.item("rivera").problem != ""

    started.pass_time(minutes=1)
    started.work()
    assert_right(started)


@pytest.mark.parametrize(
    ("status", "code"), [(507, "XMinioStorageFull"), (403, "QuotaExceeded"), (507, "InsufficientStorage")]
)
def test_a_bucket_that_is_full_is_told_as_that_and_it_goes_on_once_there_is_room(started, s3, status, code):
    s3.plan(s3_faults.refuse(status, code, "There is no room."), KEY, "PUT", times=20)

    started.work_once()
    assert started.states() == {"rivera": State.WAITING}
    assert started.item("rivera").problem == f"s3://videos/{KEY} cannot be used: it is full ({code})."
    assert started.item("rivera").advice == "Free some space there, or raise its quota."

    s3.forget_plans()
    started.pass_time(minutes=1)
    started.work()
    assert_right(started)


def flipped(answer: Answer) -> Answer:
    assert isinstance(answer.body, bytes)
    return replace(answer, body=bytes([answer.body[0] ^ 1]) + answer.body[1:])


@pytest.mark.parametrize("size", [70_000, len(LARGE)], ids=["at once", "in parts"])
@pytest.mark.parametrize("times", [1, 99], ids=["once", "always"])
def test_a_bit_that_turns_on_its_way_from_the_source_is_caught_where_the_checksum_is_known(place, project, size, times):
    place.video("rivera", LARGE[:size])
    place.plan("rivera")
    place.knows_checksum("rivera", crc64nvme(LARGE[:size]))
    place.start()
    left = [True] * times

    def turn(request: str, answer: Answer) -> Answer:
        return flipped(answer) if request == READ and answer.status in (200, 206) and left and left.pop() else answer

    project.after = turn

    place.work()

    if times == 1:
        return assert_right(place, LARGE[:size])
    assert place.states() == {"rivera": State.FAILED}
    assert "their checksum is another one" in place.item("rivera").problem
    assert (place.keys(place.target), place.unfinished(), place.served("rivera")) == ([], [], "supabase")
    left.clear()  # the way is mended
    place.migrations.retry(place.user, "move", place.now)
    place.work()
    return assert_right(place, LARGE[:size])
