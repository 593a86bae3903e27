"""Storage prices: what it costs a month, at list price, to keep bytes at a provider."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.billing.prices import PriceCatalog
from core.storage.provider import StorageClass
from core.units import GIB

#: Intelligent-Tiering begins in its frequent tier, which costs what Standard does.
_PRICED_AS = {StorageClass.INTELLIGENT_TIERING: StorageClass.STANDARD}


@dataclass(frozen=True)
class StoragePrices:
    """List prices of storage; included amounts, requests and the discount of large volumes are left out."""

    catalog: PriceCatalog
    supabase_plan: str
    supabase_gb_bytes: int

    def monthly_usd(self, provider: str, region: str, storage_class: StorageClass, size_bytes: int) -> Decimal | None:
        """USD a month for bytes of a class at a provider of that name; None where the catalogue has no price for it."""
        billed = billed_as(provider)
        if billed == "local":
            return Decimal(0)
        if billed == "supabase":
            price = self.catalog.supabase(self.supabase_plan).meters["storage"].usd_per_gb
            return price * size_bytes / self.supabase_gb_bytes
        price = s3_usd_per_gb_month(self.catalog, region, storage_class)
        return None if price is None else price * size_bytes / GIB


def billed_as(provider: str) -> str:
    """Whose prices hold for a provider of that name: the demo's folders cost what those would that they stand for, and
    a bucket beside one's own (`s3: backup`) what one's own does.
    """
    return provider.removeprefix("demo-").partition(":")[0]


def s3_usd_per_gb_month(catalog: PriceCatalog, region: str, storage_class: StorageClass) -> Decimal | None:
    """USD for a GB (2^30 bytes) and month in the first price band; None where the catalogue does not know it."""
    priced_as = _PRICED_AS.get(storage_class, storage_class)
    classes: dict[str, Any] | None = catalog.content["s3"].get(region)
    if classes is not None:
        return first_band(classes.get(priced_as, {}).get("storage_gb_month"))
    bands: dict[str, list[Any]] = catalog.content["s3_region_first_band"]
    columns, prices = bands["_columns"], bands.get(region)
    return None if prices is None or priced_as not in columns else Decimal(prices[columns.index(priced_as)])


def first_band(price: Any) -> Decimal | None:
    """The price of the smallest amounts; None where there is none."""
    if price is None:
        return None
    return Decimal(price[0]["price"] if isinstance(price, list) else price)
