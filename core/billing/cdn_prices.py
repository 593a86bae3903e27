"""CDN prices: what a month of CloudFront costs at list price, with its bands and what is free."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from core.billing.prices import PriceCatalog
from core.units import GIB

#: The catalogue's name for each price region of the bill.
_GROUPS = {
    "US": "US_MX_CA", "CA": "US_MX_CA", "MX": "US_MX_CA", "EU": "EU_IL", "IL": "EU_IL", "ZA": "ZA_KE_ME",
    "ME": "ZA_KE_ME", "SA": "SA", "JP": "JP", "AU": "AU_NZ", "AP": "APAC", "KR": "APAC", "IN": "IN",
}  # fmt: skip
#: Where the price region is not known.
USUAL = "US"
_Key = TypeVar("_Key")


def transfer_usd(catalog: PriceCatalog, sizes: Mapping[str, int]) -> Decimal:
    """USD for the bytes that all distributions of an account sent in a month, by price region.

    The free quota is taken from each region in proportion; bands are counted by region, from the month's beginning.
    """
    prices: dict[str, Any] = catalog.content["cloudfront_payg"]
    free = Decimal(prices["free_tier_account_month"]["dto_gb"])
    bands = prices["bands_gb"]
    charged = _beyond({group: Decimal(size) / GIB for group, size in _grouped(sizes).items()}, free)
    return sum((_banded(size, bands, prices["dto_gb"][group]) for group, size in charged.items()), Decimal(0))


def first_usd_per_gb(catalog: PriceCatalog, region: str = USUAL) -> Decimal:
    """USD for a GB (2^30 bytes) to viewers of a price region, in the first band beyond what is free."""
    return Decimal(catalog.content["cloudfront_payg"]["dto_gb"][_GROUPS[region]][0])


def requests_usd(catalog: PriceCatalog, http: Mapping[str, int], https: Mapping[str, int]) -> Decimal:
    """USD for the requests of an account in a month, by price region; the free quota is taken in proportion."""
    prices: dict[str, Any] = catalog.content["cloudfront_payg"]
    requests = {("http_10k", group): Decimal(number) for group, number in _grouped(http).items()}
    requests |= {("https_10k", group): Decimal(number) for group, number in _grouped(https).items()}
    charged = _beyond(requests, Decimal(prices["free_tier_account_month"]["requests"]))
    return sum(
        (number * Decimal(prices[scheme][group]) / 10_000 for (scheme, group), number in charged.items()), Decimal(0)
    )


def _grouped(amounts: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for region, amount in amounts.items():
        found[_GROUPS.get(region, _GROUPS[USUAL])] += amount
    return found


def _beyond(amounts: Mapping[_Key, Decimal], free: Decimal) -> dict[_Key, Decimal]:
    """What is left of each once the free quota is taken from all."""
    total = sum(amounts.values(), Decimal(0))
    if total <= free:
        return {}
    return {key: amount * (total - free) / total for key, amount in amounts.items()}


def _banded(size_gb: Decimal, bands: list[Any], prices: list[Any]) -> Decimal:
    usd, begin = Decimal(0), Decimal(0)
    for upto, price in zip(bands, prices, strict=True):
        end = size_gb if upto is None else min(size_gb, Decimal(upto))
        usd += max(end - begin, Decimal(0)) * Decimal(price)
        begin = end
    return usd


def invalidation_usd(catalog: PriceCatalog, paths: int) -> Decimal:
    """USD for invalidating so many paths, beyond those that are free in a month."""
    return Decimal(catalog.content["cloudfront_payg"]["invalidation_path"]) * paths
