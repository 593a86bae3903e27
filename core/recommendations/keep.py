"""Keep: what it costs a month to have objects in a class of S3, with what is read of them, fee by fee."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.billing.class_rules import ARCHIVED_NAME_BYTES, RESTORED_DAYS
from core.recommendations.class_prices import ClassPrices, billed_as
from core.recommendations.recommendation import NOTHING, Fee
from core.storage.provider import SMALLEST_BILLED_BYTES, StorageClass
from core.units import GIB

STORAGE, MONITORING, REQUESTS, RETRIEVAL = "Storage", "Monitoring", "Requests", "Retrieval and restores"
#: By which rules of ours know what they are to move.
TAGS = "Tags"
PARTS = (STORAGE, MONITORING, TAGS, REQUESTS, RETRIEVAL)
_DAYS_A_MONTH = Decimal(30)


@dataclass(frozen=True)
class Reads:
    """Of objects, in a month."""

    gets: Decimal = NOTHING
    size_bytes: Decimal = NOTHING
    days: Decimal = NOTHING  #: on which anything was read: so often they would be restored out of an archive

    def __add__(self, other: "Reads") -> "Reads":
        return Reads(self.gets + other.gets, self.size_bytes + other.size_bytes, self.days + other.days)

    def times(self, factor: Decimal) -> "Reads":
        return Reads(self.gets * factor, self.size_bytes * factor, self.days * factor)


def monthly_fees(
    prices: ClassPrices,
    storage_class: StorageClass,
    objects: int,
    size_bytes: int,
    reads: Reads,
    tier: str = "",
    billable_bytes: int | None = None,
) -> Mapping[str, Decimal]:
    """USD of each part; `billable_bytes` as an inventory tells, else by the mean size. Raises PriceUnknown."""
    billed = billed_as(storage_class, objects, size_bytes) if billable_bytes is None else billable_bytes
    fees = {
        STORAGE: prices.monthly(storage_class, billed, tier),
        MONITORING: NOTHING,
        TAGS: NOTHING,
        REQUESTS: reads.gets * prices.get(storage_class),
        RETRIEVAL: reads.size_bytes / GIB * prices.retrieval(storage_class),
    }
    if storage_class is StorageClass.INTELLIGENT_TIERING and size_bytes >= objects * SMALLEST_BILLED_BYTES:
        fees[MONITORING] = objects * prices.monitoring()
    if not storage_class.instant:
        fees[STORAGE] += prices.monthly(StorageClass.STANDARD, objects * ARCHIVED_NAME_BYTES)
        fees[RETRIEVAL] = _restores(prices, storage_class, objects, size_bytes, reads)
    return fees


def compared(now: Mapping[str, Decimal], then: Mapping[str, Decimal]) -> tuple[Fee, ...]:
    """Part by part; those that cost nothing either way are left out."""
    return tuple(Fee(part, now[part], then[part]) for part in PARTS if now[part] or then[part])


def added(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {part: one.get(part, NOTHING) + other.get(part, NOTHING) for part in PARTS}


def _restores(prices: ClassPrices, storage_class: StorageClass, objects: int, size_bytes: int, reads: Reads) -> Decimal:
    """Each day with a read has the objects restored once, and kept in Standard for a week."""
    request, per_gb = prices.restore(storage_class)
    copies = prices.monthly(StorageClass.STANDARD, size_bytes) * RESTORED_DAYS / _DAYS_A_MONTH
    return reads.days * (objects * request + per_gb * size_bytes / GIB + copies)
