"""CloudFront's list prices: free quota, bands, and what holds for any use."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.billing.cdn_prices import requests_usd, transfer_usd
from core.billing.prices import load_prices
from core.units import GIB

CATALOG = load_prices()
REGIONS = st.sampled_from(["US", "EU", "JP", "IN", "AP", "SA", ""])
SIZES = st.dictionaries(REGIONS, st.integers(0, 10**7 * GIB), max_size=4)


def test_a_band_ends_where_the_next_begins():
    """1,024 GB of 20,480 are free: 19,456 are paid for, 10,240 at $0.085 and 9,216 at $0.080."""
    assert transfer_usd(CATALOG, {"US": 20_480 * GIB}) == Decimal("1607.68")


def test_the_quota_is_taken_from_each_region_in_proportion():
    """Half of 2,048 GB is free: 512 GB at $0.085 and 512 GB at $0.109."""
    assert transfer_usd(CATALOG, {"US": 1024 * GIB, "IN": 1024 * GIB}) == Decimal("99.328")


def test_requests_beyond_ten_million():
    """Half of 20 M is free: 5 M by http at $0.0075, 5 M by https at $0.01, for 10,000 each."""
    assert requests_usd(CATALOG, {"US": 10_000_000}, {"US": 10_000_000}) == Decimal("8.75")


@given(SIZES, REGIONS, st.integers(0, 10**6 * GIB))
def test_more_is_never_cheaper(sizes: dict[str, int], region: str, more: int):
    after = {**sizes, region: sizes.get(region, 0) + more}

    assert transfer_usd(CATALOG, after) >= transfer_usd(CATALOG, sizes) - Decimal("1e-12")


@given(SIZES)
def test_nothing_costs_more_than_the_dearest_first_band(sizes: dict[str, int]):
    assert 0 <= transfer_usd(CATALOG, sizes) <= Decimal("0.12") * sum(sizes.values()) / GIB
