"""Measurements: what was sent, asked for and stored, put where the warehouse's questions look for it."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from core.bootstrap import Platform
from core.measurements import PART_COLUMNS
from core.segments import Shelf
from core.telemetry.store import Key, Segment, publish
from tests.billing.store import NOW, Store
from tests.telemetry.measured import write

Row = dict[str, Any]
_numbers = count()


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


def watched(video: str, minutes: int, day: int = 10, **columns: Any) -> Row:
    """A session of a day of October 2026, of its own, told by a player."""
    row = {"day": f"2026-10-{day:02}", "video": video, "rung": "1080p", "watched_ms": 60_000 * minutes, "bytes": 0}
    told = {"session": f"s{next(_numbers)}", "exact": True, "device": "desktop", "played": minutes > 0, "weight": 1.0}
    return row | told | columns


_DATASETS = {
    "request_titles": "cloudfront",
    "request_places": "cloudfront",
    "metrics": "metrics",
    "origin_requests": "origin",
    "inventory": "inventory",
    "inventory_copies": "inventory",
    "sessions": "players",
}


def measure(store: Store | Platform, view: str, rows: Sequence[Row]) -> None:
    """Make the rows what the store has of a view: a segment each day."""
    home, dataset = store.warehouse.folder, _DATASETS[view]
    shelf, days = Shelf(home), sorted({_day(row) for row in rows})
    segments = []
    for day in days:
        home.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(dir=home.parent))
        of_day = [row for row in rows if _day(row) == day]
        write(folder, view, of_day)
        parts = {str(row.get(PART_COLUMNS.get(dataset, ""), "")): 1 for row in of_day}
        segments.append(Segment(Key(dataset, view, date.fromisoformat(day)), "1", parts, folder))
    publish(segments, [], view, {}, shelf, store.database, NOW)


def _day(row: Row) -> str:
    return str(row.get("day") or row.get("hour") or row["period_start"])[:10]
