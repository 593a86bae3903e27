"""Uploads: a file comes in, is proved to be the one that was sent, and is a video with a link and a price."""

from decimal import Decimal

import pytest

from core.catalog.video import Kind, Visibility
from core.errors import (
    ContentRefused,
    DiskFull,
    ObjectCorrupt,
    PartsMissing,
    PermissionDenied,
    ResidencyRefused,
    SizeRefused,
    StorageUnreachable,
    UploadEnded,
    UploadNotFound,
    UploadRefused,
)
from core.storage.checksums import crc64nvme
from core.storage.provider import StorageClass
from core.uploads import room
from core.uploads.answers import Verdict
from core.uploads.session import State
from tests.uploads.conftest import ADA, OLGA, OTTO, VIC, House, video
from tests.uploads.faults import Faulty, unreachable

FIGHT = video(2_500)
EMPTY = "'fight.mp4' is empty. Check that its recording or download came to an end."


def test_a_file_becomes_a_video_with_one_copy_that_is_served(house: House):
    done = house.bring_in(FIGHT, title="Rivera vs Stone", visibility=Visibility.PRIVATE)

    movie = house.catalog.video(done.session.id)
    assert done.video == movie
    assert (movie.title, movie.visibility, movie.size_bytes) == ("Rivera vs Stone", Visibility.PRIVATE, 2_500)
    assert (movie.crc64nvme, movie.created_by, movie.created_at) == (crc64nvme(FIGHT), "olga", house.now)
    assert movie.slug.startswith("rivera-vs-stone-")
    copy = house.catalog.served_copy(movie)
    assert (copy.provider, copy.reason) == ("local", done.session.reason)
    original = copy.object("original")
    assert (original.kind, original.key) == (Kind.ORIGINAL, f"videos/{movie.id}/original.mp4")
    assert (original.content_type, original.storage_class) == ("video/mp4", StorageClass.STANDARD)
    assert house.stored(original.key) == FIGHT
    assert house.catalog.video_by_link("local", "local", original.key) == movie
    assert done.monthly_usd == Decimal(0)


def test_its_renditions_are_asked_for_and_it_is_on_record_who_brought_it(house: House):
    done = house.bring_in(FIGHT)

    assert house.packaged == [done.session.id]
    assert house.noted() == [("olga", "upload", "done"), ("olga", "begin upload", "done")]


def test_parts_may_come_in_any_order_and_twice(house: House):
    upload = house.start(FIGHT)
    for number in (3, 1, 3, 2, 1):
        house.send(upload, FIGHT, number)

    assert house.stored(house.complete(upload, FIGHT).session.key) == FIGHT


def test_nothing_is_listed_before_it_is_whole(house: House):
    upload = house.start(FIGHT)
    house.send(upload, FIGHT, 1, 2)

    with pytest.raises(PartsMissing, match=r"^1 of 3 parts of 'fight.mp4' are missing\.") as missing:
        house.complete(upload, FIGHT)
    assert missing.value.missing == (3,)
    assert house.listed() == house.keys() == house.packaged == []
    house.send(upload, FIGHT, 3)
    assert house.complete(upload, FIGHT).session.state is State.DONE


def test_the_same_file_goes_on_where_it_stood_after_a_restart(house: House):
    first = house.start(FIGHT, fingerprint="fight.mp4 2500 1700000000")
    house.send(first, FIGHT, 2)
    house.uploads = house.opened()

    again = house.start(FIGHT, fingerprint="fight.mp4 2500 1700000000")

    assert again.session.id == first.session.id
    assert again.missing == (1, 3)
    assert [(part.number, part.crc64nvme) for part in again.received] == [(2, crc64nvme(FIGHT[1_000:2_000]))]
    assert [each.session.id for each in house.uploads.unfinished(OLGA, house.now)] == [first.session.id]


def test_a_file_of_another_person_or_size_or_without_a_fingerprint_is_an_upload_of_its_own(house: House):
    ids = {
        house.start(FIGHT, fingerprint="f").session.id,
        house.start(FIGHT, OTTO, fingerprint="f").session.id,
        house.start(video(2_501), fingerprint="f").session.id,
        house.start(FIGHT).session.id,
        house.start(FIGHT).session.id,
    }

    assert len(ids) == 5


