"""Storage: byte-hours of each bucket and storage class by the bill, by inventories and by CloudWatch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce

from core.billing.usage_types import S3
from core.costs.period import Period
from core.costs.pools import PLACE
from core.costs.storage import byte_hours
from core.reconciliation.counts import Billed, Counts, Days, added, billed_days, days_of, merged
from core.reconciliation.reconciled import Counter
from core.warehouse import Warehouse

#: Days that an inventory stands for at most, its own included: some buckets are listed once a week.
STANDS_DAYS = 7

#: Bucket and storage class.
Shelf = tuple[str, str]
#: Of each bucket and class and day: byte-hours, and the padding among them.
_Found = dict[Shelf, dict[date, tuple[int, int]]]

#: What each StorageType of CloudWatch is billed as, and whether it is padding.
_TYPES = {
    "StandardStorage": ("STANDARD", False),
    "StandardIAStorage": ("STANDARD_IA", False),
    "StandardIASizeOverhead": ("STANDARD_IA", True),
    "OneZoneIAStorage": ("ONEZONE_IA", False),
    "OneZoneIASizeOverhead": ("ONEZONE_IA", True),
    "GlacierInstantRetrievalStorage": ("GLACIER_IR", False),
    "GlacierInstantRetrievalSizeOverhead": ("GLACIER_IR", True),
    "GlacierIRSizeOverhead": ("GLACIER_IR", True),
    "GlacierStorage": ("GLACIER", False),
    "GlacierStagingStorage": ("GLACIER", False),
    "GlacierObjectOverhead": ("GLACIER", False),
    "GlacierS3ObjectOverhead": ("STANDARD", False),
    "DeepArchiveStorage": ("DEEP_ARCHIVE", False),
    "DeepArchiveStagingStorage": ("DEEP_ARCHIVE", False),
    "DeepArchiveObjectOverhead": ("DEEP_ARCHIVE", False),
    "DeepArchiveS3ObjectOverhead": ("STANDARD", False),
    "ReducedRedundancyStorage": ("REDUCED_REDUNDANCY", False),
} | {f"IntelligentTiering{tier}Storage": ("INTELLIGENT_TIERING", False) for tier in ("FA", "IA", "AIA", "AA", "DAA")}
#: The class whose price each access tier of Intelligent-Tiering has: by CloudWatch's StorageType, by the inventory.
_TIER_PRICES = {
    "FA": ("FREQUENT", "STANDARD"),
    "IA": ("INFREQUENT", "STANDARD_IA"),
    "AIA": ("ARCHIVE_INSTANT", "GLACIER_IR"),
    "AA": ("ARCHIVE", "GLACIER"),
    "DAA": ("DEEP_ARCHIVE", "DEEP_ARCHIVE"),
}
_PRICED_TYPES = _TYPES | {f"IntelligentTiering{tier}Storage": (of, False) for tier, (_, of) in _TIER_PRICES.items()}
_TIERS_SQL = " ".join(f"WHEN '{tier}' THEN '{of}'" for tier, of in _TIER_PRICES.values())
_PRICED_CLASS = f"""CASE WHEN storage_class <> 'INTELLIGENT_TIERING' THEN storage_class
    ELSE CASE access_tier {_TIERS_SQL} ELSE 'STANDARD' END END"""
_FAMILIES = "('storage', 'storage overhead', 'storage minimum size', 'unfinished uploads', 'restored copies')"
#: What archived objects take in STANDARD is told by its usage type; the operation names the class that they are in.
_CLASS = """CASE WHEN usage_family IN ('storage overhead', 'restored copies')
    AND usage_type LIKE '%TimedStorage-ByteHrs' THEN 'STANDARD' ELSE coalesce(storage_class, '') END"""


@dataclass(frozen=True)
class StorageCounts:
    """One bucket and class; both empty for all of them."""

    bucket: str
    storage_class: str
    billed: Billed
    counts: tuple[Counts, ...]


def storage_counts(warehouse: Warehouse, period: Period) -> tuple[StorageCounts, ...]:
    """Each bucket and class that the bill or a counter has, most billed first; the bill may name no bucket."""
    days = billed_days(warehouse, period)
    billed, estimated = _billed(warehouse, period, days)
    merge = any(not bucket for bucket, _ in billed)
    counters = {
        Counter.INVENTORY: inventory_counts(warehouse, period, merge),
        Counter.CLOUDWATCH: cloudwatch_counts(warehouse, period, merge),
    }
    if merge:
        billed = _merged(billed)
    shelves = {*billed, *(shelf for found in counters.values() for shelf in found if found[shelf].values)}
    lines = [
        StorageCounts(
            *shelf,
            _of_shelf(billed.get(shelf, {}), days, estimated),
            tuple(found.get(shelf) or _zeros(by, found, shelf[0]) for by, found in counters.items()),
        )
        for shelf in shelves
    ]
    return tuple(sorted(lines, key=lambda each: (-each.billed.total, each.bucket, each.storage_class)))


def _of_shelf(found: Mapping[date, tuple[int, int]], days: frozenset[date], estimated: bool) -> Billed:
    values = {("", day): found.get(day, (0, 0))[0] for day in days}
    padding = {("", day): of_day[1] for day, of_day in found.items() if of_day[1]}
    return Billed(days, values, estimated, padding=padding)


def _billed(warehouse: Warehouse, period: Period, days: frozenset[date]) -> tuple[_Found, bool]:
    rows = warehouse.query(
        f"SELECT {PLACE}, {_CLASS}, charge_period_start, consumed_unit, usage_family = 'storage minimum size', "
        f"sum(consumed_quantity), bool_or(estimated) FROM resource_charges WHERE service_name = '{S3}' "
        f"AND charge_category = 'usage' AND usage_family IN {_FAMILIES} AND usage_type LIKE '%TimedStorage-%' "
        "AND charge_period_start >= $start AND charge_period_start < $end GROUP BY ALL",
        {"start": period.start, "end": period.end},
    )
    exact: dict[tuple[Shelf, date], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for bucket, storage_class, day, unit, is_padding, quantity, _ in rows:
        if day in days:
            amount = byte_hours(unit, quantity, day)
            sums = exact[(bucket, storage_class), day]
            sums[0] += amount
            sums[1] += amount if is_padding else 0
    found: _Found = defaultdict(dict)
    for (shelf, day), (amount, padding) in exact.items():
        found[shelf][day] = round(amount), round(padding)
    return dict(found), any(estimated for *_, estimated in rows)


def _merged(found: Mapping[Shelf, Mapping[date, tuple[int, int]]]) -> _Found:
    """By class alone."""
    sums: _Found = defaultdict(dict)
    for (_, storage_class), days in found.items():
        of_class = sums["", storage_class]
        for day, (value, padding) in days.items():
            before = of_class.get(day, (0, 0))
            of_class[day] = before[0] + value, before[1] + padding
    return dict(sums)


def inventory_counts(
    warehouse: Warehouse, period: Period, merge: bool = False, priced: bool = False
) -> dict[Shelf, Counts]:
    """Billable bytes of each snapshot times the hours until the next, of S3's buckets.

    `merge`: by class alone. `priced`: what lies in a tier of Intelligent-Tiering is in the class that costs the same.
    """
    rows = warehouse.query(
        f"SELECT bucket, {_PRICED_CLASS if priced else 'storage_class'}, day, sum(billable_bytes)::BIGINT, "
        "coalesce(sum(billable_bytes - bytes) FILTER (kind <> 'overhead'), 0)::BIGINT, bool_or(NOT current) "
        "FROM inventory WHERE provider = 'AWS' AND day > $start::DATE - $stands AND day < $end::DATE GROUP BY ALL",
        {"start": period.start, "end": period.end, "stands": STANDS_DAYS},
    )
    versions = {row[0] for row in rows if row[5]}
    ends = {
        row[0]: row[1:]
        for row in warehouse.query("""
        SELECT bucket, min(day), max(day) FROM inventory WHERE provider = 'AWS' GROUP BY ALL""")
    }
    snapshots: dict[str, dict[date, dict[str, tuple[int, int]]]] = defaultdict(lambda: defaultdict(dict))
    for bucket, storage_class, day, size, padding, _ in rows:
        snapshots[bucket][day][storage_class] = size, padding
    found: dict[Shelf, Counts] = {}
    for bucket, of_bucket in snapshots.items():
        stood = _standing(sorted(of_bucket), period)
        for storage_class in {each for classes in of_bucket.values() for each in classes}:
            sizes = {day: of_bucket[at].get(storage_class, (0, 0)) for day, at in stood.items()}
            counts = _counts(Counter.INVENTORY, sizes, ends[bucket])
            found[bucket, storage_class] = replace(
                counts, lists_versions=bucket in versions, looked=frozenset(stood.values())
            )
    return _by_class(found) if merge else found


def _standing(snapshots: list[date], period: Period) -> dict[date, date]:
    """Of each day the snapshot that stands for it: the newest until then, of its last seven days."""
    found: dict[date, date] = {}
    for at in snapshots:
        for day in days_of(max(at, period.start), min(at + timedelta(STANDS_DAYS), period.end)):
            found[day] = at
    return found


def _counts(by: Counter, sizes: Mapping[date, tuple[int, int]], ends: tuple[date, date]) -> Counts:
    values = {("", day): 24 * size for day, (size, _) in sizes.items()}
    padding = {("", day): 24 * size for day, (_, size) in sizes.items() if size}
    return Counts(by, values, first=ends[0], last=ends[1], padding=padding)


def cloudwatch_counts(
    warehouse: Warehouse, period: Period, merge: bool = False, priced: bool = False
) -> dict[Shelf, Counts]:
    """BucketSizeBytes of each day times 24 hours; `merge` and `priced` as for inventories."""
    types = _PRICED_TYPES if priced else _TYPES
    rows = warehouse.query("""
        SELECT regexp_extract(dimensions, 'BucketName=([^,]+)', 1),
            regexp_extract(dimensions, 'StorageType=([^,]+)', 1), period_start::DATE, round(avg(value))::BIGINT
        FROM metrics WHERE namespace = 'AWS/S3' AND metric = 'BucketSizeBytes' AND stat = 'Average' GROUP BY ALL""")
    sizes: _Found = defaultdict(dict)
    days: dict[str, set[date]] = defaultdict(set)
    for bucket, type_, day, size in rows:
        storage_class, is_padding = types.get(type_, (type_, False))
        days[bucket].add(day)
        before = sizes[bucket, storage_class].get(day, (0, 0))
        sizes[bucket, storage_class][day] = before[0] + size, before[1] + (size if is_padding else 0)
    found: dict[Shelf, Counts] = {}
    for (bucket, storage_class), of_shelf in sizes.items():
        within = {day: of_shelf.get(day, (0, 0)) for day in days[bucket] if period.start <= day < period.end}
        ends = min(days[bucket]), max(days[bucket])
        found[bucket, storage_class] = _counts(Counter.CLOUDWATCH, within, ends)
    return _by_class(found) if merge else found


def _by_class(found: Mapping[Shelf, Counts]) -> dict[Shelf, Counts]:
    classes: dict[Shelf, list[Counts]] = defaultdict(list)
    for (_, storage_class), counts in found.items():
        classes["", storage_class].append(counts)
    return {shelf: merged(counts) for shelf, counts in classes.items()}


def _zeros(by: Counter, found: Mapping[Shelf, Counts], bucket: str) -> Counts:
    """Nothing in a class, on the days that a counter has of the bucket in others; nothing at all where it has none."""
    others = [counts for (of, _), counts in found.items() if of == bucket]
    return replace(others[0], values=dict.fromkeys(others[0].values, 0), padding={}) if others else Counts(by, {})


def all_shelves(each: Iterable[StorageCounts]) -> StorageCounts | None:
    """All buckets and classes together, a bucket a place; None where there is none."""
    placed = [_placed(one) for one in each]
    if not placed:
        return None
    billed = [one.billed for one in placed]
    values = reduce(added, (one.values for one in billed))
    padding = reduce(added, (one.padding for one in billed))
    counts = tuple(merged(of_one) for of_one in zip(*(one.counts for one in placed), strict=True))
    return StorageCounts("", "", replace(billed[0], values=values, padding=padding), counts)


def _placed(one: StorageCounts) -> StorageCounts:
    billed = replace(one.billed, values=_at(one.bucket, one.billed.values), padding=_at(one.bucket, one.billed.padding))
    counts = [
        replace(each, values=_at(one.bucket, each.values), padding=_at(one.bucket, each.padding)) for each in one.counts
    ]
    return replace(one, billed=billed, counts=tuple(counts))


def _at(place: str, values: Days) -> Days:
    return {(place, day): value for (_, day), value in values.items()}
