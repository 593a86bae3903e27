"""Ending: killed, cut off, raced or given up, an upload ends once, whole or not at all, and leaves nothing behind."""

import pytest

from core.errors import DatabaseError, ObjectCorrupt, StorageUnreachable, UploadEnded, UploadNotFound
from core.uploads import ending, recording
from core.uploads.session import Standing, State
from tests.uploads.conftest import OLGA, House, video
from tests.uploads.faults import Faulty, Killed, kill, unreachable

FIGHT = video(2_500)


@pytest.fixture
def upload(house: House, faulty: Faulty) -> Standing:
    """All parts of the fight are there."""
    upload = house.start(FIGHT, fingerprint="fight")
    house.send(upload, FIGHT)
    return upload


def assert_one_whole_video(house: House, upload: Standing) -> None:
    assert house.listed() == [upload.session.id]
    assert house.keys() == [upload.session.key]
    assert house.stored(upload.session.key) == FIGHT
    assert house.begun_at_provider() == []
    assert set(house.packaged) == {upload.session.id}
    assert [action for _, action, _ in house.noted()] == ["upload", "begin upload"]


CRASHES = {
    "before its parts are looked at": lambda provider, _: provider.before["parts"].append(kill),
    "before they are put together": lambda provider, _: provider.before["complete"].append(kill),
    "when they are one object": lambda provider, _: provider.after["complete"].append(kill),
    "before the whole is proved": lambda provider, _: provider.before["read"].append(kill),
    "when the whole is proved": lambda _, patch: patch.setattr(recording, "add_video", kill_once(patch)),
    "in the middle of recording it": lambda _, patch: patch.setattr(recording, "serve_from", kill_once(patch)),
    "before renditions are asked for": lambda _, patch: patch.setattr(
        ending.Endings, "_have_packaged", kill_once(patch)
    ),
}


def kill_once(patch: pytest.MonkeyPatch):
    def killed(*_: object) -> None:
        patch.undo()
        kill()

    return killed


@pytest.mark.parametrize("crash", CRASHES.values(), ids=CRASHES.keys())
def test_killed_at_any_point_it_is_completed_by_the_next_try(house: House, faulty: Faulty, upload: Standing, crash):
    with pytest.MonkeyPatch.context() as patch:
        crash(faulty, patch)
        with pytest.raises(Killed):
            house.complete(upload, FIGHT)

    done = house.complete(upload, FIGHT)
    house.uploads.abort_abandoned(house.now)

    assert done.session.state is State.DONE
    assert_one_whole_video(house, upload)


@pytest.mark.parametrize("crash", list(CRASHES.values())[1:], ids=list(CRASHES)[1:])
def test_killed_at_any_point_and_left_alone_the_worker_completes_it(house, faulty, upload, crash):
    with pytest.MonkeyPatch.context() as patch:
        crash(faulty, patch)
        with pytest.raises(Killed):
            house.complete(upload, FIGHT)

    house.pass_time(minutes=11)
    house.uploads.abort_abandoned(house.now)

    assert_one_whole_video(house, upload)


def test_a_completion_that_goes_on_at_this_moment_is_left_alone(house: House, faulty: Faulty, upload: Standing):
    faulty.before["complete"].append(kill)
    with pytest.raises(Killed):
        house.complete(upload, FIGHT)

    house.pass_time(minutes=9)
    house.uploads.abort_abandoned(house.now)

    assert house.listed() == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_it_is_begun_the_same_file_goes_on_and_nothing_is_begun_twice(house, faulty, when):
    getattr(faulty, when)["start"].append(kill)
    with pytest.raises(Killed):
        house.start(FIGHT, fingerprint="fight")

    upload = house.start(FIGHT, fingerprint="fight")

    assert len(house.begun_at_provider()) == 1
    house.send(upload, FIGHT)
    house.complete(upload, FIGHT)
    assert_one_whole_video(house, upload)


