"""Measurements: what was sent, asked for and stored, put where the warehouse's questions look for it."""

from collections.abc import Iterable
from typing import Any

from core.warehouse import Warehouse

Row = dict[str, Any]


def served(video: str, size: int, day: int = 10, region: str = "US", requests: int = 1, **columns: Any) -> Row:
    """What CloudFront sent of a video on a day of October 2026."""
    row = {
        "day": f"2026-10-{day:02}", "distribution": "E1", "price_region": region, "country": "US", "video": video,
        "rung": "1080p", "result": "hit", "status": 200, "scheme": "https", "requests": requests, "bytes": size,
    }  # fmt: skip
    return row | columns


def stored(video: str, size: int, day: int = 10, storage_class: str = "STANDARD", **columns: Any) -> Row:
    """What lay in a bucket on a day of October 2026."""
    row = {
        "provider": "AWS", "day": f"2026-10-{day:02}", "bucket": "media", "video": video, "rung": "1080p",
        "kind": "rendition", "storage_class": storage_class, "current": True, "objects": 1, "bytes": size,
        "billable_bytes": size,
    }  # fmt: skip
    return row | columns


def accessed(video: str, size: int, day: int = 10, tier: str = "2", **columns: Any) -> Row:
    """What a bucket was asked for on a day of October 2026."""
    row = {
        "hour": f"2026-10-{day:02} 05:00:00", "bucket": "media", "video": video, "rung": "1080p",
        "operation": "REST.GET.OBJECT", "tier": tier, "status": 200, "via_cdn": True, "requests": 1, "bytes": size,
    }  # fmt: skip
    return row | columns


def measure(warehouse: Warehouse, view: str, rows: Iterable[Row]) -> None:
    """Put the rows into a view of measurements."""
    warehouse.ready()
    for row in rows:
        named, values = ", ".join(row), ", ".join(f"${name}" for name in row)
        warehouse.query(f"INSERT INTO {view} ({named}) VALUES ({values})", row)
