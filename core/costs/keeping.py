"""Keeping: what it costs a month, at list price, to keep a video where it lies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.billing.storage_prices import StoragePrices
from core.catalog.search import BytePrices
from core.catalog.video import Copy
from core.storage.provider import StorageClass
from core.units import GIB


@dataclass(frozen=True)
class Keeping:
    """Knows the prices, and the region of each provider by its name."""

    prices: StoragePrices
    regions: Mapping[str, str]

    def monthly_usd(self, provider: str, storage_class: StorageClass, size_bytes: int) -> Decimal | None:
        """USD a month for bytes at a provider in a class; None where the catalogue has no price for them."""
        region = self.regions.get(provider)
        if region is None:
            return None
        return self.prices.monthly_usd(provider, region, storage_class, size_bytes)

    def total_usd(self, stored: Iterable[tuple[str, StorageClass, int]]) -> Decimal | None:
        """USD a month for all of it: provider, class and bytes each; None where a part has no price."""
        parts = [self.monthly_usd(*each) for each in stored]
        known = [part for part in parts if part is not None]
        return sum(known, Decimal(0)) if len(known) == len(parts) else None

    def copy_usd(self, copy: Copy) -> Decimal | None:
        """USD a month for all objects of a copy; None where a part has no price."""
        return self.total_usd((copy.provider, each.storage_class, each.size_bytes) for each in copy.objects)

    def byte_prices(self) -> BytePrices:
        """USD that a byte costs a month, of every provider and class that has a price."""
        pairs = [(provider, kind) for provider in self.regions for kind in StorageClass]
        found = {pair: self.monthly_usd(*pair, GIB) for pair in pairs}
        return {pair: price / GIB for pair, price in found.items() if price is not None}
