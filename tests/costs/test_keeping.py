"""Keeping: the list price of where a video lies, by hand."""

from decimal import Decimal

import pytest

from core.billing.prices import load_prices
from core.billing.storage_prices import StoragePrices
from core.catalog.video import Copy
from core.costs.keeping import Keeping
from core.storage.provider import StorageClass
from core.units import GIB
from tests.catalog.videos import NOW, original, packaged


@pytest.fixture
def keeping() -> Keeping:
    """S3 in us-east-1, Supabase, this machine, and a bucket in a region that no price is known of."""
    regions = {"s3": "us-east-1", "supabase": "", "local": "local", "s3-mars": "mars-north-1"}
    return Keeping(StoragePrices(load_prices(), "pro", 10**9), regions)


def test_bytes_cost_what_their_class_costs(keeping):
    assert keeping.monthly_usd("s3", StorageClass.GLACIER_IR, 2 * GIB) == Decimal("0.008")
    assert keeping.monthly_usd("local", StorageClass.STANDARD, GIB) == 0


@pytest.mark.parametrize("provider", ["s3-mars", "nowhere"])
def test_what_has_no_price_costs_nobody_knows_what(keeping, provider):
    assert keeping.monthly_usd(provider, StorageClass.STANDARD, GIB) is None


def test_a_video_costs_the_sum_of_its_parts(keeping):
    stored = [
        ("s3", StorageClass.GLACIER_IR, 10 * GIB),  # 0.004 each
        ("s3", StorageClass.INTELLIGENT_TIERING, GIB),  # as Standard: 0.023
        ("supabase", StorageClass.STANDARD, 10**9),  # 0.021
    ]
    assert keeping.total_usd(stored) == Decimal("0.04") + Decimal("0.023") + Decimal("0.021")
    assert keeping.total_usd([]) == 0
    assert keeping.total_usd([*stored, ("s3-mars", StorageClass.STANDARD, 1)]) is None


def test_a_copy_costs_the_sum_of_its_objects(keeping):
    copy = Copy("s3", "", NOW, (original(size_bytes=GIB), *packaged()))

    # 1,000 bytes of renditions and 90 of pictures and playlists, at 0.023 a GB
    assert keeping.copy_usd(copy) == pytest.approx(Decimal("0.004") + Decimal("0.023") * 1_090 / GIB)


def test_prices_of_a_byte_are_of_what_has_a_price(keeping):
    prices = keeping.byte_prices()

    assert prices["s3", StorageClass.STANDARD] == Decimal("0.023") / GIB
    assert {provider for provider, _ in prices} == {"s3", "supabase", "local"}
