"""Tags, cache headers and versions: what can be changed of objects where they lie."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ObjectArchived, ObjectChanged, ObjectNotFound, StorageDenied
from core.storage import s3_copies
from core.storage.abilities import CacheControlled, Tagged, Versioned
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.local import LocalProvider
from core.storage.local_lifecycle import apply_rules
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.s3 import S3Provider
from core.units import KIB, MIB
from tests.storage.contract import VIDEO
from tests.support import s3_faults
from tests.support.strict_s3 import StrictS3

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LARGE = b"x" * 128 * KIB


@pytest.fixture
def local(tmp_path: Path) -> LocalProvider:
    return LocalProvider(tmp_path / "storage", b"", lambda: NOW)


@pytest.fixture(params=["a folder", "S3"])
def provider(request: pytest.FixtureRequest) -> StorageProvider:
    return request.getfixturevalue("local" if request.param == "a folder" else "s3_provider")


def test_tags_are_there_as_they_were_set(provider: StorageProvider):
    assert isinstance(provider, Tagged)
    provider.write("fight", [b"one"], VIDEO)
    assert provider.tags("fight") == {}
    provider.set_tags("fight", {"owner": "Ann + Bé", "tier": "cold"})
    assert provider.tags("fight") == {"owner": "Ann + Bé", "tier": "cold"}
    provider.set_tags("fight", {})
    assert provider.tags("fight") == {}


def test_a_new_object_has_no_tags_of_the_one_before(provider: StorageProvider):
    assert isinstance(provider, Tagged)
    provider.write("fight", [b"one"], VIDEO)
    provider.set_tags("fight", {"tier": "cold"})
    provider.write("fight", [b"two"], VIDEO)
    assert provider.tags("fight") == {}


def test_what_is_not_there_has_no_tags(provider: StorageProvider):
    assert isinstance(provider, Tagged)
    with pytest.raises(ObjectNotFound):
        provider.tags("nothing")
    with pytest.raises(ObjectNotFound):
        provider.set_tags("nothing", {"a": "b"})


def test_a_cache_header_changes_and_all_else_stays(provider: StorageProvider):
    assert isinstance(provider, CacheControlled)
    assert isinstance(provider, Tagged)
    kept = Attributes("video/mp4", "max-age=60", StorageClass.STANDARD_IA, {"copy-id": "one", "title": "Bé"})
    before = provider.write("fight", [LARGE], kept)
    provider.set_tags("fight", {"tier": "cold"})

    provider.set_cache_control("fight", "public, max-age=31536000, immutable")

    after = provider.head("fight")
    assert after.cache_control == "public, max-age=31536000, immutable"
    assert (after.content_type, after.storage_class, dict(after.metadata)) == (
        "video/mp4", StorageClass.STANDARD_IA, {"copy-id": "one", "title": "Bé"},
    )  # fmt: skip
    assert (after.size_bytes, after.crc64nvme) == (before.size_bytes, before.crc64nvme)
    assert provider.tags("fight") == {"tier": "cold"}
    assert b"".join(provider.read("fight")) == LARGE


def test_a_cache_header_can_be_taken_away(provider: StorageProvider):
    assert isinstance(provider, CacheControlled)
    provider.write("fight", [b"one"], VIDEO)
    assert provider.set_cache_control("fight", "").cache_control == ""
    assert provider.head("fight").content_type == "video/mp4"


def test_what_is_archived_has_to_be_restored_first(provider: StorageProvider):
    assert isinstance(provider, CacheControlled)
    provider.write("fight", [LARGE], Attributes("video/mp4", "max-age=60", StorageClass.DEEP_ARCHIVE))
    with pytest.raises(ObjectArchived):
        provider.set_cache_control("fight", "max-age=5")
    assert provider.head("fight").cache_control == "max-age=60"


def test_a_large_object_keeps_everything_too(s3_provider: S3Provider, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(s3_copies, "LARGEST_COPY", 1)
    monkeypatch.setattr(s3_copies, "_PIECE", 5 * MIB)
    content = b"x" * (5 * MIB + 3)
    s3_provider.write("fight", [content], Attributes("video/mp4", "max-age=60", metadata={"copy-id": "one"}))
    s3_provider.set_tags("fight", {"tier": "cold"})
    after = s3_provider.set_cache_control("fight", "max-age=5")
    assert (after.cache_control, after.content_type, dict(after.metadata)) == (
        "max-age=5", "video/mp4", {"copy-id": "one"},
    )  # fmt: skip
    assert s3_provider.tags("fight") == {"tier": "cold"}


def test_what_is_replaced_meanwhile_is_not_given_the_header(s3: StrictS3, s3_provider: S3Provider):
    s3_provider.write("fight", [b"one"], VIDEO)
    s3.plan(s3_faults.refuse(412, "PreconditionFailed"), "fight", "PUT")
    with pytest.raises(ObjectChanged):
        s3_provider.set_cache_control("fight", "max-age=5")


def test_rules_of_a_folder_find_objects_by_their_tags(local: LocalProvider):
    local.write("cold", [LARGE], VIDEO)
    local.write("warm", [LARGE], VIDEO)
    local.set_tags("cold", {"tier": "cold", "owner": "ann"})
    local.set_lifecycle_rules([LifecycleRule("r", "", {"tier": "cold"}, transitions=(Transition(0, "GLACIER_IR"),))])
    apply_rules(local, NOW + timedelta(days=1))
    assert [each.storage_class for each in local.list()] == [StorageClass.GLACIER_IR, StorageClass.STANDARD]
    assert local.tags("cold") == {"tier": "cold", "owner": "ann"}, "moving keeps them"


def test_a_folder_keeps_no_versions(local: LocalProvider):
    assert not isinstance(local, Versioned)


def versioned(s3: StrictS3) -> None:
    s3.client().put_bucket_versioning(Bucket=s3.bucket, VersioningConfiguration={"Status": "Enabled"})


def test_versions_and_delete_markers_are_told_from_the_latest_on(s3: StrictS3, s3_provider: S3Provider):
    assert not s3_provider.keeps_versions()
    versioned(s3)
    assert s3_provider.keeps_versions()
    for content in (b"1", b"22", b"333"):
        s3_provider.write("fight", [content], VIDEO)
    s3_provider.write("gone", [b"4444"], VIDEO)
    s3_provider.delete("gone")

    found = list(s3_provider.versions())
    told = [(each.key, each.size_bytes, each.is_latest, each.is_delete_marker) for each in found]
    assert told[0] == ("fight", 3, True, False)
    assert sorted(told[1:3]) == [("fight", 1, False, False), ("fight", 2, False, False)]
    assert told[3:] == [("gone", 0, True, True), ("gone", 4, False, False)]
    assert [each.noncurrent_since is None for each in found] == [True, False, False, True, False]
    assert [each.key for each in s3_provider.versions("go")] == ["gone", "gone"]


def test_a_version_is_removed_for_good_and_may_be_removed_again(s3: StrictS3, s3_provider: S3Provider):
    versioned(s3)
    s3_provider.write("fight", [b"1"], VIDEO)
    s3_provider.write("fight", [b"22"], VIDEO)
    old = next(each for each in s3_provider.versions() if not each.is_latest)
    s3_provider.remove_version("fight", old.version_id)
    s3_provider.remove_version("fight", old.version_id)
    assert [each.size_bytes for each in s3_provider.versions()] == [2]
    assert b"".join(s3_provider.read("fight")) == b"22"


def test_a_denied_look_at_versions_names_what_to_allow(s3: StrictS3, s3_provider: S3Provider):
    s3.plan(s3_faults.refuse(403, "AccessDenied"))
    with pytest.raises(StorageDenied, match="s3:ListBucketVersions on arn:aws:s3:::videos"):
        list(s3_provider.versions())


def test_versions_of_a_key_that_go_on_in_the_next_page_stay_together(s3: StrictS3, s3_provider: S3Provider):
    versioned(s3)
    for content in (b"1", b"22", b"333", b"4444"):
        s3_provider.write("a", [content], VIDEO)
    s3_provider.write("b", [b"x"], VIDEO)
    found = list(s3_provider.versions())
    assert [each.key for each in found] == ["a", "a", "a", "a", "b"]
    assert [each.is_latest for each in found] == [True, False, False, False, True]


def test_locks_are_seen(s3: StrictS3, s3_provider: S3Provider):
    assert not s3_provider.locks_versions()
    client = s3.client()
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    s3_provider._bucket.name = "locked"
    assert s3_provider.locks_versions()
    told = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": NOW + timedelta(days=30)}
    held = client.put_object(Bucket="locked", Key="held", Body=b"1", **told)["VersionId"]
    free = client.put_object(Bucket="locked", Key="free", Body=b"1")["VersionId"]
    assert s3_provider.is_locked("held", held, NOW)
    assert not s3_provider.is_locked("held", held, NOW + timedelta(days=31))
    assert not s3_provider.is_locked("free", free, NOW)
