"""Uploads that nobody completes are aborted; those of our own that go on are not."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.actions.action import Phase, Step
from core.actions.kinds.unfinished_uploads import UnfinishedUploads
from core.database import Database
from core.errors import ActionRefused, StateChanged
from core.storage.local import LocalProvider
from core.storage.provider import Multipart, StorageProvider
from core.storage.s3 import S3Provider
from core.units import GIB, MIB, instant_text
from tests.actions.conftest import OLGA, OTTO
from tests.actions.kinds.conftest import Making
from tests.actions.kinds.workplace import OF_A_DAY, Workplace
from tests.support import s3_faults
from tests.support.strict_s3 import StrictS3

PART = b"p" * MIB
OF_ANY_TIME = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def place(provider: StorageProvider, made: Making) -> Workplace:
    return made(provider, UnfinishedUploads)


def begun(provider: Multipart, key: str, parts: int = 1) -> str:
    id = provider.start_upload(key, OF_A_DAY)
    for number in range(1, parts + 1):
        provider.write_part(key, id, number, PART)
    return id


def left(place: Workplace) -> list[str]:
    return sorted(each.key for each in place.provider.unfinished_uploads())


def test_what_is_old_enough_is_aborted_with_its_parts(place: Workplace):
    begun(place.provider, "videos/old", parts=2)
    begun(place.provider, "other/old")
    place.time.passes(days=8)

    seen = place.preview(prefix="videos/")
    assert [each.size_bytes for each in seen.items] == [2 * MIB]
    assert seen.saving_usd == Decimal("0.023") * 2 * MIB / GIB
    assert (seen.one_off_usd, seen.undo.possible) == (0, False)

    id = place.apply(prefix="videos/")
    assert left(place) == ["other/old"]
    assert place.counts(id) == {Step.DONE: 1}
    with pytest.raises(ActionRefused, match="Parts that are removed are gone"):
        place.undo(id)


def test_what_is_too_young_is_not_aborted(folder: LocalProvider, made: Making):
    place = made(folder, UnfinishedUploads)  # the stand-in of S3 dates every upload to 2010
    begun(folder, "young")
    place.time.passes(days=6)
    with pytest.raises(ActionRefused, match="No upload here is unfinished for 7 days"):
        place.preview()
    assert len(place.preview(older_than_days=5).items) == 1


def test_what_is_left_out_is_counted(folder: LocalProvider, made: Making):
    place = made(folder, UnfinishedUploads)
    begun(folder, "old")
    place.time.passes(days=8)
    begun(folder, "young")
    seen = place.preview()
    assert [(each.before or {})["key"] for each in seen.items] == ["old"]
    assert "1 upload is left out: begun less than 7 days ago." in seen.warnings


@pytest.mark.parametrize("state", ["receiving", "completing", "duplicate"])
def test_uploads_of_ours_that_go_on_are_never_touched(place: Workplace, database: Database, state: str):
    begun(place.provider, "videos/ours")
    begun(place.provider, "videos/lost")
    session_at(database, place.provider.name, "videos/ours", state)
    place.time.passes(days=30)
    seen = place.preview()
    assert [(each.before or {})["key"] for each in seen.items] == ["videos/lost"]
    assert any("1 upload is left out: an upload or a migration" in each for each in seen.warnings)


def test_parts_of_a_migration_that_may_go_on_are_never_touched(place: Workplace, database: Database):
    begun(place.provider, "videos/v/original.mp4")
    place.time.passes(days=30)
    migrated(database, place.provider.name, "videos/v/original.mp4")
    with pytest.raises(ActionRefused):
        place.preview()
    with database.transaction() as connection:
        connection.execute("update migrations set state = 'cancelled'")
    assert len(place.preview().items) == 1


def test_an_upload_that_becomes_ours_after_the_preview_is_left_alone(place: Workplace, database: Database):
    begun(place.provider, "videos/a")
    begun(place.provider, "videos/b")
    place.time.passes(days=30)
    id = place.actions.apply(OLGA, place.preview(), place.time.now)
    session_at(database, place.provider.name, "videos/a", "receiving")
    place.work(id)
    assert place.counts(id) == {Step.CHANGED: 1, Step.DONE: 1}
    assert left(place) == ["videos/a"]


def test_an_upload_that_goes_on_after_the_preview_is_left_alone(place: Workplace):
    upload = begun(place.provider, "videos/a")
    place.time.passes(days=30)
    id = place.actions.apply(OLGA, place.preview(), place.time.now)
    place.provider.write_part("videos/a", upload, 2, PART)
    place.work(id)
    assert place.counts(id) == {Step.CHANGED: 1}
    assert left(place) == ["videos/a"]


def test_what_came_between_preview_and_apply_is_told(place: Workplace):
    upload = begun(place.provider, "videos/a")
    place.time.passes(days=30)
    seen = place.preview()
    place.provider.write_part("videos/a", upload, 2, PART)
    with pytest.raises(StateChanged):
        place.actions.apply(OLGA, seen, place.time.now)


def test_two_people_abort_it_once(place: Workplace):
    begun(place.provider, "videos/a")
    place.time.passes(days=30)
    seen = place.preview()
    id = place.actions.apply(OLGA, seen, place.time.now)
    with pytest.raises(ActionRefused, match="applying already, asked for by olga"):
        place.actions.apply(OTTO, seen, place.time.now)
    place.work(id)
    with pytest.raises(ActionRefused, match="No upload here is unfinished"):
        place.actions.apply(OTTO, seen, place.time.now)


def test_what_was_completed_meanwhile_is_done_with(place: Workplace):
    upload = begun(place.provider, "videos/a")
    place.time.passes(days=30)
    id = place.actions.apply(OLGA, place.preview(), place.time.now)
    place.provider.abort_upload("videos/a", upload)
    place.work(id)
    assert place.counts(id) == {Step.DONE: 1}


def test_terms_that_make_no_sense_are_refused(place: Workplace):
    for terms in ({"older_than_days": 0}, {"older_than_days": "7"}, {"prefix": 7}, {"older": 3}):
        with pytest.raises(ActionRefused):
            place.preview(**terms)


def test_denied_in_the_middle_it_can_be_gone_on_with(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, UnfinishedUploads)
    begun(bucket, "a")
    begun(bucket, "b")
    place.time.passes(days=8)
    s3.plan(s3_faults.denied("s3:AbortMultipartUpload"), "b", "DELETE")
    id = place.apply()
    taken = place.taken(id)
    assert (taken.phase, taken.counts) == (Phase.STOPPED, {Step.DONE: 1, Step.WAITING: 1})
    assert "Allow s3:AbortMultipartUpload on arn:aws:s3:::videos/*." in taken.advice
    place.go_on(id)
    assert (place.taken(id).phase, left(place)) == (Phase.APPLIED, [])


def test_throttled_it_is_tried_again(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, UnfinishedUploads)
    begun(bucket, "a")
    place.time.passes(days=8)
    s3.plan(s3_faults.slow_down, "a", "DELETE", times=2)  # the client asks twice
    id = place.apply()
    assert (place.taken(id).phase, left(place)) == (Phase.APPLYING, ["a"])
    place.work(id)
    assert (place.taken(id).phase, left(place)) == (Phase.APPLIED, [])


def test_where_no_price_is_known_it_says_so(bucket: S3Provider, made: Making):
    place = made(bucket, UnfinishedUploads)
    begun(bucket, "a")
    place.time.passes(days=8)
    bucket._bucket.region = "moon-1"  # its client is made by now, and signs for another
    seen = place.preview()
    assert seen.saving_usd is None
    assert any("What it saves a month is not known" in each and "moon-1" in each for each in seen.warnings)


def session_at(database: Database, provider: str, key: str, state: str) -> None:
    """A recorded upload of ours."""
    at = instant_text(OF_ANY_TIME)
    with database.transaction() as connection:
        connection.execute(
            "insert into uploads (id, owner, fingerprint, file_name, title, size_bytes, part_bytes, content_type,"
            " residency, visibility, provider, reason, mode, key, upload_id, state, problem, started_at, active_at,"
            " active_s, cleared, packaging_asked) values (?, 'olga', '', 'f', 't', 1, 1, 'video/mp4', '', 'public', ?,"
            " '', 'parts', ?, '', ?, '', ?, ?, 0, false, false)",
            (key, provider, key, state, at, at),
        )


def migrated(database: Database, target: str, key: str) -> None:
    """A migration that is copying an object there."""
    at = instant_text(OF_ANY_TIME)
    with database.transaction() as connection:
        connection.execute(
            "insert into videos (id, slug, title, residency, visibility, size_bytes, created_by, created_at,"
            " search_text) values ('v', 'v', 'v', '', 'public', 1, 'olga', ?, 'v')",
            (at,),
        )
        connection.execute(
            "insert into migrations (id, name, source, target, options, estimate, adopts, timetable, grace_days, state,"
            " created_by, created_at, changed_at) values ('m', 'm', 'supabase', ?, '{}', '{}', false, '', 7, 'paused',"
            " 'olga', ?, ?)",
            (target, at, at),
        )
        connection.execute(
            "insert into migration_videos (migration_id, video_id, position, state, objects, size_bytes,"
            " monthly_before_usd, monthly_after_usd, one_off_usd, changed_at)"
            " values ('m', 'v', 1, 'copying', 1, 1, '0', '0', '0', ?)",
            (at,),
        )
        connection.execute(
            "insert into migration_objects (migration_id, video_id, name, source_key, source_etag, size_bytes,"
            " target_key, copy_id, upload_id, part_bytes, done, adopted)"
            " values ('m', 'v', 'original', 's', 'e', 1, ?, 'c', 'u', 1, false, false)",
            (key,),
        )
