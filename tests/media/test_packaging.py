"""Packaging: a video of the platform is packaged beside its original, whatever comes between."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.access.roles import Permission
from core.catalog.catalog import record_copy, serve_from
from core.catalog.video import Kind
from core.errors import PackagingRefused, PermissionDenied, StorageBusy, StorageDenied
from core.jobs.work import Requests
from core.media import attempt as attempts
from core.media import package as packages
from core.media.attempt import Attempt
from core.media.ladder import Ladder
from core.media.media import CLEARING, Media
from core.media.package import Packager
from core.media.packagings import State
from core.settings import load_settings
from core.storage import provider
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass
from core.units import KIB
from tests.media.platform import OPERATOR, VIDEO, VIEWER, Place
from tests.media.test_resume import Cut, cut_after, damaged
from tests.media.watching import listen, streams, watch

NAMES = {
    "original", "90p", "90p.m3u8", "audio", "audio.m3u8", "master.m3u8", "poster", "storyboard", "storyboard.vtt",
}  # fmt: skip


@pytest.fixture
def place(tmp_path, settings) -> Place:
    return Place(tmp_path / "place", settings)


@pytest.fixture
def asked(place, clips) -> Place:
    """A video that is to be packaged."""
    place.add(clips("plain.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)
    return place


def fetched(place: Place, folder: Path) -> Path:
    """All renditions of the video as viewers get them."""
    folder.mkdir()
    for each in place.objects().values():
        if each.kind is not Kind.ORIGINAL:
            (folder / each.key.rpartition("/")[2]).write_bytes(b"".join(place.local.read(each.key)))
    return folder


def test_a_video_is_packaged_beside_its_original_and_can_be_watched(asked, tmp_path):
    packaging = asked.package()

    assert (packaging.state, packaging.problem, packaging.attempts) == (State.DONE, "", 1)
    assert asked.objects().keys() == NAMES
    assert asked.stored() == {each.key for each in asked.objects().values()}
    video = asked.catalog.video(VIDEO)
    assert (video.duration_s, video.width, video.height) == (2.0, 160, 90)
    folder = fetched(asked, tmp_path / "watched")
    (stream,) = streams(folder / "master.m3u8")
    assert watch(folder / stream.playlist).seconds == pytest.approx(2.0)
    assert listen(folder / "audio.m3u8").seconds == pytest.approx(2.0, abs=0.03)
    assert packaging.size_bytes == asked.objects()["90p"].size_bytes
    assert not (asked.home / "packaging" / VIDEO).exists()


def test_each_object_has_its_type_class_and_time_in_caches(asked):
    asked.package()

    told = {name: asked.local.head(each.key) for name, each in asked.objects().items()}
    for_ever, a_minute = "public, max-age=31536000, immutable", "public, max-age=60"
    playlist = ("application/vnd.apple.mpegurl", a_minute, StorageClass.STANDARD)
    assert {name: (each.content_type, each.cache_control, each.storage_class) for name, each in told.items()} == {
        "original": ("video/mp4", "", StorageClass.GLACIER_IR),
        "90p": ("video/mp4", for_ever, StorageClass.INTELLIGENT_TIERING),
        "audio": ("audio/mp4", for_ever, StorageClass.INTELLIGENT_TIERING),
        "90p.m3u8": playlist,
        "audio.m3u8": playlist,
        "master.m3u8": playlist,
        "poster": ("image/jpeg", a_minute, StorageClass.STANDARD),
        "storyboard": ("image/jpeg", a_minute, StorageClass.STANDARD),
        "storyboard.vtt": ("text/vtt; charset=utf-8", a_minute, StorageClass.STANDARD),
    }
    assert {name: each.storage_class for name, each in asked.objects().items()} == {
        name: each.storage_class for name, each in told.items()
    }
    assert {name: each.crc64nvme for name, each in asked.objects().items()} == {
        name: each.crc64nvme for name, each in told.items()
    }
    rung = asked.objects()["90p"]
    assert (rung.key, rung.kind, rung.width, rung.height) == ("videos/v1/hls/90p.mp4", Kind.RENDITION, 160, 90)
    assert rung.bandwidth is not None
    assert rung.bandwidth > 100_000


def test_the_classes_are_settings(tmp_path, clips, monkeypatch):
    for name, value in (("ORIGINALS", "STANDARD_IA"), ("RENDITIONS", "STANDARD"), ("THUMBNAILS", "ONEZONE_IA")):
        monkeypatch.setenv(f"STORAGE_CLASS_{name}", value)
    place = Place(tmp_path / "place", load_settings())
    place.add(clips("silent.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)
    place.package()

    classes = {name: each.storage_class for name, each in place.objects().items()}
    assert (classes["original"], classes["90p"], classes["poster"]) == (
        StorageClass.STANDARD_IA,
        StorageClass.STANDARD,
        StorageClass.ONEZONE_IA,
    )


def test_what_would_be_billed_as_larger_than_it_is_stays_in_standard(tmp_path, clips, monkeypatch):
    monkeypatch.setattr(provider, "SMALLEST_BILLED_BYTES", 128 * KIB)
    for name in ("ORIGINALS", "RENDITIONS", "THUMBNAILS"):
        monkeypatch.setenv(f"STORAGE_CLASS_{name}", "GLACIER_IR")
    place = Place(tmp_path / "place", load_settings())
    place.add(clips("silent.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)
    place.package()

    assert {each.storage_class for each in place.objects().values()} == {StorageClass.STANDARD}


def test_an_original_that_may_not_be_moved_is_told_and_the_video_is_packaged(asked, monkeypatch):
    def refuse(*_: object) -> None:
        raise StorageDenied("s3:GetObjectTagging is denied.", "Allow it.")

    monkeypatch.setattr(LocalProvider, "set_storage_class", refuse)

    packaging = asked.package()

    assert (packaging.state, packaging.problem) == (State.DONE, "")
    assert packaging.warnings == ("The original stays in STANDARD: s3:GetObjectTagging is denied. Allow it.",)
    assert asked.objects()["original"].storage_class is StorageClass.STANDARD


@pytest.fixture
def archived(asked) -> Place:
    """A packaged video whose original a rule of its bucket has moved to the archive, which nobody has told us."""
    asked.package()
    with asked.database.transaction() as connection:
        original = replace(asked.objects()["original"], storage_class=StorageClass.STANDARD)
        record_copy(connection, VIDEO, "local", [original], asked.now)
    asked.local.set_storage_class(original.key, StorageClass.DEEP_ARCHIVE)
    asked.media.package_again(OPERATOR, asked.catalog.video(VIDEO), Ladder.FIXED)
    return asked


def test_an_archived_original_is_restored_and_waited_for_and_stays_in_its_archive(archived, monkeypatch):
    restored = []
    with monkeypatch.context() as patched:  # S3 takes up to twelve hours
        patched.setattr(LocalProvider, "restore", lambda _, key, days: restored.append((key, days)))
        for _ in range(20):
            archived.package()
    packaging = archived.packaging()
    assert (packaging.state, packaging.stage, packaging.attempts) == (State.WORKING, "restoring", 1)
    assert archived.waits() == timedelta(minutes=30)
    assert set(restored) == {("videos/v1/original.mp4", 3)}

    archived.package()  # here it is restored at once
    packaging = archived.package()

    assert (packaging.state, packaging.revision) == (State.DONE, 2)
    original = archived.objects()["original"]
    assert original.storage_class is archived.local.head(original.key).storage_class is StorageClass.DEEP_ARCHIVE


def test_cancelled_while_an_original_is_waited_for_it_is_not_restored_again(archived, monkeypatch):
    monkeypatch.setattr(LocalProvider, "restore", lambda *_: None)
    archived.package()

    assert archived.package(lambda: True).state is State.CANCELLED


def test_what_an_archive_cannot_give_back_is_told(archived, monkeypatch):
    def refuse(*_: object) -> None:
        raise StorageDenied("s3:RestoreObject is denied.", "Allow it.")

    monkeypatch.setattr(LocalProvider, "restore", refuse)

    packaging = archived.package()
    assert (packaging.state, packaging.problem) == (State.FAILED, "s3:RestoreObject is denied.")


def test_thumbnails_are_there_before_it_is_encoded(asked, monkeypatch):
    seen = {}
    encode = Packager.encode

    def look_first(self: Packager) -> None:
        seen.update(asked.objects())
        encode(self)

    monkeypatch.setattr(Packager, "encode", look_first)
    asked.package()

    assert seen.keys() == {"original", "poster", "storyboard", "storyboard.vtt"}


def test_asked_twice_it_is_packaged_once(asked):
    asked.media.request(VIDEO)
    assert asked.due() == 1
    asked.package()
    asked.media.request(VIDEO)

    assert asked.packaging().state is State.DONE
    assert asked.due() == 1  # the job store would take it off


CUTS = [
    (attempts, "fetch"),
    (Packager, "prepare"),
    (Packager, "picture"),
    (Attempt, "_store_thumbnails"),
    (packages, "run"),
    (Packager, "encode"),
    (attempts, "write_folder"),
    (Attempt, "_kept"),
    (Attempt, "_recorded"),
    (Attempt, "_store"),
    (Attempt, "remove_orphans"),
    (LocalProvider, "set_storage_class"),
    (Attempt, "_settle"),
    (Media, "_finish"),
]


@pytest.mark.parametrize(("owner", "name"), CUTS, ids=lambda value: value if isinstance(value, str) else "")
def test_killed_after_any_step_it_goes_on_and_nothing_is_doubled(asked, monkeypatch, owner, name):
    runs = []
    run = packages.run
    monkeypatch.setattr(packages, "run", lambda *words: runs.append(1) or run(*words))
    with monkeypatch.context() as patched:
        cut_after(patched, owner, name)
        with pytest.raises(Cut):
            asked.package()

    packaging = asked.package()

    assert packaging.state is State.DONE
    assert len(runs) == 1  # it is encoded once
    assert asked.objects().keys() == NAMES
    assert asked.stored() == {each.key for each in asked.objects().values()}
    assert asked.objects()["original"].storage_class is StorageClass.GLACIER_IR
    assert asked.local.head("videos/v1/original.mp4").etag == asked.objects()["original"].etag
    assert asked.package() == packaging  # and over is over
    assert not list((asked.home / "packaging").glob(f"{VIDEO}/*.mp4"))


@pytest.mark.parametrize("written", [1, 4, 7])
def test_killed_between_any_two_objects_it_sends_only_the_others(asked, monkeypatch, written):
    keys: list[str] = []
    write = LocalProvider.write

    def cut_there(self, key, *words):
        if len(keys) == written:
            raise Cut
        stored = write(self, key, *words)
        keys.append(key)
        return stored

    with monkeypatch.context() as patched:
        patched.setattr(LocalProvider, "write", cut_there)
        with pytest.raises(Cut):
            asked.package()
    monkeypatch.setattr(LocalProvider, "write", lambda self, key, *words: keys.append(key) or write(self, key, *words))
    asked.package()

    assert sorted(keys) == sorted(each.key for name, each in asked.objects().items() if name != "original")


def test_the_original_is_fetched_on_from_where_it_was_cut_off(asked, monkeypatch):
    starts = []
    read = LocalProvider.read

    def cut_short(self, key, start=0, end=None, etag=""):
        starts.append(start)
        yield from read(self, key, start, start + 30_000, etag)
        raise Cut

    with monkeypatch.context() as patched:
        patched.setattr(LocalProvider, "read", cut_short)
        for _ in range(2):
            with pytest.raises(Cut):
                asked.package()

    assert starts == [0, 30_000]
    assert asked.package().state is State.DONE


def test_an_original_that_arrives_wrong_is_fetched_anew(asked, monkeypatch):
    read = LocalProvider.read

    def flipped(self, *words):
        first, *rest = read(self, *words)
        yield first[:-1] + bytes([first[-1] ^ 1])
        yield from rest

    with monkeypatch.context() as patched:
        patched.setattr(LocalProvider, "read", flipped)
        packaging = asked.package()

    assert packaging.state is State.WAITING
    assert "arrived with another checksum" in packaging.problem
    assert asked.package().state is State.DONE


def test_a_provider_that_is_not_well_is_asked_again_later_and_not_for_ever(asked, monkeypatch):
    def busy(*_: object, **__: object) -> None:
        raise StorageBusy("The folder asks to come back later.", "Try again.")

    monkeypatch.setattr(LocalProvider, "write", busy)
    waits = []
    for _ in range(4):
        assert asked.package().state is State.WAITING
        waits.append(asked.waits())
    packaging = asked.package()

    assert waits == [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)]
    assert (packaging.state, packaging.problem) == (State.FAILED, "The folder asks to come back later.")
    assert not (asked.home / "packaging" / VIDEO).exists()


def test_a_disk_without_room_is_told_before_anything_is_fetched(asked, monkeypatch):
    monkeypatch.setattr("core.media.originals.shutil.disk_usage", lambda _: type("Usage", (), {"free": 2**20}))

    packaging = asked.package()

    assert packaging.state is State.WAITING
    assert packaging.problem.startswith(f"The disk that holds {asked.home}/packaging/v1 has 0.0 GiB free")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("sound.mp4", "fight-v1.mp4 has no video track."),
        ("cut-plain.mp4", "fight-v1.mp4 is an incomplete upload: it ends after 1.1 of 2.0 s."),
    ],
)
def test_what_is_no_whole_video_fails_at_once_and_is_not_published(place, clips, name, problem):
    place.add(clips.cut("plain.mp4") if name.startswith("cut") else clips(name))
    place.media.request(VIDEO, Ladder.FIXED)

    packaging = place.package()

    assert (packaging.state, packaging.problem, packaging.attempts) == (State.FAILED, problem, 1)
    assert packaging.advice
    assert place.objects().keys() == {"original"}
    assert place.objects()["original"].storage_class is StorageClass.STANDARD
    assert place.stored() == {"videos/v1/original.mp4"}
    assert list((place.home / "packaging").iterdir()) == []


def test_a_damaged_video_is_marked_and_its_original_stays_at_hand(place, clips):
    place.add(damaged(clips))
    place.media.request(VIDEO, Ladder.FIXED)

    packaging = place.package()

    assert (packaging.state, packaging.damaged) == (State.DAMAGED, True)
    assert packaging.warnings[0].startswith("The file is damaged: ")
    assert place.objects()["original"].storage_class is StorageClass.STANDARD


def test_cancelled_nothing_of_it_is_left_and_the_video_is_as_it_was(asked):
    looks = iter(range(10_000))

    packaging = asked.package(lambda: next(looks) > 12)

    assert packaging.state is State.CANCELLED
    assert not [key for key in asked.stored() if "hls" in key]
    assert list((asked.home / "packaging").iterdir()) == []
    assert asked.objects()["original"].storage_class is StorageClass.STANDARD


def parts_left(place: Place) -> list[str]:
    """Keys of which the provider has parts, and no object yet."""
    return [each.key for each in place.local.unfinished_uploads()]


@pytest.fixture
def killed(asked) -> Place:
    """Its worker was killed while S3 had parts of a rung, and of an original on its way to another class."""
    for key in ("videos/v1/hls/90p.mp4", "videos/v1/original.mp4", "videos/v11/original.mp4"):
        id = asked.local.start_upload(key, Attributes("video/mp4"))
        asked.local.write_part(key, id, 1, b"some")
    return asked


def test_parts_that_a_killed_worker_has_left_are_removed(killed):
    assert killed.package().state is State.DONE

    assert parts_left(killed) == ["videos/v11/original.mp4"]  # another video's, which is coming in


def test_cancelled_the_parts_that_a_killed_worker_has_left_are_removed_too(killed):
    looks = iter(range(10_000))

    assert killed.package(lambda: next(looks) > 12).state is State.CANCELLED
    assert parts_left(killed) == ["videos/v11/original.mp4"]


def test_killed_while_it_is_given_up_it_is_given_up_again(asked, monkeypatch):
    def kill(self: Attempt) -> None:
        raise Cut

    with monkeypatch.context() as patched:
        patched.setattr(Attempt, "remove_orphans", kill)
        with pytest.raises(Cut):
            asked.package(lambda: asked.packaging().stage == "storing")
    assert not asked.packaging().state.is_over

    assert asked.package(lambda: True).state is State.CANCELLED
    assert not [key for key in asked.stored() if "hls" in key]


def test_what_cannot_be_removed_now_is_no_reason_not_to_give_up(asked, monkeypatch):
    def refuse(self: LocalProvider, prefix: str = "") -> None:
        raise StorageBusy("It asks to come back later.", "Wait.")

    monkeypatch.setattr(LocalProvider, "list", refuse)
    looks = iter(range(10_000))

    assert asked.package(lambda: next(looks) > 12).state is State.CANCELLED


def test_a_person_may_cancel_and_package_again(asked, clips):
    video = asked.catalog.video(VIDEO)
    asked.media.cancel(OPERATOR, video)
    assert asked.package(lambda: True).state is State.CANCELLED
    with pytest.raises(PackagingRefused, match="is not being packaged"):
        asked.media.cancel(OPERATOR, video)

    asked.media.package_again(OPERATOR, video, Ladder.FIXED)
    with pytest.raises(PackagingRefused, match="is being packaged already"):
        asked.media.package_again(OPERATOR, video, Ladder.FIXED)

    assert asked.package().state is State.DONE
    with pytest.raises(PermissionDenied):
        asked.media.package_again(VIEWER, video, Ladder.FIXED)
    assert not VIEWER.may(Permission.UPLOAD)


def test_asked_for_anew_within_a_transaction_it_keeps_its_ladder_and_is_asked_for_once(asked):
    asked.package(lambda: True)
    asked.media.package_again(OPERATOR, asked.catalog.video(VIDEO), Ladder.FIXED)
    asked.package(lambda: True)
    for _ in range(2):
        with asked.database.transaction() as connection:
            asked.media.again_within(connection, VIDEO)
    packaging = asked.media.packaging(VIDEO)
    assert (packaging.state, packaging.ladder, packaging.revision) == (State.WAITING, Ladder.FIXED, 3)


def test_packaged_again_the_new_renditions_take_the_place_of_the_old_under_other_keys(asked):
    asked.package()
    before = asked.objects()
    asked.media.package_again(OPERATOR, asked.catalog.video(VIDEO), Ladder.PER_TITLE)

    asked.package()

    assert before["90p"].key == "videos/v1/hls/90p.mp4"
    assert asked.objects()["90p"].key == "videos/v1/hls-2/90p.mp4"
    assert asked.objects().keys() == NAMES
    packaging = asked.packaging()
    assert (packaging.ladder, packaging.revision) == (Ladder.PER_TITLE, 2)
    assert packaging.saved_bytes is not None


@pytest.fixture
def replaced(asked) -> Place:
    """A video that was packaged twice, and of whose first packaging something is left that nobody knows of."""
    asked.package()
    asked.local.write("videos/v1/hls/720p.mp4", [b"of a worker that was killed"], Attributes("video/mp4"))
    asked.media.package_again(OPERATOR, asked.catalog.video(VIDEO), Ladder.FIXED)
    asked.package()
    return asked


def clearings(place: Place) -> list[str]:
    """What the worker is to clear by now."""
    return [each.argument for each in Requests(place.database).due(place.now, CLEARING, 9)]


def test_whoever_watches_what_is_replaced_sees_it_to_its_end(replaced):
    assert {"videos/v1/hls/90p.mp4", "videos/v1/hls/90p.m3u8", "videos/v1/hls-2/90p.mp4"} <= replaced.stored()
    replaced.now += timedelta(hours=23)
    assert clearings(replaced) == []
    replaced.now += timedelta(hours=1)
    assert clearings(replaced) == [VIDEO]

    replaced.media.remove_replaced(VIDEO, lambda: False)

    assert replaced.stored() == {each.key for each in replaced.objects().values()}


def test_what_is_replaced_is_cleared_while_the_video_is_packaged_once_more(replaced):
    replaced.media.package_again(OPERATOR, replaced.catalog.video(VIDEO), Ladder.FIXED)
    replaced.local.write("videos/v1/hls-3/90p.mp4", [b"just being stored"], Attributes("video/mp4"))

    replaced.media.remove_replaced(VIDEO, lambda: False)

    assert replaced.stored() == {each.key for each in replaced.objects().values()} | {"videos/v1/hls-3/90p.mp4"}


def test_what_cannot_be_cleared_now_is_cleared_a_day_later(replaced, monkeypatch):
    def refuse(*_: object) -> None:
        raise StorageBusy("It asks to come back later.", "Wait.")

    replaced.now += timedelta(hours=24)
    with monkeypatch.context() as patched:
        patched.setattr(LocalProvider, "list", refuse)
        replaced.media.remove_replaced(VIDEO, lambda: False)
    replaced.now += timedelta(hours=24)

    assert clearings(replaced) == [VIDEO, VIDEO]


def test_a_video_that_is_gone_has_nothing_to_be_cleared(place):
    place.media.remove_replaced("none", lambda: False)

    assert clearings(place) == []


def test_what_was_there_stays_when_a_new_packaging_fails(asked, monkeypatch):
    asked.package()
    before = asked.objects()
    asked.media.package_again(OPERATOR, asked.catalog.video(VIDEO), Ladder.FIXED)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/absent/ffmpeg")

    assert asked.package().state is State.FAILED
    assert asked.objects() == before
    assert asked.stored() == {each.key for each in before.values()}


def test_moved_to_another_provider_meanwhile_it_is_stored_there_too(tmp_path, settings, clips, monkeypatch):
    place = Place(tmp_path / "place", settings)
    other = LocalProvider(tmp_path / "other", b"secret", place.clock, "elsewhere")
    place = Place(tmp_path / "place", settings, providers=[place.local, other])
    place.add(clips("silent.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)
    recorded = Attempt._recorded

    def moved_first(self, copy, *words):
        if copy.provider == "local":
            original = copy.object("original")
            other.write(original.key, place.local.read(original.key), Attributes("video/mp4"))
            with place.database.transaction() as connection:
                record_copy(connection, VIDEO, "elsewhere", [original], place.now)
                serve_from(connection, VIDEO, "elsewhere", place.now)
        return recorded(self, copy, *words)

    monkeypatch.setattr(Attempt, "_recorded", moved_first)

    assert place.package().state is State.DONE
    assert place.objects("elsewhere").keys() == NAMES - {"audio", "audio.m3u8"}
    assert {each.key for each in other.list()} == {each.key for each in place.objects("elsewhere").values()}


def test_a_fault_of_the_program_is_recorded_and_told(asked, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(attempts, "write_folder", broken)

    with pytest.raises(ZeroDivisionError):
        asked.package()

    packaging = asked.packaging()
    assert (packaging.state, packaging.problem) == (State.FAILED, "A fault of the program: ZeroDivisionError.")


def test_an_attempt_that_takes_its_worker_with_it_is_not_begun_for_ever(asked, monkeypatch):
    cut_after(monkeypatch, Packager, "prepare")
    for _ in range(8):
        with pytest.raises(Cut):
            asked.package()

    packaging = asked.package()

    assert packaging.state is State.FAILED
    assert packaging.problem == "Packaging was begun 8 times, and never came to an end."


def test_a_video_that_is_gone_needs_no_packaging(asked):
    with asked.database.transaction() as connection:
        connection.execute("delete from served_copies")
        connection.execute("delete from videos")

    asked.media.do(VIDEO, lambda: False)

    assert asked.media.packaging(VIDEO) is None


def test_how_far_it_is_can_be_seen(asked, monkeypatch):
    seen = []
    kept = Attempt._kept

    def look(self, *words):
        asked.now += timedelta(seconds=2)
        seen.append((asked.packaging().state, asked.packaging().stage))
        return kept(self, *words)

    monkeypatch.setattr(Attempt, "_kept", look)
    asked.package()

    assert (State.WORKING, "storing") in seen
    assert [packaging.video_id for packaging in asked.media.latest()] == [VIDEO]
    assert asked.packaging().stage == ""
