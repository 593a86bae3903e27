"""Noncurrent versions and markers that nothing lies behind are removed for good; what is current or locked is not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.actions.action import Phase, Step
from core.actions.kinds.old_versions import OldVersions
from core.catalog.video import Kind
from core.errors import ActionRefused, StateChanged
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass
from core.storage.s3 import S3Provider
from core.units import GIB, KIB
from tests.actions.conftest import OLGA, OTTO
from tests.actions.kinds.conftest import Making
from tests.actions.kinds.workplace import Workplace, held
from tests.support import s3_faults
from tests.support.strict_s3 import StrictS3

SIZE = 256 * KIB
MONTH = Decimal(12) / 365


@pytest.fixture
def place(bucket: S3Provider, s3: StrictS3, made: Making) -> Workplace:
    s3.client().put_bucket_versioning(Bucket="videos", VersioningConfiguration={"Status": "Enabled"})
    return made(bucket, OldVersions)


def put(place: Workplace, key: str, times: int = 1, storage_class: StorageClass = StorageClass.STANDARD) -> None:
    for number in range(times):
        place.provider.write(key, [bytes([number]) * SIZE], Attributes("video/mp4", "", storage_class))


def left(place: Workplace) -> list[tuple[str, bool, bool]]:
    """Key, whether it is the latest, whether it is a marker."""
    return [(each.key, each.is_latest, each.is_delete_marker) for each in place.provider.versions()]


def test_noncurrent_versions_go_and_the_current_one_stays(place: Workplace):
    put(place, "a", times=3)
    put(place, "b")
    place.time.passes(days=31)
    seen = place.preview()
    assert seen.summary == "Removes 2 noncurrent versions of videos for good."
    assert seen.saving_usd == Decimal("0.023") * 2 * SIZE / GIB
    assert (seen.one_off_usd, seen.undo.possible) == (Decimal("0.00001"), False)  # a look at each

    id = place.apply()
    assert place.counts(id) == {Step.DONE: 2}
    assert left(place) == [("a", True, False), ("b", True, False)]
    assert b"".join(place.provider.read("a")) == b"\x02" * SIZE
    with pytest.raises(ActionRefused, match="nothing brings it back"):
        place.undo(id)


def test_what_is_not_old_enough_or_elsewhere_stays(place: Workplace):
    put(place, "videos/a", times=2)
    put(place, "other/a", times=2)
    place.time.passes(days=5, minutes=1)  # S3's clock is another one
    with pytest.raises(ActionRefused, match="No version here is noncurrent for 30 days"):
        place.preview()
    seen = place.preview(older_than_days=5, prefix="videos/")
    assert [(each.before or {})["key"] for each in seen.items] == ["videos/a"]


def test_the_newest_of_the_old_ones_are_kept(place: Workplace):
    put(place, "a", times=4)
    place.time.passes(days=31)
    assert len(place.preview(keep_newest=2).items) == 1
    place.apply(keep_newest=2)
    assert len(left(place)) == 3
    with pytest.raises(ActionRefused):
        place.preview(keep_newest=2)


def test_a_marker_goes_once_nothing_lies_behind_it(place: Workplace):
    put(place, "a", times=2)
    place.provider.delete("a")
    place.time.passes(days=31)
    seen = place.preview()
    assert seen.summary == "Removes 2 noncurrent versions and 1 delete marker of videos for good."
    assert "delete marker" in seen.items[-1].key
    place.apply()
    assert left(place) == []


def test_a_marker_stays_above_what_stays(place: Workplace):
    put(place, "a", times=2)
    place.provider.delete("a")
    place.time.passes(days=31)
    place.apply(keep_newest=1)
    assert left(place) == [("a", True, True), ("a", False, False)]


def test_an_orphaned_marker_goes(place: Workplace):
    put(place, "a")
    place.provider.delete("a")
    (old,) = [each for each in place.provider.versions() if not each.is_delete_marker]
    place.provider.remove_version("a", old.version_id)
    place.time.passes(days=31)
    assert place.preview().summary == "Removes 1 delete marker of videos for good."
    place.apply()
    assert left(place) == []


def test_what_became_current_again_is_not_removed(place: Workplace):
    put(place, "a")
    place.provider.delete("a")
    put(place, "b", times=2)
    place.time.passes(days=31)
    id = place.actions.apply(OLGA, place.preview(), place.time.now)
    (marker,) = [each for each in place.provider.versions("a") if each.is_delete_marker]
    place.provider.remove_version("a", marker.version_id)  # somebody takes the removal back
    place.work(id)
    assert place.counts(id) == {Step.CHANGED: 1, Step.DONE: 2}
    assert left(place) == [("a", True, False), ("b", True, False)]
    assert place.provider.head("a").size_bytes == SIZE


def test_a_new_version_under_a_marker_that_is_due_keeps_it(place: Workplace):
    put(place, "a")
    place.provider.delete("a")
    place.time.passes(days=31)
    id = place.actions.apply(OLGA, place.preview(), place.time.now)
    put(place, "a")
    place.work(id)
    assert place.provider.head("a").size_bytes == SIZE
    assert place.counts(id) == {Step.DONE: 1, Step.CHANGED: 1}


def test_locked_versions_are_left_out_and_counted(bucket: S3Provider, s3: StrictS3, made: Making):
    client, place = s3.client(), made(bucket, OldVersions)
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    bucket._bucket.name = "locked"
    until = place.time.now + timedelta(days=365)
    client.put_object(Bucket="locked", Key="a", Body=b"1", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)
    client.put_object(Bucket="locked", Key="a", Body=b"22", ObjectLockLegalHoldStatus="ON")
    client.put_object(Bucket="locked", Key="a", Body=b"333")
    client.put_object(Bucket="locked", Key="a", Body=b"4444")
    place.time.passes(days=31)
    seen = place.preview()
    assert [each.size_bytes for each in seen.items] == [3]
    assert any("2 versions are left out: retention or a legal hold in S3" in each for each in seen.warnings)
    place.apply()
    with pytest.raises(ActionRefused, match="but for 2 versions that may not be removed"):
        place.preview()


def test_versions_of_a_video_on_legal_hold_stay(place: Workplace):
    place.film("v", (Kind.ORIGINAL, "original", SIZE))
    put(place, "videos/v/original")
    put(place, "a", times=2)
    put(place, "b", times=2)
    place.film("w", (Kind.ORIGINAL, "original", SIZE))
    put(place, "videos/w/original")
    held(place.database, "v")
    place.time.passes(days=31)
    seen = place.preview()
    assert [(each.before or {})["key"] for each in seen.items] == ["a", "b", "videos/w/original"]
    assert "1 version is left out: its video is on legal hold." in seen.warnings
    id = place.actions.apply(OLGA, seen, place.time.now)
    held(place.database, "w")
    place.work(id)
    assert place.counts(id) == {Step.DONE: 2, Step.CHANGED: 1}


def test_what_leaves_its_class_early_is_paid_for(place: Workplace):
    put(place, "a", times=2, storage_class=StorageClass.GLACIER_IR)
    place.time.passes(days=31)
    age = (place.time.now - next(each.modified_at for each in place.provider.versions() if not each.is_latest)).days
    seen = place.preview()
    early = Decimal("0.004") * SIZE / GIB * (90 - age) * MONTH
    assert seen.one_off_usd == early + Decimal("0.000005")


def test_a_place_without_versions_says_so(folder: LocalProvider, made: Making):
    with pytest.raises(ActionRefused, match="demo-s3 keeps no versions"):
        made(folder, OldVersions).preview()


def test_a_bucket_without_versioning_has_nothing_to_remove(bucket: S3Provider, made: Making):
    place = made(bucket, OldVersions)
    put(place, "a", times=2)
    place.time.passes(days=31)
    with pytest.raises(ActionRefused, match="No version here is noncurrent"):
        place.preview()


@pytest.mark.parametrize("terms", [{"older_than_days": 0}, {"keep_newest": -1}, {"prefix": None}, {"older": 3}])
def test_terms_that_make_no_sense_are_refused(place: Workplace, terms: dict[str, Any]):
    with pytest.raises(ActionRefused):
        place.preview(**terms)


def test_what_came_between_preview_and_apply_is_told_and_two_people_do_it_once(place: Workplace):
    put(place, "a", times=2)
    place.time.passes(days=31)
    seen = place.preview()
    put(place, "b", times=2)
    with pytest.raises(StateChanged):
        place.actions.apply(OLGA, seen, place.time.now)
    place.actions.apply(OLGA, place.preview(), place.time.now)
    with pytest.raises(ActionRefused, match="asked for by olga"):
        place.actions.apply(OTTO, seen, place.time.now)


def test_denied_in_the_middle_it_can_be_gone_on_with(place: Workplace, s3: StrictS3):
    put(place, "a", times=2)
    put(place, "b", times=2)
    place.time.passes(days=31)
    s3.plan(s3_faults.denied("s3:DeleteObjectVersion"), "b", "DELETE")
    id = place.apply()
    taken = place.taken(id)
    assert (taken.phase, taken.counts) == (Phase.STOPPED, {Step.DONE: 1, Step.WAITING: 1})
    assert "Allow s3:DeleteObjectVersion" in taken.advice
    place.go_on(id)
    assert place.taken(id).phase is Phase.APPLIED


def test_throttled_it_is_tried_again(place: Workplace, s3: StrictS3):
    put(place, "a", times=2)
    place.time.passes(days=31)
    s3.plan(s3_faults.slow_down, "a", "DELETE", times=2)
    id = place.apply()
    assert place.taken(id).phase is Phase.APPLYING
    place.work(id)
    assert place.taken(id).phase is Phase.APPLIED


def test_a_price_that_the_region_lacks_is_told(place: Workplace):
    put(place, "a", times=2)
    place.time.passes(days=31)
    place.provider._bucket.region = "moon-1"
    seen = place.preview()
    assert (seen.saving_usd, seen.one_off_usd) == (None, None)
    assert sum("is not known" in each for each in seen.warnings) == 2
