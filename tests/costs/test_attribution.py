"""Attribution: what each video costs, worked out by hand, through the whole way from a delivery."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.costs.attributed import Attribution, Reason
from core.costs.attribution import attribute
from core.costs.period import month_of
from core.costs.pools import Pool
from tests.billing.builders import Row, cur2, deliver_cur2
from tests.billing.store import Store
from tests.costs.measurements import measure, served, stored

OCTOBER = month_of(date(2026, 10, 1))


def on(day: int, cost: str, usage_type: str | None, operation: str = "", month: int = 10, **columns: Any) -> Row:
    """A line of one day, of S3 and its bucket `media` unless it says otherwise."""
    return cur2(
        cost,
        line_item_usage_type=usage_type,
        line_item_operation=operation,
        bill_billing_period_start_date=f"2026-{month:02}-01",
        line_item_usage_start_date=f"2026-{month:02}-{day:02}T00:00:00",
        line_item_usage_end_date=f"2026-{month:02}-{day:02}T23:00:00",
        **({"line_item_resource_id": "media"} | columns),
    )


def cdn(day: int, cost: str, usage_type: str | None, **columns: Any) -> Row:
    """A line of CloudFront's distribution E1."""
    arn = "arn:aws:cloudfront::222222222222:distribution/E1"
    service: Row = {"line_item_product_code": "AmazonCloudFront", "product": {"product_name": "Amazon CloudFront"}}
    return on(day, cost, usage_type, **(service | {"line_item_resource_id": arn} | columns))


def other(day: int, cost: str, code: str, usage_type: str) -> Row:
    """A line of a service that has nothing to do with one video."""
    return on(day, cost, usage_type, line_item_product_code=code, product={}, line_item_resource_id="")


BILL = [
    on(10, "3", "TimedStorage-ByteHrs", "StandardStorage"),
    on(10, "0.07", "TimedStorage-SIA-SmObjects", "StandardIASizeOverhead"),
    cdn(10, "10", "US-DataTransfer-Out-Bytes"),
    cdn(10, "1", "EU-DataTransfer-Out-Bytes"),
    cdn(11, "4", "US-DataTransfer-Out-Bytes"),
    cdn(10, "0.09", "US-Requests-Tier2-HTTPS"),
    on(10, "0.4", "Requests-Tier2", "GetObject"),
    on(10, "0.05", "Requests-Tier1", "PutObject"),
    other(10, "5", "AmazonRDS", "InstanceUsage:db.m7g.large"),
    other(10, "0.2361", "awskms", "us-east-1-KMS-Requests"),
    on(1, "0.704", None, line_item_line_item_type="Tax", line_item_resource_id=""),
    cdn(1, "-1.509", None, line_item_line_item_type="Credit", line_item_resource_id=""),
]
_MEASURED = {
    "inventory": [stored("A", 600, 8), stored("B", 300, 8), stored("", 100, 8), stored("B", 131_072, 8, "STANDARD_IA")],
    "request_titles": [
        served("A", 650, rung="1080p"), served("A", 100, requests=0, result="miss", rung="720p"),
        served("B", 250, requests=1), served("A", 1, region="EU", requests=5), served("B", 2, region="EU", requests=5),
        served("B", 0, requests=1, rung="playlist"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def bills(shared_store: Store, shared_bucket: Path) -> Store:
    deliver_cur2(shared_bucket, BILL)
    shared_store.ingest(shared_bucket)
    for view, rows in _MEASURED.items():
        measure(shared_store, view, rows)
    return shared_store


def costs(attribution: Attribution) -> dict[str, dict[Pool, Decimal]]:
    return {each.title: {share.pool: share.cost for share in each.shares} for each in attribution.titles}


def test_a_bill_of_twelve_lines_is_shared_out_over_two_videos(bills: Store):
    """By hand, in the bill's order:

    3.00  by bytes stored 600:300:100 of the inventory two days before: A 1.8, B 0.9, 0.3 of no video
    0.07  padding in Standard-IA, where only B has anything: B 0.07
    10    by bytes 750:250: A 7.5, B 2.5
    1     by bytes 1:2: A 0.3333333333, B 0.6666666667 (two thirds have the larger remainder)
    4     a day without logs
    0.09  by requests 1:2: A 0.03, B 0.06
    0.4   no access logs: by missed bytes, which only A has: A 0.4
    0.05  no access logs
    5     a database: nobody knows what for
          so far 9.35 of no video, A 10.0633333333, B 4.1966666667; together 23.61
    0.2361  keys, one hundredth of that: A 0.1006333333, B 0.0419666667, 0.0935
    0.704   tax, a fifth of S3's 3.52: A 2.2 -> 0.44, B 0.97 -> 0.194, 0.35 -> 0.07
    -1.509  credit, a tenth of CloudFront's 15.09: A 7.8633333333 -> 0.7863333333, B 3.2266666667 -> 0.3226666667, 0.4
    """
    found = attribute(bills.warehouse, OCTOBER)

    assert costs(found) == {
        "A": {
            Pool.EGRESS: Decimal("7.8333333333"),
            Pool.STORAGE: Decimal("1.8"),
            Pool.TAX: Decimal("0.44"),
            Pool.ORIGIN: Decimal("0.4"),
            Pool.OVERHEAD: Decimal("0.1006333333"),
            Pool.CDN_REQUESTS: Decimal("0.03"),
            Pool.CREDITS: Decimal("-0.7863333333"),
        },
        "B": {
            Pool.EGRESS: Decimal("3.1666666667"),
            Pool.STORAGE: Decimal("0.97"),
            Pool.TAX: Decimal("0.194"),
            Pool.CDN_REQUESTS: Decimal("0.06"),
            Pool.OVERHEAD: Decimal("0.0419666667"),
            Pool.CREDITS: Decimal("-0.3226666667"),
        },
    }
    assert {(each.pool, each.reason): each.cost for each in found.unallocated} == {
        (Pool.OTHER, Reason.UNKNOWN_USE): Decimal(5),
        (Pool.EGRESS, Reason.NO_LOGS): Decimal(4),
        (Pool.STORAGE, Reason.NO_VIDEO): Decimal("0.3"),
        (Pool.OVERHEAD, Reason.GOES_WITH_IT): Decimal("0.0935"),
        (Pool.TAX, Reason.GOES_WITH_IT): Decimal("0.07"),
        (Pool.PUTS, Reason.NO_ACCESS_LOGS): Decimal("0.05"),
        (Pool.CREDITS, Reason.GOES_WITH_IT): Decimal("-0.4"),
    }
    assert found.total == bills.total(period=OCTOBER) == Decimal("23.0411")
