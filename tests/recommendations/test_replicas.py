"""Replicas: buckets that have what another has, and that nobody reads."""

from decimal import Decimal
from typing import Any

from core.recommendations.rules.replicas import find
from tests.billing.builders import cur2, deliver_cur2
from tests.billing.conftest import bucket
from tests.costs.measurements import accessed, measure
from tests.recommendations.small import Small, listed, only, remarks

__all__ = ["bucket"]


def twice(small: Small, bucket: Any) -> None:
    """In the bucket of the provider, and in another, of which the bill tells the region."""
    small.lists(*(listed(video, 10, bucket=name) for video in "ab" for name in ("local", "copy")), listed("c", 5))
    stored = {"line_item_usage_type": "TimedStorage-ByteHrs", "line_item_operation": "StandardStorage"}
    deliver_cur2(bucket, [cur2("1", line_item_resource_id="copy", pricing_unit="GB-Mo", **stored)])
    small.store.ingest(bucket)


def reads(small: Small, name: str, days: range = range(3, 32), operation: str = "REST.HEAD.OBJECT") -> None:
    rows = [accessed("a", 0, day, bucket=name, operation=operation) for day in days]
    measure(small.store, "origin_requests", rows)


def test_a_bucket_that_another_has_all_of_and_nobody_reads_costs_storage(small: Small, bucket: Any):
    twice(small, bucket)
    reads(small, "copy")

    found = only(list(find(small.grounds())))

    assert found.monthly_saving_usd == Decimal("0.46")
    assert found.title == "Give up the replica in copy"
    assert (found.action, found.evidence.objects) == (None, 2)
    assert found.catch == "If local is lost, there is no other copy in S3."


def test_one_that_is_read_is_used(small: Small, bucket: Any):
    twice(small, bucket)
    reads(small, "copy", operation="REST.GET.OBJECT")

    assert list(find(small.grounds())) == []


def test_without_access_logs_nobody_knows_whether_it_is_read(small: Small, bucket: Any):
    twice(small, bucket)

    assert remarks(list(find(small.grounds()))) == [
        "It has what local has, and S3's access logs tell 0 of 28 days: nobody knows its reads."
    ]


def test_one_bucket_alone_is_no_replica(small: Small):
    small.lists(listed("a", 10))

    assert list(find(small.grounds())) == []
