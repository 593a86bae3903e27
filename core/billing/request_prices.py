"""Request prices: what requests to a bucket of S3 cost at list price, what reading out of one does, and its fees."""

from decimal import Decimal
from typing import Any

from core.billing.prices import PriceCatalog
from core.billing.storage_prices import first_band
from core.storage.provider import StorageClass

#: The region whose prices are known for each class; elsewhere they are in proportion to STANDARD's.
_KNOWN = "us-east-1"


def s3_put_usd(catalog: PriceCatalog, region: str, storage_class: StorageClass) -> Decimal | None:
    """USD for one PUT, or another request that writes; None where the catalogue does not know the region."""
    known: dict[str, Any] = catalog.content["s3"][_KNOWN]
    price = Decimal(known[storage_class]["put_1k"]) / 1000
    if region == _KNOWN:
        return price
    standard = _first_bands(catalog, region, "put_1k_std")
    return None if standard is None else price * standard / Decimal(known[StorageClass.STANDARD]["put_1k"])


def s3_get_usd(catalog: PriceCatalog, region: str) -> Decimal | None:
    """USD for one GET of STANDARD; None where the catalogue does not know the region."""
    if region == _KNOWN:
        return Decimal(catalog.content["s3"][_KNOWN][StorageClass.STANDARD]["get_1k"]) / 1000
    price = _first_bands(catalog, region, "get_1k_std")
    return None if price is None else price / 1000


def s3_egress_usd_per_gb(catalog: PriceCatalog, region: str) -> Decimal | None:
    """USD for a GB (2^30 bytes) sent to the internet, in the first price band; None where the region is not known."""
    if region == _KNOWN:
        return first_band(catalog.content["s3"][_KNOWN]["egress_internet_gb"])
    return _first_bands(catalog, region, "egress_gb")


def s3_between_regions_usd_per_gb(catalog: PriceCatalog, region: str, other: str) -> Decimal | None:
    """USD for a GB (2^30 bytes) that goes from one region of AWS to another; None where the catalogue has none."""
    if region == other:
        return Decimal(0)
    prices: dict[str, Any] = catalog.content["s3"].get(region, {}).get("crr_gb", {})
    price = prices.get(other, prices.get("default"))
    return None if price is None else Decimal(price)


def s3_replicated_in_time_usd_per_gb(catalog: PriceCatalog, region: str) -> Decimal | None:
    """USD for a GB whose replication is to be done within 15 minutes; None where the catalogue has none."""
    price = catalog.content["s3"].get(region, {}).get("replication_time_control_gb")
    return None if price is None else Decimal(price)


def _first_bands(catalog: PriceCatalog, region: str, column: str) -> Decimal | None:
    bands: dict[str, list[Any]] = catalog.content["s3_region_first_band"]
    prices = bands.get(region)
    price = prices[bands["_columns"].index(column)] if prices else None
    return None if price is None else Decimal(price)


def s3_fee(catalog: PriceCatalog, region: str, storage_class: StorageClass, *path: str) -> Decimal | None:
    """USD for a fee of a class, such as `transition_in_1k`, as the catalogue has it; None where it has none."""
    classes: dict[str, Any] | None = catalog.content["s3"].get(region)
    if classes is None:
        is_known = (storage_class, path) == (StorageClass.STANDARD, ("put_1k",))
        return _first_bands(catalog, region, "put_1k_std") if is_known else None
    found: Any = classes.get(storage_class)
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return first_band(found)


def s3_tag_month_usd(catalog: PriceCatalog, region: str) -> Decimal | None:
    """USD a month for one tag of an object; None where the catalogue does not know it."""
    price = catalog.content["s3"].get(region, {}).get("tags_10k_month")
    return None if price is None else Decimal(price) / 10_000