def test_an_answer_that_is_lost_is_asked_for_again(house: House, faulty: Faulty, upload: Standing):
    faulty.after["complete"].append(unreachable)
    with pytest.raises(StorageUnreachable):
        house.complete(upload, FIGHT)

    assert house.complete(upload, FIGHT).session.state is State.DONE
    assert_one_whole_video(house, upload)


@pytest.mark.parametrize("call", ["parts", "complete", "read"])
def test_two_who_complete_at_once_get_the_same_video(house: House, faulty: Faulty, upload: Standing, call: str):
    other = []
    faulty.before[call].append(lambda: other.append(house.complete(upload, FIGHT)))

    mine = house.complete(upload, FIGHT)

    assert mine == other[0]
    assert_one_whole_video(house, upload)


def test_two_processes_that_begin_one_file_send_one_upload(house: House, faulty: Faulty):
    other = []
    faulty.before["start"].append(lambda: other.append(house.opened().start(OLGA, file, house.now)))
    file = house.file(FIGHT, fingerprint="fight")

    mine = house.uploads.start(OLGA, file, house.now)

    assert mine == other[0]
    assert len(house.begun_at_provider()) == 1
    house.send(mine, FIGHT)
    house.complete(mine, FIGHT)
    assert_one_whole_video(house, mine)


def test_called_off_while_it_is_being_looked_at_it_becomes_no_video(house: House, faulty: Faulty, upload: Standing):
    faulty.after["parts"].append(lambda: house.uploads.abort(OLGA, upload.session.id, house.now))

    with pytest.raises(UploadEnded, match="was called off"):
        house.complete(upload, FIGHT)
    assert house.listed() == house.keys() == house.begun_at_provider() == house.packaged == []


def test_called_off_too_late_it_is_a_video_all_the_same(house: House, faulty: Faulty, upload: Standing):
    def too_late() -> None:
        with pytest.raises(UploadEnded, match="becomes a video at this moment"):
            house.uploads.abort(OLGA, upload.session.id, house.now)

    faulty.before["complete"].append(too_late)
    house.complete(upload, FIGHT)

    assert_one_whole_video(house, upload)


def test_a_part_that_is_replaced_at_the_last_moment_is_wanted_again(house: House, faulty: Faulty, upload: Standing):
    def replace() -> None:
        faulty.write_part(upload.session.key, upload.session.upload_id, 1, bytes(1_000))

    faulty.before["complete"].append(replace)
    with pytest.raises(ObjectCorrupt):
        house.complete(upload, FIGHT)

    assert house.uploads.get(OLGA, upload.session.id, house.now).session.state is State.RECEIVING
    house.send(upload, FIGHT, 1)
    house.complete(upload, FIGHT)
    assert_one_whole_video(house, upload)


def test_what_nobody_goes_on_with_for_three_days_is_given_up_and_its_parts_are_removed(house: House, faulty: Faulty):
    left, lively = house.start(FIGHT), house.start(video(1_500))
    house.send(left, FIGHT, 1)
    house.pass_time(hours=70)
    house.send(lively, video(1_500), 1)
    house.pass_time(hours=2, seconds=1)

    house.uploads.abort_abandoned(house.now)

    assert [each.session.id for each in house.uploads.unfinished(OLGA, house.now)] == [lively.session.id]
    assert house.begun_at_provider() == [lively.session.key]
    assert house.noted()[0] == ("worker", "abandon upload", "done")
    with pytest.raises(UploadEnded, match="was given up, because nobody went on with it"):
        house.send(left, FIGHT, 2)


def test_a_duplicate_that_nobody_decides_about_is_given_up_too(house: House):
    first = house.bring_in(FIGHT)
    house.bring_in(FIGHT)

    house.pass_time(hours=73)
    house.uploads.abort_abandoned(house.now)

    assert house.keys() == [first.session.key]


