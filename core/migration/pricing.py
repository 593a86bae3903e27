"""Pricing: what a move costs once, and what storage costs before and after it, at list price."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from core.billing.request_prices import s3_egress_usd_per_gb, s3_put_usd
from core.billing.storage_prices import StoragePrices, billed_as
from core.migration.places import Place
from core.migration.traffic import PART_BYTES
from core.storage.provider import StorageClass
from core.units import GIB

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Egress:
    """What a source asks for the bytes that leave it."""

    included_bytes: int  #: a month
    used_bytes: int  #: of them, this month so far
    usd_per_gb: Decimal  #: beyond what is included
    gb_bytes: int
    assumptions: tuple[str, ...]  #: in words

    def usd(self, size_bytes: int) -> Decimal:
        """For so many bytes more, all of them this month."""
        left = max(self.included_bytes - self.used_bytes, 0)
        return max(size_bytes - left, 0) * self.usd_per_gb / self.gb_bytes


@dataclass(frozen=True)
class Pricing:
    """The prices of one way; what the catalogue does not know counts as nothing, and is told."""

    storage: StoragePrices
    source: Place
    target: Place

    def monthly_usd(self, place: Place, sizes: Mapping[StorageClass, int]) -> Decimal:
        """USD a month for bytes by their class."""
        prices = self._storage_prices[place.name]
        return sum((size * (prices[each] or _NOTHING) / GIB for each, size in sizes.items()), _NOTHING)

    def requests_usd(self, requests: Mapping[StorageClass, int]) -> Decimal:
        """USD for requests that write to the target, by the class of what they write."""
        return sum((number * self._put_prices[each] for each, number in requests.items()), _NOTHING)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What there is no price of."""
        return tuple(
            f"The price of storage at {place.name} ({place.region}) is not known, and counts as nothing."
            for place in (self.source, self.target)
            if self._storage_prices[place.name][StorageClass.STANDARD] is None
        )

    @cached_property
    def _storage_prices(self) -> dict[str, dict[StorageClass, Decimal | None]]:
        """USD a month for 2^30 bytes."""
        return {
            place.name: {each: self.storage.monthly_usd(place.name, place.region, each, GIB) for each in StorageClass}
            for place in (self.source, self.target)
        }

    @cached_property
    def _put_prices(self) -> dict[StorageClass, Decimal]:
        if not is_s3(self.target):
            return dict.fromkeys(StorageClass, _NOTHING)
        known = {each: s3_put_usd(self.storage.catalog, self.target.region, each) for each in StorageClass}
        return {each: price or _NOTHING for each, price in known.items()}


def is_s3(place: Place) -> bool:
    """Whether it bills as S3 does."""
    return billed_as(place.name) not in ("local", "supabase")


def writes_of(size_bytes: int) -> int:
    """Requests that write an object of that size: one, or its parts with a first and a last one."""
    return 1 if size_bytes <= PART_BYTES else -(-size_bytes // PART_BYTES) + 2


def egress_of(pricing: Pricing, used_bytes: int | None) -> Egress:
    """What leaving the source costs; `used_bytes` of this month's, None where nobody knows."""
    source, storage = pricing.source, pricing.storage
    if billed_as(source.name) == "supabase":
        return _supabase_egress(storage, used_bytes)
    if not is_s3(source):
        return Egress(0, 0, _NOTHING, GIB, ())
    price = s3_egress_usd_per_gb(storage.catalog, source.region)
    words = (
        f"Every byte that leaves {source.name} counts at the price of the internet; within a region AWS asks nothing."
        if price is not None
        else f"The price of bytes that leave {source.name} ({source.region}) is not known, and counts as nothing."
    )
    return Egress(0, 0, price or _NOTHING, GIB, (words,))


def _supabase_egress(storage: StoragePrices, used_bytes: int | None) -> Egress:
    prices = storage.catalog.supabase(storage.supabase_plan)
    meter = prices.meters["egress"]
    used = "Of this month's egress nothing is known, so none of it counts as used." if used_bytes is None else ""
    free = "Beyond it the free plan sells none: Supabase may restrict the project." if prices.plan == "free" else ""
    words = (
        f"The {prices.plan} plan of Supabase includes {meter.included_gb} GB of egress a month, and all of the move "
        "counts in one month.",
        used,
        free,
    )
    gb = storage.supabase_gb_bytes
    return Egress(int(meter.included_gb * gb), used_bytes or 0, meter.usd_per_gb, gb, tuple(filter(None, words)))