def test_a_finished_file_may_be_sent_again(house: House):
    first = house.bring_in(FIGHT, fingerprint="f")

    assert house.start(FIGHT, fingerprint="f").session.id != first.session.id


def test_a_part_that_is_not_the_file_s_is_found_by_the_whole_file_s_checksum(house: House):
    upload = house.start(FIGHT)
    house.send(upload, FIGHT)
    house.send(upload, video(2_500, seed=9), 2)

    with pytest.raises(ObjectCorrupt, match=r"is not the file: their checksums differ\."):
        house.complete(upload, FIGHT)
    assert house.listed() == house.keys() == []
    house.send(upload, FIGHT, 2)
    assert house.stored(house.complete(upload, FIGHT).session.key) == FIGHT


def test_a_file_that_began_otherwise_than_it_was_said_to_is_removed(house: House):
    lie = b"<html><script>alert(1)</script>" + bytes(2_000)
    upload = house.uploads.start(OLGA, house.file(lie, head=FIGHT), house.now)
    house.send(upload, lie)

    with pytest.raises(ContentRefused, match=r"'fight.mp4' is a web page, not a video"):
        house.complete(upload, lie)
    assert house.listed() == house.keys() == house.packaged == []
    assert house.uploads.get(OLGA, upload.session.id, house.now).session.state is State.FAILED
    with pytest.raises(UploadEnded, match=r"has failed: .* Upload the file anew\."):
        house.complete(upload, lie)


def test_another_container_than_was_said_is_removed_too(house: House):
    quicktime = b"\x00\x00\x00\x14ftypqt  " + bytes(2_000)
    upload = house.uploads.start(OLGA, house.file(quicktime, head=FIGHT), house.now)
    house.send(upload, quicktime)

    with pytest.raises(ContentRefused, match="does not begin as it was said to"):
        house.complete(upload, quicktime)
    assert house.keys() == []


@pytest.mark.parametrize("size", [999, 1_001, 0])
def test_a_part_of_a_wrong_size_is_refused(house: House, size: int):
    upload = house.start(FIGHT)

    with pytest.raises(UploadRefused, match=rf"^Part 2 has {size} bytes; it needs 1000\."):
        house.uploads.parts.write(OLGA, upload.session.id, 2, bytes(size), house.now)
    with pytest.raises(UploadRefused, match=rf"^Part 2 has {size} bytes"):
        house.uploads.parts.sign(OLGA, upload.session.id, 2, size, 1, house.now)


def test_a_signed_part_lets_its_holder_send_that_part(house: House):
    upload = house.start(FIGHT)

    signed = house.uploads.parts.sign(OLGA, upload.session.id, 3, 500, crc64nvme(FIGHT[2_000:]), house.now)

    assert signed.method == "PUT"
    assert signed.url.startswith(f"/objects/videos/{upload.session.id}/original.mp4?")
    assert (signed.expires_at - house.now).total_seconds() == 3600


