"""Class prices: what a storage class of S3 costs in a region, as decimals; one that is not known is never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.billing.class_rules import RULES
from core.billing.prices import PriceCatalog
from core.billing.request_prices import s3_tag_month_usd
from core.billing.storage_prices import first_band, s3_usd_per_gb_month
from core.errors import PriceUnknown
from core.storage.provider import StorageClass
from core.units import GIB

#: What sentences call a price of the catalogue.
_WORDS = {
    "transition_in_1k": "transitions",
    "put_1k": "PUT requests",
    "get_1k": "GET requests",
    "monitor_1k_objects_month": "monitoring",
    "retrieval_gb": "retrieval",
    "restore": "restores",
}
_TIER_PRICES = {"FREQUENT": "fa", "INFREQUENT": "ia", "ARCHIVE_INSTANT": "aia", "ARCHIVE": "aa", "DEEP_ARCHIVE": "daa"}


@dataclass(frozen=True)
class ClassPrices:
    """Of one region, in the first price band. Every method raises PriceUnknown for what has no price there."""

    catalog: PriceCatalog
    region: str

    def storage(self, storage_class: StorageClass, tier: str = "") -> Decimal:
        """USD for a GB (2^30 bytes) and month; of Intelligent-Tiering in a tier, else in its frequent one."""
        if storage_class is StorageClass.INTELLIGENT_TIERING and tier in ("INFREQUENT", *_TIER_PRICES):
            return self._of(storage_class, _TIER_PRICES[tier])
        found = s3_usd_per_gb_month(self.catalog, self.region, storage_class)
        return self._known(found, f"storage of {storage_class}")

    def monthly(self, storage_class: StorageClass, billable_bytes: int, tier: str = "") -> Decimal:
        """USD a month for bytes as they are billed."""
        return self.storage(storage_class, tier) * billable_bytes / GIB

    def transition(self, storage_class: StorageClass) -> Decimal:
        """USD for one object that a lifecycle rule moves into it."""
        return self._of(storage_class, "transition_in_1k") / 1000

    def put(self, storage_class: StorageClass) -> Decimal:
        """USD for one request that writes."""
        return self._of(storage_class, "put_1k") / 1000

    def get(self, storage_class: StorageClass) -> Decimal:
        """USD for one GET."""
        return self._of(storage_class, "get_1k") / 1000

    def monitoring(self) -> Decimal:
        """USD a month for one object of Intelligent-Tiering."""
        return self._of(StorageClass.INTELLIGENT_TIERING, "monitor_1k_objects_month") / 1000

    def tag(self) -> Decimal:
        """USD a month for one tag of an object."""
        return self._known(s3_tag_month_usd(self.catalog, self.region), "tags of objects")

    def retrieval(self, storage_class: StorageClass) -> Decimal:
        """USD for a GB that is read out of it; 0 where that is free."""
        if storage_class.may_be_left or not storage_class.instant:
            return Decimal(0)
        return self._of(storage_class, "retrieval_gb")

    def restore(self, storage_class: StorageClass) -> tuple[Decimal, Decimal]:
        """USD for one object that comes back from an archive, and for each of its GB."""
        return self._of(storage_class, "restore", "standard", "req_1k") / 1000, self._of(
            storage_class, "restore", "standard", "gb"
        )

    def _of(self, storage_class: StorageClass, *path: str) -> Decimal:
        found: Any = self.catalog.content["s3"].get(self.region, {}).get(storage_class)
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return self._known(first_band(found), f"{_WORDS.get(path[0], path[0])} of {storage_class}")

    def _known(self, price: Decimal | None, what: str) -> Decimal:
        if price is None:
            raise PriceUnknown(
                f"The price catalogue of {self.catalog.compiled} has no price for {what} in {self.region}.",
                f"Add it under s3, {self.region} to a catalogue of your own (PHYGHT_PRICE_CATALOG).",
            )
        return price


def billed_as(storage_class: StorageClass, objects: int, size_bytes: int) -> int:
    """Bytes that so many objects, all of them as large as the mean, are billed as in a class."""
    rules = RULES[storage_class]
    mean = size_bytes // objects if objects else 0
    return max(size_bytes, objects * rules.least_bytes if mean < rules.least_bytes else 0) + objects * rules.added_bytes
