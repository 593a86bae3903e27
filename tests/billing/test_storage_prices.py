"""Storage prices: what a month costs at each provider, at list price."""

from decimal import Decimal

import pytest

from core.billing.prices import load_prices
from core.billing.storage_prices import StoragePrices
from core.storage.provider import StorageClass
from core.units import GIB

PRICES = StoragePrices(load_prices(), "pro", 10**9)


@pytest.mark.parametrize(
    ("region", "storage_class", "usd"),
    [
        ("us-east-1", StorageClass.STANDARD, "2.3"),  # 100 GB x $0.023, the first band
        ("us-east-1", StorageClass.INTELLIGENT_TIERING, "2.3"),  # its frequent tier costs what Standard does
        ("us-east-1", StorageClass.GLACIER_IR, "0.4"),  # x $0.004
        ("us-east-1", StorageClass.DEEP_ARCHIVE, "0.099"),  # x $0.00099
        ("eu-central-1", StorageClass.STANDARD, "2.45"),  # x $0.0245
        ("eu-central-1", StorageClass.INTELLIGENT_TIERING, "2.45"),
        ("eu-central-1", StorageClass.STANDARD_IA, "1.35"),  # x $0.0135
    ],
)
def test_s3_is_priced_by_region_and_class(region, storage_class, usd):
    assert PRICES.monthly_usd("s3", region, storage_class, 100 * GIB) == Decimal(usd)


def test_a_residency_bucket_is_priced_like_any_other_of_its_region():
    assert PRICES.monthly_usd("s3-eu", "eu-west-1", StorageClass.STANDARD, GIB) == Decimal("0.023")


def test_a_region_without_a_price_has_none():
    assert PRICES.monthly_usd("s3", "eu-moon-1", StorageClass.STANDARD, GIB) is None


def test_supabase_counts_its_own_gigabytes():
    assert PRICES.monthly_usd("supabase", "", StorageClass.STANDARD, 100 * 10**9) == Decimal("2.1")  # x $0.021


def test_the_free_plan_and_ones_own_disk_cost_nothing():
    free = StoragePrices(load_prices(), "free", 10**9)

    assert free.monthly_usd("supabase", "", StorageClass.STANDARD, 10**9) == 0
    assert PRICES.monthly_usd("local", "local", StorageClass.STANDARD, 10**9) == 0


def test_every_class_has_a_price_in_every_region_of_the_catalogue():
    regions = ["us-east-1", *(name for name in load_prices().content["s3_region_first_band"] if name[0] != "_")]

    for region in regions:
        for storage_class in StorageClass:
            assert PRICES.monthly_usd("s3", region, storage_class, GIB), (region, storage_class)
