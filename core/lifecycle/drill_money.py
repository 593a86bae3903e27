"""Drill money: what reading a sample in full costs, as if every byte of it left the provider for the internet."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from core.actions.money import NOTHING, Money, money_of, total
from core.billing.request_prices import s3_egress_usd_per_gb, s3_get_usd
from core.billing.storage_prices import StoragePrices, billed_as
from core.lifecycle.backups import Kept
from core.storage.provider import StorageProvider
from core.units import GIB


def reading_usd(prices: StoragePrices, places: Mapping[str, StorageProvider], read: Iterable[Kept]) -> Decimal | None:
    """USD at most: egress, requests and retrieval; what a plan includes counts as used. None: a price is lacking."""
    return total(*(_one(prices, money_of(prices, places[each.place]), each) for each in read))


def _one(prices: StoragePrices, money: Money, each: Kept) -> Decimal | None:
    if billed_as(money.provider) == "supabase":
        meter = prices.catalog.supabase(prices.supabase_plan).meters["egress"]
        return meter.usd_per_gb * each.size_bytes / prices.supabase_gb_bytes
    if not money.is_s3:
        return NOTHING
    per_gb = s3_egress_usd_per_gb(prices.catalog, money.region)
    egress = None if per_gb is None else per_gb * each.size_bytes / GIB
    get = s3_get_usd(prices.catalog, money.region)
    return total(egress, get, money.retrieval_usd(each.storage_class, each.size_bytes))