@pytest.mark.parametrize(
    ("about", "error", "sentence"),
    [
        (dict(name=" "), UploadRefused, "A file needs a name of 1 to 255 characters. Rename it."),
        (dict(name="x" * 256), UploadRefused, "A file needs a name of 1 to 255 characters. Rename it."),
        (dict(title="x" * 201), UploadRefused, "The title has 201 characters. Use 200 or fewer."),
        (dict(fingerprint="x" * 513), UploadRefused, "The fingerprint is too long. Use 512 characters or fewer."),
        (dict(size=0, head=b""), SizeRefused, EMPTY),
        (dict(size=-1), SizeRefused, EMPTY),
        (dict(head=b""), SizeRefused, EMPTY),
        (
            dict(size=5 * 2**30 + 1),
            SizeRefused,
            "'fight.mp4' has 5.0 GiB; the most that is taken is 5.0 GiB. Make it smaller, or raise UPLOAD_MAX_BYTES.",
        ),
        (
            dict(head=b"PK\x03\x04"),
            ContentRefused,
            "'fight.mp4' is a ZIP archive, not a video. Unpack it, and upload the video in it.",
        ),
        (
            dict(residency="E" * 33),
            UploadRefused,
            "The residency is no name of a jurisdiction. Use one like EU.",
        ),
        (
            dict(residency="\x1b[2JEU"),
            UploadRefused,
            "The residency is no name of a jurisdiction. Use one like EU.",
        ),
        (
            dict(residency="EU"),
            ResidencyRefused,
            "No storage provider keeps its data in EU. Add a bucket there to S3_RESIDENCY_BUCKETS, like "
            "EU=bucket@region.",
        ),
    ],
    ids=[
        "no name", "long name", "long title", "fingerprint", "empty", "negative", "no head", "large", "zip",
        "long place", "no place", "EU",
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_before_the_first_byte(house: House, about, error, sentence):
    with pytest.raises(error) as refused:
        house.uploads.start(OLGA, house.file(FIGHT, **about), house.now)

    assert str(refused.value) == sentence
    assert house.begun_at_provider() == house.noted() == []


def test_a_disk_that_would_run_full_is_told_before_the_first_byte(house: House, monkeypatch):
    usage = room.shutil.disk_usage(house.home)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: usage._replace(free=2_499))

    with pytest.raises(
        DiskFull, match=r"has 2,499 bytes left; 'fight.mp4' has 2,500 bytes\. Free some space, or set S3"
    ):
        house.start(FIGHT)
    assert house.begun_at_provider() == []


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Rivera vs Stone.mp4", "Rivera vs Stone"),
        ("2026/11/weigh-in.final.mov", "weigh-in.final"),
        ("C:\\films\\bout.mkv", "bout"),
        ("a\tb\n\u202ec.mp4", "a b c"),
        ("<b>bold</b>.mp4", "b>"),
        (".mp4", ".mp4"),
        ("\u200b.mp4", "Untitled"),
    ],
)
def test_without_a_title_it_is_called_by_its_name(house: House, name: str, title: str):
    assert house.start(FIGHT, name=name).session.title == title


def test_no_name_of_a_file_is_ever_in_a_key(house: House):
    upload = house.start(FIGHT, name="../../etc/passwd; rm -rf $HOME.mp4")

    assert upload.session.key == f"videos/{upload.session.id}/original.mp4"


def test_a_viewer_may_not_upload(house: House):
    with pytest.raises(PermissionDenied):
        house.start(FIGHT, VIC)
    with pytest.raises(PermissionDenied):
        house.uploads.unfinished(VIC, house.now)
    assert house.begun_at_provider() == []


def test_an_upload_of_somebody_else_is_as_if_it_were_not_there(house: House):
    upload = house.start(FIGHT)
    id = upload.session.id

    for attempt in (
        lambda: house.uploads.get(OTTO, id, house.now),
        lambda: house.uploads.parts.sign(OTTO, id, 1, 1_000, 1, house.now),
        lambda: house.send(upload, FIGHT, 1, user=OTTO),
        lambda: house.complete(upload, FIGHT, OTTO),
        lambda: house.uploads.abort(OTTO, id, house.now),
        lambda: house.uploads.get(OLGA, "0" * 32, house.now),
    ):
        with pytest.raises(UploadNotFound, match=r"^There is no such upload\."):
            attempt()
    assert house.uploads.unfinished(OTTO, house.now) == ()


def test_an_administrator_sees_and_cancels_those_of_others_and_sends_nothing_to_them(house: House):
    upload = house.start(FIGHT)

    assert house.uploads.get(ADA, upload.session.id, house.now).missing == (1, 2, 3)
    with pytest.raises(UploadNotFound):
        house.send(upload, FIGHT, 1, user=ADA)
    house.uploads.abort(ADA, upload.session.id, house.now)

    assert house.begun_at_provider() == []
    assert house.noted()[0] == ("ada", "abort upload", "done")


def test_bytes_that_are_there_already_are_offered_as_the_video_they_are(house: House):
    first = house.bring_in(FIGHT, OTTO, title="The fight")

    second = house.bring_in(FIGHT, title="Fight again")

    assert second.session.state is State.DUPLICATE
    assert second.video is None
    assert second.duplicate_of == first.video
    assert house.listed() == house.packaged == [first.session.id]


def test_a_duplicate_may_be_kept_beside_the_first(house: House):
    first = house.bring_in(FIGHT)
    second = house.bring_in(FIGHT)

    kept = house.complete_again(second, keep_duplicate=True)

    assert kept.video is not None
    assert kept.duplicate_of == first.video
    assert house.listed() == house.packaged == [first.session.id, second.session.id]
    assert house.stored(kept.session.key) == FIGHT


