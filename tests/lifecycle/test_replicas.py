"""How far copying is, by a sample of objects and by CloudWatch; rules that cannot be read hide no other bucket."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.access.roles import Role, User, Via
from core.errors import ObjectNotFound, PermissionDenied, StorageDenied
from core.lifecycle.replicas import CopiedRule, Copying, Inventoried, Measured, check_replication, copying, told
from core.storage.local import LocalProvider
from core.storage.local_replication import replicate
from core.storage.providers import Providers
from core.storage.replication import ObjectState, ReplicationRule
from tests.catalog.videos import original, put, video
from tests.costs.measurements import measure
from tests.recommendations.small import Small

VIC = User("vic", Role.VIEWER, Via.PASSWORD)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
RULE = ReplicationRule("phyght-replica-backup", "backup", "videos/")


@pytest.fixture
def provider(small: Small) -> LocalProvider:
    return small.provider


def seen(small: Small, *providers: LocalProvider) -> tuple[Copying, ...]:
    there = Providers(providers or (small.provider,))
    return copying(VIC, small.store.database, small.store.warehouse, there, NOW)


def film(small: Small, id: str) -> str:
    put(small.store.database, video(id), [("s3", [original(id)])])
    return f"videos/{id}/original.mp4"


def test_a_bucket_that_is_not_copied_has_no_rules_and_is_not_asked(small: Small, provider: LocalProvider):
    check_replication(small.store.database, provider, NOW)
    assert seen(small) == (Copying("s3", "local", ()),)


def test_each_rule_is_said_in_words_and_whose_it_is(small: Small, provider: LocalProvider):
    provider.put_replication(RULE, "")
    provider.put_replication(ReplicationRule("theirs", "other", in_time=True, enabled=False), "")
    (found,) = seen(small)
    assert found.rules == (
        CopiedRule("phyght-replica-backup", "objects below videos/ to backup", "backup", True, True),
        CopiedRule("theirs", "all objects to other, within 15 minutes, switched off", "other", False, False),
    )
    assert (found.sampled, found.measured) == (None, None)


def test_a_sample_says_how_many_are_copied_wait_failed_or_are_older(
    small: Small, provider: LocalProvider, monkeypatch: pytest.MonkeyPatch
):
    provider.put_replication(RULE, "")
    states = {
        film(small, "a"): ObjectState.COPIED, film(small, "b"): ObjectState.PENDING,
        film(small, "c"): ObjectState.FAILED, film(small, "d"): ObjectState.NONE, film(small, "e"): ObjectState.IS_COPY,
    }  # fmt: skip
    film(small, "gone")

    def state(key: str) -> ObjectState:
        if key not in states:
            raise ObjectNotFound("It is gone.")
        return states[key]

    monkeypatch.setattr(provider, "copying_of", state)
    check_replication(small.store.database, provider, NOW)
    found = seen(small, provider)[0].sampled
    assert found is not None
    assert (found.copied, found.pending, found.failed, found.not_covered) == (2, 1, 1, 2)
    assert (found.checked_at, found.oldest_pending) == (NOW, datetime(2026, 11, 22, 20, tzinfo=UTC))
    assert found.named == (("videos/c/original.mp4", "FAILED"), ("videos/b/original.mp4", "PENDING"))


def test_a_folder_is_behind_until_it_is_copied(small: Small, provider: LocalProvider):
    from core.storage.provider import Attributes

    provider.put_replication(RULE, "")
    provider.write(film(small, "a"), [b"x"], Attributes("video/mp4"))
    for waits in (1, 0):
        check_replication(small.store.database, provider, NOW)
        found = seen(small)[0].sampled
        assert found is not None
        assert (found.pending, found.copied) == (waits, 1 - waits)
        replicate(provider)


def test_what_cloudwatch_said_last_of_the_bucket_is_told(small: Small, provider: LocalProvider):
    provider.put_replication(RULE, "")
    measure(small.store, "metrics", [
        point("ReplicationLatency", 10, 90), point("ReplicationLatency", 11, 30),
        point("ReplicationLatency", 11, 40, "r2"),
        point("OperationsPendingReplication", 11, 7), point("BytesPendingReplication", 11, 2**20),
        point("OperationsFailedReplication", 9, 2), point("OperationsFailedReplication", 11, 1),
        point("OperationsFailedReplication", 11, 99, bucket="another"),
    ])  # fmt: skip
    assert seen(small)[0].measured == Measured(NOW - timedelta(hours=1), 40.0, 7, 2**20, 3)


def test_the_newest_inventory_tells_of_all_objects(small: Small, provider: LocalProvider):
    provider.put_replication(RULE, "")
    row = {"provider": "AWS", "bucket": provider.bucket, "day": "2026-11-29"}
    told = {"COMPLETED": 5, "REPLICA": 1, "PENDING": 2, "FAILED": 3, "": 4}
    measure(small.store, "inventory_copies", [
        *(row | {"status": status, "objects": count, "bytes": 100 * count} for status, count in told.items()),
        row | {"status": "COMPLETED", "objects": 99, "bytes": 0, "day": "2026-11-28"},
        row | {"status": "COMPLETED", "objects": 99, "bytes": 0, "bucket": "another"},
    ])  # fmt: skip
    assert seen(small)[0].inventoried == Inventoried(date(2026, 11, 29), 6, 2, 3, 4, 400)


def test_an_inventory_of_more_than_a_week_ago_tells_nothing_of_today(small: Small, provider: LocalProvider):
    provider.put_replication(RULE, "")
    old = {"provider": "AWS", "bucket": provider.bucket, "day": "2026-11-21", "status": "PENDING", "objects": 1}
    measure(small.store, "inventory_copies", [old | {"bytes": 1}])
    assert seen(small)[0].inventoried is None


def test_rules_that_cannot_be_read_are_told_and_the_others_shown(
    small: Small, provider: LocalProvider, monkeypatch: pytest.MonkeyPatch
):
    def denied() -> None:
        raise StorageDenied("It is denied.", "Allow s3:GetReplicationConfiguration.")

    other = small.at("s3-eu")
    monkeypatch.setattr(provider, "replication", denied)
    assert [(each.provider, each.problem) for each in seen(small, provider, other)] == [
        ("s3", "It is denied. Allow s3:GetReplicationConfiguration."), ("s3-eu", ""),
    ]  # fmt: skip


def test_programs_get_instants_as_text(small: Small, provider: LocalProvider):
    provider.put_replication(RULE, "")
    film(small, "a")
    check_replication(small.store.database, provider, NOW)
    (one,) = told(seen(small))
    assert one["sampled"]["checked_at"] == "2026-11-30T12:00:00.000000Z"


def test_only_who_may_see_the_page_sees_it(small: Small, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(User, "may", lambda *_: False)
    with pytest.raises(PermissionDenied):
        seen(small)


def point(metric: str, hour: int, value: float, rule: str = "r1", bucket: str = "local") -> dict[str, object]:
    return {
        "namespace": "AWS/S3", "metric": metric, "region": "us-east-1", "period_start": f"2026-11-30 {hour:02}:00:00",
        "period_s": 3600, "stat": "Maximum", "value": value, "unit": "",
        "dimensions": f"DestinationBucket=backup,RuleId={rule},SourceBucket={bucket}",
    }  # fmt: skip
