"""A bill of twelve lines and what was measured beside it: two videos, worked out by hand in test_attribution."""

from typing import Any

from tests.billing.builders import Row, cur2
from tests.costs.measurements import served, stored


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
    return on(day, cost, usage_type) | {"line_item_resource_id": arn} | service | columns


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
MEASURED = {
    "inventory": [stored("A", 600, 8), stored("B", 300, 8), stored("", 100, 8), stored("B", 131_072, 8, "STANDARD_IA")],
    "request_titles": [
        served("A", 650, rung="1080p"), served("A", 100, requests=0, result="miss", rung="720p"),
        served("B", 250, requests=1), served("A", 1, region="EU", requests=5), served("B", 2, region="EU", requests=5),
        served("B", 0, requests=1, rung="playlist"),
    ],
}  # fmt: skip