def test_a_duplicate_may_be_discarded_and_its_bytes_are_gone(house: House):
    first = house.bring_in(FIGHT)
    second = house.bring_in(FIGHT)

    house.uploads.abort(OLGA, second.session.id, house.now)

    assert house.keys() == [first.session.key]
    assert house.listed() == [first.session.id]


def test_the_same_checksum_with_another_sha256_is_another_film(house: House):
    one, other = house.start(FIGHT), house.start(FIGHT)
    for upload, sha256 in ((one, "a" * 64), (other, "b" * 64)):
        house.send(upload, FIGHT)
        done = house.uploads.complete(OLGA, upload.session.id, crc64nvme(FIGHT), sha256, house.now)
        assert done.video.sha256 == sha256

    assert len(house.listed()) == 2


def test_what_has_ended_takes_no_more(house: House):
    done = house.bring_in(FIGHT)
    called_off = house.start(video(1_500))
    house.uploads.abort(OLGA, called_off.session.id, house.now)

    with pytest.raises(UploadEnded, match=r"^The upload of 'fight.mp4' is a video already\. Find it in the library\."):
        house.uploads.parts.sign(OLGA, done.session.id, 1, 1_000, 1, house.now)
    with pytest.raises(UploadEnded, match="is a video already"):
        house.uploads.abort(OLGA, done.session.id, house.now)
    with pytest.raises(UploadEnded, match="was called off"):
        house.send(called_off, video(1_500), 1)
    with pytest.raises(UploadEnded, match="was called off"):
        house.complete(called_off, video(1_500))


def test_what_was_called_off_leaves_no_part_behind(house: House):
    upload = house.start(FIGHT)
    house.send(upload, FIGHT, 1, 2)

    house.uploads.abort(OLGA, upload.session.id, house.now)
    house.uploads.abort(OLGA, upload.session.id, house.now)

    assert house.begun_at_provider() == house.keys() == []
    assert [each[1] for each in house.noted()] == ["abort upload", "begin upload"]


def test_a_file_of_one_byte_over_a_part_and_one_of_exactly_two(house: House):
    for size in (1_001, 2_000):
        content = video(size, seed=size)
        assert house.stored(house.bring_in(content).session.key) == content


def test_a_file_may_be_asked_about_before_anything_is_begun(house: House):
    verdict = house.uploads.check(OLGA, house.file(FIGHT, fingerprint="f"))

    assert verdict == Verdict("local", "No storage account is connected, so it is kept on this machine.", Decimal(0))
    assert house.begun_at_provider() == house.noted() == []
    with pytest.raises(ContentRefused):
        house.uploads.check(OLGA, house.file(b"PK\x03\x04"))
    with pytest.raises(PermissionDenied):
        house.uploads.check(VIC, house.file(FIGHT))


def test_what_is_under_way_and_what_was_finished_before_is_told_when_asked(house: House):
    upload = house.start(FIGHT, fingerprint="f")
    assert house.uploads.check(OLGA, house.file(FIGHT, fingerprint="f")).under_way == upload.session
    house.send(upload, FIGHT)
    done = house.complete(upload, FIGHT)

    verdict = house.uploads.check(OLGA, house.file(FIGHT, fingerprint="f"))

    assert (verdict.under_way, verdict.finished) == (None, done.video)
    assert house.uploads.check(OTTO, house.file(FIGHT, fingerprint="f")).finished is None
    assert house.uploads.check(OLGA, house.file(FIGHT)).finished is None


def test_asking_is_no_attempt_at_a_provider_that_was_not_well(house: House, faulty: Faulty):
    for _ in range(3):
        faulty.before["start"].append(unreachable)
        with pytest.raises(StorageUnreachable):
            house.start(FIGHT)
    house.pass_time(seconds=31)  # now somebody may try it

    with pytest.raises(StorageUnreachable, match="No storage provider is well"):
        house.uploads.check(OLGA, house.file(FIGHT))
    assert house.start(FIGHT).session.provider == "local"
    assert house.uploads.check(OLGA, house.file(FIGHT)).provider == "local"
