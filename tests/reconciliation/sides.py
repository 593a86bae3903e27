"""Sides: what the bill, CloudWatch, logs and inventories have of some days of October 2026."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.costs.period import Period
from tests.billing.builders import DELIVERED, Row, deliver_cur2
from tests.billing.store import Store
from tests.costs.twelve import cdn, on

GIB = 2**30
#: The 10th to the 13th.
FOUR_DAYS = Period(date(2026, 10, 10), date(2026, 10, 14))
DAYS = (10, 11, 12, 13)


def sent(day: int, gib: float, distribution: str = "E1", **columns: Any) -> Row:
    """A line of the bill: what a distribution sent on a day."""
    arn = f"arn:aws:cloudfront::222222222222:distribution/{distribution}"
    about: Row = {"line_item_resource_id": arn, "line_item_usage_amount": str(gib)}
    return cdn(day, "1", "US-DataTransfer-Out-Bytes", **(about | columns))


def kept(day: int, gib: float, usage_type: str = "TimedStorage-ByteHrs", operation: str = "StandardStorage") -> Row:
    """A line of the bill: what lay in the bucket for the whole of a day, in GB-months of October's 31 days."""
    amount = Decimal(str(gib)) / 31
    return on(day, "1", usage_type, operation, line_item_usage_amount=f"{amount:.18f}")


def logged(day: int, gib: float, distribution: str = "E1", requests: int = 1, lines: int | None = None) -> Row:
    """What logs have of a day."""
    return {
        "hour": f"2026-10-{day:02} 05:00:00", "distribution": distribution, "price_region": "US", "bot": False,
        "requests": requests, "bytes": int(gib * GIB), "lines": requests if lines is None else lines,
    }  # fmt: skip


def told(day: int, gib: float, hours: Sequence[int] = range(24), distribution: str = "E1") -> list[Row]:
    """What CloudWatch has of some hours of a day, which sent so much each day as a whole."""
    return [
        {
            "namespace": "AWS/CloudFront", "metric": "BytesDownloaded", "region": "us-east-1", "stat": "Sum",
            "dimensions": f"DistributionId={distribution},Region=Global", "period_s": 3600, "unit": "Bytes",
            "period_start": f"2026-10-{day:02} {hour:02}:00:00", "value": gib * GIB / 24,
        }
        for hour in hours
    ]  # fmt: skip


def bucket_size(day: int, gib: float, storage_type: str = "StandardStorage", bucket: str = "media") -> Row:
    """What CloudWatch has of a bucket on a day."""
    return {
        "namespace": "AWS/S3", "metric": "BucketSizeBytes", "region": "us-east-1", "stat": "Average",
        "dimensions": f"BucketName={bucket},StorageType={storage_type}", "period_s": 86400, "unit": "Bytes",
        "period_start": f"2026-10-{day:02} 00:00:00", "value": gib * GIB,
    }  # fmt: skip


def bill(
    store: Store, bucket: Path, rows: Sequence[Row], delivered_at: datetime = DELIVERED, month: str = "2026-10"
) -> None:
    deliver_cur2(bucket, rows, month, delivered_at=delivered_at)
    store.ingest(bucket)
