"""Faults: what goes wrong on the way is noticed, tried again where that helps, and told in words where it does not."""

import hashlib
from datetime import timedelta

import pytest

from core.catalog.catalog import record_copy
from core.catalog.video import CopyObject, Kind
from core.errors import DatabaseError, DiskFull, StorageBusy, StorageDenied, StorageUnreachable
from core.migration.state import State
from core.storage.provider import Attributes, StorageClass
from tests.migration.place import OLGA, PART, Place, content

LARGE = content(3 * PART + 7)
KEY = "fights/rivera/original.mp4"


def fail(error: type[Exception], *words: str):
    """Something that goes wrong once."""

    def happen() -> None:
        raise error(*(words or ("It does not answer.", "Check the network.")))

    return happen


def started(place: Place, *contents: bytes) -> Place:
    place.video("rivera", *(contents or (LARGE,)))
    place.plan("rivera")
    place.start()
    return place


def assert_right(place: Place, key: str = KEY, meant: bytes = LARGE) -> None:
    assert place.states() == {"rivera": State.DONE}
    assert hashlib.sha256(place.at_target(key)).digest() == hashlib.sha256(meant).digest()
    assert place.unfinished() == []


@pytest.mark.parametrize("call", ["start", "write", "parts", "complete"])
@pytest.mark.parametrize("error", [StorageBusy, StorageUnreachable])
def test_a_target_that_is_busy_or_away_for_a_moment_is_asked_again(place, call, error):
    started(place)
    place.target.before[call] += [fail(error), fail(error)]

    place.work()

    assert_right(place)


@pytest.mark.parametrize("call", ["write", "complete"])
def test_an_answer_of_the_target_that_is_lost_makes_no_second_object(place, call):
    started(place)
    place.target.after[call].append(fail(StorageUnreachable))

    place.work()

    assert_right(place)
    assert place.keys(place.target) == [KEY]


def test_a_source_that_breaks_off_is_read_again(place):
    started(place)
    place.source.before["read"] += [fail(StorageBusy), fail(StorageUnreachable), fail(StorageBusy)]

    place.work()

    assert_right(place)


def test_what_has_arrived_is_not_sent_again_when_the_source_stays_away(place):
    started(place)
    place.source.before["read"] += [lambda: None] * 2 + [fail(StorageUnreachable)] * 20

    place.work_once()

    assert place.item("rivera").state is State.WAITING
    assert place.item("rivera").problem == "It does not answer."
    arrived = len(place.target.parts(KEY, place.unfinished_ids()[0]))
    place.source.before.clear()
    place.source.calls.clear()
    place.pass_time(minutes=1)
    place.work()
    assert_right(place)
    assert place.source.calls.count("read") == 4 - arrived + 1  # and once to compare it with what viewers get


def test_a_source_that_is_gone_for_minutes_is_tried_ever_later_and_then_set_aside(place):
    started(place)
    place.source.before["read"] += [fail(StorageUnreachable)] * 1000

    waits = []
    for _ in range(8):
        place.work_once()
        waits.append(place.item("rivera").state)
        place.pass_time(hours=1)

    assert waits == [State.WAITING] * 7 + [State.FAILED]
    assert place.served("rivera") == "supabase"
    assert (place.item("rivera").problem, place.item("rivera").advice) == ("It does not answer.", "Check the network.")


def test_a_video_that_was_set_aside_holds_up_no_other_and_can_be_tried_again(place):
    place.video("alba", content(9))
    place.video("rivera", LARGE)
    place.source.delete("fights/alba/original.mp4")
    place.plan("alba", "rivera")
    place.start()

    place.work()

    assert place.states() == {"alba": State.FAILED, "rivera": State.DONE}
    assert "alba" in place.item("alba").problem
    place.put("fights/alba/original.mp4", content(9))
    assert place.migrations.retry(OLGA, "move", place.now) == 1
    place.work()
    assert place.states() == {"alba": State.DONE, "rivera": State.DONE}


def test_a_source_that_is_replaced_while_it_is_copied_is_copied_anew(place):
    started(place)
    newer = content(3 * PART + 7, 5)
    place.target.before["write"] += [lambda: None, lambda: place.put(KEY, newer)]

    place.work()

    assert_right(place, meant=newer)
    assert place.keys(place.target) == [KEY]


def test_a_source_that_is_replaced_after_it_was_copied_is_copied_anew(place):
    started(place)
    newer = content(2 * PART, 5)
    place.target.after["complete"].append(lambda: place.put(KEY, newer))

    place.work()

    assert_right(place, meant=newer)


@pytest.mark.parametrize("newer", [LARGE[::-1], LARGE * 2], ids=["as large", "larger"])
def test_what_arrived_of_a_source_that_was_replaced_counts_no_more(place, newer):
    started(place)

    def replace() -> None:
        place.put(KEY, newer)
        # of the new one two parts come, then the source is away
        place.source.before["read"] += [lambda: None, lambda: None] + [fail(StorageUnreachable)] * 1000

    place.target.before["complete"].append(replace)

    place.work_once()

    assert place.item("rivera").state is State.WAITING
    assert PART <= place.item("rivera").done_bytes <= 2 * PART