def test_what_cannot_be_removed_now_is_removed_later(house: House, faulty: Faulty, upload: Standing):
    faulty.before["abort"].append(unreachable)

    house.uploads.abort(OLGA, upload.session.id, house.now)
    assert house.begun_at_provider() == [upload.session.key]
    house.uploads.abort_abandoned(house.now)

    assert house.begun_at_provider() == house.keys() == []


def test_killed_between_calling_off_and_removing_the_worker_removes_it(house, faulty, upload):
    faulty.before["abort"].append(kill)
    with pytest.raises(Killed):
        house.uploads.abort(OLGA, upload.session.id, house.now)

    house.uploads.abort_abandoned(house.now)

    assert house.begun_at_provider() == house.keys() == []


def test_one_that_cannot_be_removed_keeps_no_other_from_it(house: House, faulty: Faulty):
    uploads = [house.start(video(1_500))]
    house.pass_time(seconds=1)
    uploads.append(house.start(video(2_500)))
    faulty.before["abort"] += [unreachable, unreachable]
    for each in uploads:
        house.uploads.abort(OLGA, each.session.id, house.now)
    faulty.before["abort"].append(unreachable)

    with pytest.raises(StorageUnreachable):
        house.uploads.abort_abandoned(house.now)

    assert house.begun_at_provider() == [uploads[0].session.key]


def test_what_the_provider_has_forgotten_is_begun_anew(house: House, faulty: Faulty, upload: Standing):
    faulty.abort_upload(upload.session.key, upload.session.upload_id)

    with pytest.raises(UploadNotFound):
        house.complete(upload, FIGHT)
    assert house.uploads.unfinished(OLGA, house.now) == ()
    assert house.start(FIGHT, fingerprint="fight").missing == (1, 2, 3)


def test_a_provider_that_does_not_answer_is_no_reason_to_give_up(house: House, faulty: Faulty, upload: Standing):
    faulty.before["parts"].append(unreachable)

    with pytest.raises(StorageUnreachable):
        house.uploads.get(OLGA, upload.session.id, house.now)
    assert house.uploads.get(OLGA, upload.session.id, house.now).missing == ()


def test_after_three_failures_a_new_video_goes_elsewhere_and_is_told_why(house: House):
    s3 = Faulty(house.home / "s3", b"secret", house.clock, name="s3")
    spare = Faulty(house.home / "spare", b"secret", house.clock, name="s3-eu")
    house.use(s3, spare)
    s3.before["start"] += [unreachable] * 3
    for _ in range(3):
        with pytest.raises(StorageUnreachable):
            house.start(FIGHT, fingerprint="fight")

    upload = house.start(FIGHT, fingerprint="fight")

    assert upload.session.provider == "s3-eu"
    assert upload.session.reason.startswith("s3 is not well: It does not answer. So it goes to s3-eu for now.")
    house.send(upload, FIGHT)
    done = house.complete(upload, FIGHT)
    copy = house.catalog.served_copy(house.catalog.video(done.session.id))
    assert (copy.provider, copy.reason) == ("s3-eu", upload.session.reason)


def test_a_video_and_the_asking_for_its_renditions_are_kept_together_or_not_at_all(house: House, upload: Standing):
    def fails(*_: object) -> None:
        raise DatabaseError("The jobs cannot be written.", "Try again.")

    house.uploads = house.opened(package=fails)
    with pytest.raises(DatabaseError):
        house.complete(upload, FIGHT)
    assert house.listed() == []
    house.uploads = house.opened()

    house.complete(upload, FIGHT)
    house.uploads.abort_abandoned(house.now)

    assert house.packaged == [upload.session.id]


def test_what_was_uploaded_while_nobody_made_renditions_gets_them_later(house: House):
    house.uploads = house.opened(package=None)
    done = house.bring_in(FIGHT)
    house.uploads.abort_abandoned(house.now)
    assert (house.listed(), house.packaged) == ([done.session.id], [])
    house.uploads = house.opened()

    house.uploads.abort_abandoned(house.now)
    house.uploads.abort_abandoned(house.now)

    assert house.packaged == [done.session.id]
