"""S3 storage: what keeping bytes costs, one line a day for each bucket and storage tier."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.costs.period import midnight
from core.demo.buckets import BUCKETS, LOGS, STAGING, UPLOADS, Bucket
from core.demo.catalogue import SUPABASE, Catalogue, Place, Video
from core.demo.lines import Item, Line, daily
from core.demo.pricing import Band, exact, s3_prices
from core.units import GB, GIB, hours_in_month

#: Of a rendition, one segment.
SEGMENT_BYTES = 2_300_000
LOGS_KEPT_DAYS = 90
#: In the bucket of uploads, which keeps versions: what was sent again before it was right.
REPLACED_BYTES = 60 * GB


@dataclass(frozen=True)
class Tier:
    """How bills call one tier of a storage class."""

    usage_type: str
    operation: str
    storage_class: str
    volume_type: str


TIERS = {
    "STANDARD": Tier("TimedStorage-ByteHrs", "StandardStorage", "General Purpose", "Standard"),
    "GIR": Tier(
        "TimedStorage-GIR-ByteHrs",
        "GlacierInstantRetrievalStorage",
        "Archive Instant Retrieval",
        "Glacier Instant Retrieval",
    ),
    "INT-FA": Tier(
        "TimedStorage-INT-FA-ByteHrs",
        "IntelligentTieringFAStorage",
        "Intelligent-Tiering",
        "Intelligent-Tiering Frequent Access",
    ),
    "INT-IA": Tier(
        "TimedStorage-INT-IA-ByteHrs",
        "IntelligentTieringIAStorage",
        "Intelligent-Tiering",
        "Intelligent-Tiering Infrequent Access",
    ),
    "INT-AIA": Tier(
        "TimedStorage-INT-AIA-ByteHrs",
        "IntelligentTieringAIAStorage",
        "Intelligent-Tiering",
        "IntelligentTieringArchiveInstantAccess",
    ),
}


def storage_lines(catalogue: Catalogue, days: list[date], until: datetime) -> Iterator[Line]:
    """Storage of the days, as far as days ended by then: bills know it only afterwards."""
    for day in days:
        if midnight(day) + timedelta(days=1) <= until:
            places = kept_bytes(catalogue, day)
            yield from (_stored(place, size, day) for place, size in places.items())
            yield from _monitored(catalogue.monitored[day], day)


def kept_bytes(catalogue: Catalogue, day: date) -> dict[Place, int]:
    """Bytes in each bucket and tier, those of the catalogue and those that work needs."""
    kept = {place: size for place, size in catalogue.stored[day].items() if place.bucket != SUPABASE}
    for bucket, size in _working_bytes(catalogue, day):
        kept[Place(bucket.name, "STANDARD")] = size
    return kept


def _working_bytes(catalogue: Catalogue, day: date) -> Iterator[tuple[Bucket, int]]:
    age = (day - catalogue.story.start).days
    waiting = sum(video.original_bytes for video in waiting_uploads(catalogue, day))
    logged = min(max((day - catalogue.story.migration_starts).days, 0), LOGS_KEPT_DAYS)
    yield UPLOADS, REPLACED_BYTES + waiting
    yield LOGS, 6 * GB + logged * GB * 45 // 100
    yield STAGING, 42 * GB + age * GB // 20


def waiting_uploads(catalogue: Catalogue, day: date) -> list[Video]:
    """Those whose files still lie where they were sent to."""
    recent = [day - timedelta(n) for n in range(14)]
    return [video for d in recent for video in catalogue.published.get(d, [])]


def _stored(place: Place, size: int, day: date) -> Line:
    item, band = _storage_item(place), _storage_price(place.tier)
    gigabyte_months = exact(Decimal(size) * 24 / GIB / hours_in_month(day))
    return daily(item, day, gigabyte_months, band)


def _storage_item(place: Place) -> Item:
    tier = TIERS[place.tier]
    return BUCKETS[place.bucket].item(
        tier.usage_type,
        tier.operation,
        "GB-Mo",
        "Storage",
        storage_class=tier.storage_class,
        volume_type=tier.volume_type,
    )


def _storage_price(tier: str) -> Band:
    if tier == "STANDARD":
        first = s3_prices("STANDARD")["storage_gb_month"][0]["price"]
        return Band(None, first, f"${first} per GB - first 50 TB / month of storage used")
    if tier == "GIR":
        rate: Decimal = s3_prices("GLACIER_IR")["storage_gb_month"]
    else:
        rate = s3_prices("INTELLIGENT_TIERING")[tier.removeprefix("INT-").lower()]
    return Band(None, rate, f"${rate} per GB-Month of storage used in {TIERS[tier].volume_type}")


def _monitored(objects: dict[str, int], day: date) -> Iterator[Line]:
    rate = s3_prices("INTELLIGENT_TIERING")["monitor_1k_objects_month"]
    band = Band(None, rate / 1000, f"${rate} per 1,000 Objects per month in Intelligent-Tiering")
    for bucket, count in objects.items():
        item = BUCKETS[bucket].item("Monitoring-Automation-INT", "IntelligentTieringMonitoring", "Objects", "Fee")
        yield daily(item, day, exact(Decimal(count) * 24 / hours_in_month(day)), band)