def test_a_source_that_is_deleted_while_it_is_copied_leaves_viewers_where_they_are(place):
    started(place)
    place.target.before["write"].append(lambda: place.source.delete(KEY))

    place.work()
    for _ in range(9):
        place.pass_time(hours=1)
        place.work()

    assert place.states() == {"rivera": State.FAILED}
    assert place.served("rivera") == "supabase"


def test_bytes_that_change_on_their_way_are_refused_and_sent_again(place):
    started(place)
    write_part = place.target.write_part
    flips = [True]

    def flipping(key, upload_id, number, bytes_):
        if flips:
            flips.clear()
            from core.storage.checksums import crc64nvme

            flipped = bytes([bytes_[0] ^ 1]) + bytes_[1:]
            return place.target.receive_part(key, upload_id, number, [flipped], crc64nvme(bytes_))
        return write_part(key, upload_id, number, bytes_)

    place.target.write_part = flipping

    place.work()

    assert flips == []
    assert_right(place)


def test_an_object_that_rots_at_the_target_before_the_cut_over_is_not_served(place):
    started(place)
    complete = place.target.complete_upload

    def rotten(key, *arguments, **named):
        stored = complete(key, *arguments, **named)
        place.target.delete(key)
        place.target.write(key, [content(3 * PART + 7, 9)], Attributes("video/mp4"))
        place.target.complete_upload = complete
        return stored

    place.target.complete_upload = rotten

    place.work_once()

    assert place.served("rivera") == "supabase"
    assert "is not what was copied there" in place.item("rivera").problem


@pytest.mark.parametrize("error", [StorageDenied, DiskFull, DatabaseError])
def test_what_people_have_to_mend_is_told_and_goes_on_once_it_is_mended(place, error):
    started(place)
    place.target.before["write"] += [fail(error, "The key has expired.", "Make a new one.")] * 4

    place.work_once()
    assert place.item("rivera").state is State.WAITING
    assert (place.item("rivera").problem, place.item("rivera").advice) == ("The key has expired.", "Make a new one.")

    place.target.before.clear()
    place.pass_time(seconds=30)
    place.work()
    assert_right(place)


def test_something_else_at_the_target_is_never_overwritten(place):
    started(place)
    place.target.write(KEY, [b"somebody else's"], Attributes("text/plain"))

    place.work()

    assert place.states() == {"rivera": State.FAILED}
    assert place.at_target(KEY) == b"somebody else's"
    assert "Another object lies at" in place.item("rivera").problem


def test_what_is_another_videos_copy_is_not_adopted_and_not_tried_again(place):
    started(place)
    stored = place.target.write(KEY, [LARGE], Attributes("video/mp4"))
    place.video("alba", content(9))
    theirs = CopyObject(
        Kind.ORIGINAL, "original", KEY, "video/mp4", len(LARGE), StorageClass.STANDARD, stored.etag, None
    )
    with place.database.transaction() as connection:
        record_copy(connection, "alba", "s3", [theirs], place.now)

    place.work()

    assert (place.item("rivera").state, place.item("rivera").attempts) == (State.FAILED, 1)
    assert place.item("rivera").problem == f"{KEY!r} in s3 belongs to the video 'Alba' (alba)."
    assert place.served("rivera") == "supabase"


def test_what_another_tool_has_moved_is_served_without_a_second_copy(place):
    started(place)
    place.target.write(KEY, [LARGE], Attributes("video/mp4"))
    place.target.calls.clear()

    place.work()

    assert_right(place)
    assert "write" not in place.target.calls
    assert place.target.head(KEY).metadata == {}  # it is the same object


def test_where_another_tool_moves_the_bytes_nothing_is_copied(place):
    place.video("rivera", LARGE)
    place.plan("rivera", adopts=True)
    place.start()

    place.work()
    assert place.item("rivera").problem == f"{KEY!r} is not in s3 yet."
    assert place.keys(place.target) == []

    place.target.write(KEY, [LARGE], Attributes("video/mp4"))
    place.migrations.retry(OLGA, "move", place.now)
    place.work()
    assert_right(place)


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART])
def test_any_size_arrives_whole_also_none_at_all(place, size):
    started(place, content(size))

    place.work()

    assert_right(place, meant=content(size))


@pytest.mark.parametrize(
    "key",
    ["a b/c'd.mp4", "100%.mp4", "50%2Foff.mp4", "a&b+(c)@d:e=f;g,h!.mp4", "Ümlaut/ñ 🥊.mp4", 'q"uote.mp4', "..mp4"],
)
def test_a_key_may_be_anything(place, key):
    place.video("rivera", LARGE, key=key)
    place.plan("rivera")
    place.start()

    place.work()

    assert_right(place, key=key)


def test_two_workers_that_are_given_the_same_video_cut_it_over_once(place):
    started(place)
    other = Place(place.home, place.database, place.settings, place.source, place.target)
    place.target.before["write"].append(lambda: other.mover.move("move/rivera", lambda: False))

    place.work()

    assert_right(place)
    assert place.events("rivera").count("cut over") == 1


def test_a_clock_that_jumps_back_or_forth_does_no_harm(place):
    started(place)
    jumps = [timedelta(days=-400), timedelta(days=900)]
    place.target.before["write"] += [lambda jump=jump: place.pass_time(days=jump.days) for jump in jumps]

    place.work()

    assert_right(place)
