"""A rung goes off playlists at once, its objects when nobody watches it any more; it is made again of the original."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.actions.action import Extent, Phase, Step
from core.actions.doing import Doer
from core.actions.kinds.rung_dropping import RungDropping
from core.catalog.catalog import Catalog
from core.catalog.video import Copy, Kind
from core.database import Database
from core.errors import ActionRefused, StateChanged
from core.media.master import without
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.s3 import S3Provider
from core.units import GIB, KIB, instant_text
from tests.actions.conftest import OLGA, OTTO
from tests.actions.kinds.conftest import Making
from tests.actions.kinds.workplace import Workplace, held
from tests.support import s3_faults
from tests.support.strict_s3 import StrictS3

SIZE = 256 * KIB
SOUND = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",DEFAULT=YES,URI="audio.m3u8"'


def stream(rung: str, bandwidth: int) -> str:
    return f'#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},AVERAGE-BANDWIDTH=9,AUDIO="audio"\n{rung}.m3u8\n'


HEAD = f"#EXTM3U\n#EXT-X-VERSION:7\n{SOUND}\n"
MASTER = HEAD + stream("720p", 2_400_000) + stream("1080p", 6_000_000) + stream("360p", 800_000)
FILM: tuple[tuple[Kind, str, int | bytes], ...] = (
    (Kind.ORIGINAL, "original", 4 * SIZE),
    (Kind.RENDITION, "1080p", 2 * SIZE),
    (Kind.RENDITION, "720p", SIZE),
    (Kind.RENDITION, "360p", SIZE),
    (Kind.PLAYLIST, "1080p.m3u8", 100),
    (Kind.PLAYLIST, "master.m3u8", MASTER.encode()),
)


@pytest.fixture
def place(provider: StorageProvider, made: Making) -> Workplace:
    return made(provider, RungDropping)


@pytest.fixture
def here(folder: LocalProvider, made: Making) -> Workplace:
    return made(folder, RungDropping)


def the_copy(place: Workplace, id: str = "v") -> Copy:
    (copy,) = Catalog(place.database).copies(id)
    return copy


def served(place: Workplace, id: str = "v") -> str:
    """The playlist as a viewer gets it who comes now; it is read as the catalogue has it."""
    master = the_copy(place, id).object("master.m3u8")
    assert master is not None
    return b"".join(place.provider.read(master.key, etag=master.etag)).decode()


def keys(place: Workplace) -> list[str]:
    return [each.key for each in place.provider.list()]


def a_day_later(place: Workplace, id: str) -> None:
    place.time.passes(hours=25)
    place.work(id)


def test_a_rung_is_taken_out_and_players_begin_with_what_most_connections_carry():
    assert without(MASTER, "1080p") == HEAD + stream("720p", 2_400_000) + stream("360p", 800_000)
    assert without(MASTER, "720p") == HEAD + stream("360p", 800_000) + stream("1080p", 6_000_000)
    high = HEAD + stream("720p", 2_400_000) + stream("1080p", 6_000_000) + stream("1440p", 9_000_000)
    assert without(high, "720p") == HEAD + stream("1080p", 6_000_000) + stream("1440p", 9_000_000)
    assert without(MASTER, "1440p") is None
    assert without(HEAD + stream("720p", 1), "720p") is None


def test_the_playlist_changes_at_once_and_the_objects_stay_for_a_day(place: Workplace):
    place.film("v", *FILM)
    seen = place.preview(rung="1080p")
    assert place.keys(seen) == [
        "videos/v/master-no-1080p.m3u8", "videos/v/1080p", "videos/v/master.m3u8", "videos/v/1080p.m3u8",
    ]  # fmt: skip
    assert seen.saving_usd == Decimal("0.023") * 2 * SIZE / GIB
    assert seen.extent == Extent(1, 2 * SIZE), "the rung itself, as other playlists take the place of its"
    assert (seen.one_off_usd, seen.undo.usd) == (Decimal("0.000005"), 0)

    id = place.apply(rung="1080p")
    assert "1080p" not in served(place)
    assert {"videos/v/1080p", "videos/v/1080p.m3u8", "videos/v/master.m3u8"} <= set(keys(place)), "somebody watches"
    assert the_copy(place).object("1080p") is not None
    taken = place.taken(id)
    assert (taken.phase, taken.counts) == (Phase.APPLYING, {Step.DONE: 1, Step.WAITING: 3})
    assert "may still watch" in taken.problem

    a_day_later(place, id)
    assert (place.taken(id).phase, place.counts(id)) == (Phase.APPLIED, {Step.DONE: 4})
    assert keys(place) == [
        "videos/v/360p", "videos/v/720p", "videos/v/master-no-1080p.m3u8", "videos/v/original",
    ]  # fmt: skip
    assert {each.name for each in the_copy(place).objects} == {"original", "720p", "360p", "master.m3u8"}
    assert "720p.m3u8" in served(place)


def test_within_a_day_it_is_put_back_for_nothing(place: Workplace):
    place.film("v", *FILM)
    id = place.apply(rung="1080p")
    place.actions.stop(OLGA, id, place.time.now)
    Doer(place.handles).do(id, lambda: True)
    told = place.actions.preview_undo(OLGA, id, place.time.now)
    assert (told.usd, told.possible) == (0, True)
    assert "the old playlist and the objects are still there" in told.words
    place.undo(id)
    assert served(place) == MASTER
    assert (place.taken(id).phase, place.packaged) == (Phase.UNDONE, [])


def test_after_it_the_rung_is_made_anew_of_the_original(here: Workplace):
    here.film("v", *FILM, storage_class=StorageClass.STANDARD_IA)
    id = here.apply(rung="1080p")
    a_day_later(here, id)
    told = here.actions.preview_undo(OLGA, id, here.time.now)
    assert told.usd == Decimal("0.01") * 4 * SIZE / GIB
    assert told.words == "1 video: packaged anew of the original, all rungs."
    here.undo(id)
    assert (here.taken(id).phase, set(here.packaged)) == (Phase.UNDONE, {"v"})


def test_without_an_original_it_cannot_come_back_and_is_not_taken(here: Workplace):
    here.film("v", *FILM)
    here.film("w", *FILM[1:])
    here.film("x", *FILM)
    here.provider.delete("videos/x/original")
    seen = here.preview(rung="1080p")
    assert [(each.before or {})["video_id"] for each in seen.items if each.after] == ["v"]
    assert "2 videos are left out: their original is not there to make it anew of." in seen.warnings
    id = here.apply(rung="1080p")
    a_day_later(here, id)
    here.provider.delete("videos/v/original")
    here.undo(id)
    assert here.counts(id) == {Step.KEPT: 4}


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        ([each for each in FILM if each[1] not in ("720p", "360p")], "no other rung would be left"),
        ([each for each in FILM if each[1] != "1080p"], "they have no such rung"),
        ([(each[0], each[1], b"#EXTM3U") if each[1] == "master.m3u8" else each for each in FILM], "does not name it"),
        ([each for each in FILM if each[1] != "master.m3u8"], "their playlist cannot be read"),
    ],
    ids=["the last rung", "no rung", "another playlist", "no playlist"],
)
def test_what_would_not_play_any_more_is_left_out(here: Workplace, objects: Any, why: str):
    here.film("v", *objects)
    with pytest.raises(ActionRefused, match=why):
        here.preview(rung="1080p", videos=["v"])


def test_a_video_that_is_packaged_or_moved_is_left_alone(here: Workplace, database: Database):
    here.film("v", *FILM)
    here.film("w", *FILM)
    packaged(database, "v", "working")
    seen = here.preview(rung="1080p")
    assert "1 video is left out: they are being packaged." in seen.warnings
    id = here.actions.apply(OLGA, seen, here.time.now)
    packaged(database, "w", "waiting")
    here.work(id)
    assert "waits: they are being packaged" in here.taken(id).problem
    assert served(here, "w") == MASTER
    with database.transaction() as connection:
        connection.execute("update packagings set state = 'done'")
    here.work(id)
    assert "1080p" not in served(here, "w")


def test_a_video_on_legal_hold_loses_nothing(here: Workplace):
    here.film("v", *FILM)
    here.film("w", *FILM)
    held(here.database, "v")
    seen = here.preview(rung="1080p")
    assert "1 video is left out: they are on legal hold." in seen.warnings
    id = here.apply(rung="1080p")
    held(here.database, "w")
    a_day_later(here, id)
    assert here.counts(id) == {Step.DONE: 1, Step.CHANGED: 3}
    assert "videos/w/1080p" in keys(here)


def test_killed_between_the_new_playlist_and_its_record_it_is_gone_on_with(here: Workplace, monkeypatch: Any):
    here.film("v", *FILM)
    id = here.actions.apply(OLGA, here.preview(rung="1080p"), here.time.now)
    true_write = LocalProvider.write

    def die(self: LocalProvider, *told: Any, **more: Any) -> Any:
        true_write(self, *told, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalProvider, "write", die)
    with pytest.raises(KeyboardInterrupt):
        here.work(id)
    assert served(here) == MASTER, "viewers get what is whole"
    monkeypatch.setattr(LocalProvider, "write", true_write)
    here.work(id)
    assert "1080p" not in served(here)


def test_killed_while_an_object_is_removed_it_is_gone_on_with(here: Workplace, monkeypatch: Any):
    here.film("v", *FILM)
    id = here.apply(rung="1080p")
    here.time.passes(hours=25)
    true_delete = LocalProvider.delete

    def die(self: LocalProvider, key: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalProvider, "delete", die)
    with pytest.raises(KeyboardInterrupt):
        here.work(id)
    monkeypatch.setattr(LocalProvider, "delete", true_delete)
    here.work(id)
    assert (here.taken(id).phase, "videos/v/1080p" in keys(here)) == (Phase.APPLIED, False)


def test_what_lost_its_record_before_it_was_stopped_is_made_anew(here: Workplace, monkeypatch: Any):
    here.film("v", *FILM)
    id = here.apply(rung="1080p")
    here.time.passes(hours=25)

    def deny(self: LocalProvider, key: str) -> None:
        raise PermissionError

    monkeypatch.setattr(LocalProvider, "delete", deny)
    here.work(id)
    assert here.taken(id).phase is Phase.STOPPED
    here.undo(id)
    assert here.packaged == ["v"], "the old playlist would name a rung that nobody knows"
    assert "1080p" not in served(here)


def test_a_video_that_was_packaged_anew_meanwhile_keeps_its_new_playlist(here: Workplace, database: Database):
    here.film("v", *FILM)
    id = here.actions.apply(OLGA, here.preview(rung="1080p"), here.time.now)
    with database.transaction() as connection:
        connection.execute("update objects set key = 'videos/v/hls-2/master.m3u8' where name = 'master.m3u8'")
    here.work(id)
    assert here.counts(id)[Step.CHANGED] == 1


def test_a_playlist_that_still_names_an_object_keeps_it(here: Workplace, database: Database):
    here.film("v", *FILM)
    id = here.apply(rung="1080p")
    with database.transaction() as connection:
        connection.execute("update objects set key = 'videos/v/master.m3u8' where name = 'master.m3u8'")
    a_day_later(here, id)
    assert here.counts(id) == {Step.DONE: 1, Step.CHANGED: 3}
    assert "videos/v/1080p" in keys(here)


def test_what_was_replaced_between_preview_and_apply_is_told_and_two_people_do_it_once(place: Workplace):
    place.film("v", *FILM)
    seen = place.preview(rung="1080p")
    place.provider.write("videos/v/1080p", [b"new"], Attributes("video/mp4"))
    with pytest.raises(StateChanged):
        place.actions.apply(OLGA, seen, place.time.now)
    place.actions.apply(OLGA, place.preview(rung="1080p"), place.time.now)
    with pytest.raises(ActionRefused, match="asked for by olga"):
        place.actions.apply(OTTO, seen, place.time.now)


def test_denied_in_the_middle_it_can_be_gone_on_with(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, RungDropping)
    place.film("v", *FILM)
    place.film("w", *FILM)
    s3.plan(s3_faults.denied("s3:PutObject"), "w/master-no-1080p.m3u8", "PUT")
    id = place.apply(rung="1080p")
    assert (place.taken(id).phase, place.counts(id)[Step.DONE]) == (Phase.STOPPED, 1)
    assert ("1080p" in served(place, "v"), "1080p" in served(place, "w")) == (False, True)
    place.go_on(id)
    a_day_later(place, id)
    assert place.taken(id).phase is Phase.APPLIED


def test_throttled_it_is_tried_again(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, RungDropping)
    place.film("v", *FILM)
    s3.plan(s3_faults.slow_down, "v/master-no-1080p.m3u8", "PUT", times=2)
    id = place.apply(rung="1080p")
    assert (place.taken(id).phase, served(place)) == (Phase.APPLYING, MASTER)
    place.work(id)
    assert "1080p" not in served(place)


def test_an_archived_original_is_warned_of(here: Workplace):
    here.film("v", *FILM)
    here.provider.set_storage_class("videos/v/original", StorageClass.DEEP_ARCHIVE)
    here.film("w", *FILM)
    with here.database.transaction() as connection:
        connection.execute("update objects set storage_class = 'DEEP_ARCHIVE' where key = 'videos/v/original'")
    assert any("restored first, which takes up to 12 hours" in each for each in here.preview(rung="1080p").warnings)


def packaged(database: Database, video_id: str, state: str) -> None:
    at = instant_text(datetime(2026, 11, 1, tzinfo=UTC))
    with database.transaction() as connection:
        connection.execute(
            "insert into packagings (video_id, request, revision, ladder, state, stage, share, attempts, problem,"
            " advice, warnings, requested_at) values (?, 'r', 1, 'per-title', ?, '', 0, 0, '', '', '[]', ?)",
            (video_id, state, at),
        )
