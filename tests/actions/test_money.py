"""What moving and undoing costs is S3's list price to the last digit, and None where nobody knows it."""

from decimal import Decimal

import pytest

from core.actions.money import Money, less, total
from core.billing.prices import load_prices
from core.billing.storage_prices import StoragePrices
from core.storage.provider import StorageClass
from core.units import GB, GIB, KIB, MIB

STANDARD, IA, GIR = StorageClass.STANDARD, StorageClass.STANDARD_IA, StorageClass.GLACIER_IR
TIERING, GLACIER, DEEP = StorageClass.INTELLIGENT_TIERING, StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE
PRICES = StoragePrices(load_prices(), "pro", GB)
US, FRANKFURT, LOCAL = Money(PRICES, "s3", "us-east-1"), Money(PRICES, "s3", "eu-central-1"), Money(PRICES, "local", "")
VIDEOS = [500 * MIB] * 1000


def undo_usd(storage_class: StorageClass, day: int) -> Decimal:
    """Of a thousand videos of 500 MB that are copied back to Standard on a day."""
    early = total(*(US.early_deletion_usd(storage_class, size, day) for size in VIDEOS))
    back = total(US.retrieval_usd(storage_class, sum(VIDEOS)), US.write_usd(STANDARD, len(VIDEOS)))
    whole = total(early, back)
    assert whole is not None
    return whole


@pytest.mark.parametrize(
    ("storage_class", "day", "undo"),
    [(IA, 10, "8.90"), (GIR, 10, "19.79"), (GIR, 100, "14.65"), (TIERING, 10, "0.005")],
    ids=["IA at day 10", "GIR at day 10", "GIR at day 100", "Intelligent-Tiering"],
)
def test_what_undoing_costs_is_what_was_measured(storage_class: StorageClass, day: int, undo: str):
    assert undo_usd(storage_class, day).quantize(Decimal(undo)) == Decimal(undo)


def test_a_month_in_another_class_saves_the_difference_of_their_prices():
    # 500,000 MiB are 488.28125 GiB, at 0.023 and 0.004
    assert less(US.monthly_usd(STANDARD, VIDEOS), US.monthly_usd(GIR, VIDEOS)) == Decimal("9.27734375")


def test_small_objects_are_billed_as_larger_where_the_class_does_so():
    small = [8 * KIB] * 16  # together 128 KB
    assert US.monthly_usd(STANDARD, small) == Decimal("0.023") * 128 * KIB / GIB
    assert US.monthly_usd(IA, small) == Decimal("0.0125") * 16 * 128 * KIB / GIB


def test_an_archived_object_is_billed_for_its_index_and_its_name_too():
    # 1 GiB and 32 KB at Deep Archive's price, 8 KB at Standard's
    expected = Decimal("0.00099") * (GIB + 32 * KIB) / GIB + Decimal("0.023") * 8 * KIB / GIB
    assert US.monthly_usd(DEEP, [GIB]) == expected


def test_monitoring_is_billed_for_what_is_large_enough():
    assert US.monthly_usd(TIERING, [GIB, 1 * KIB]) == Decimal("0.023") * (GIB + KIB) / GIB + Decimal("0.0000025")


def test_fees_of_a_thousand_objects():
    assert US.write_usd(STANDARD, 1000) == Decimal("0.005")
    assert US.write_usd(GIR, 1000) == Decimal("0.02")
    assert US.transition_usd(IA, 1000) == Decimal("0.01")
    assert US.transition_usd(DEEP, 1000) == Decimal("0.05")
    assert US.tags_usd(1000) == Decimal("0.00065")


def test_a_restore_costs_its_request_its_bytes_and_a_copy_for_a_week():
    copy = Decimal("0.023") * 7 * (Decimal(12) / 365)
    assert US.restore_usd(GLACIER, 1000, GIB) == Decimal("0.05") + Decimal("0.01") + copy
    assert US.restore_usd(GIR, 1000, GIB) == 0


def test_what_stayed_long_enough_leaves_without_a_fee():
    assert US.early_deletion_usd(IA, GIB, 30) == 0
    assert US.early_deletion_usd(DEEP, 0, 180) == 0
    assert US.early_deletion_usd(STANDARD, GIB, 0) == 0


def test_a_price_that_the_region_lacks_is_not_guessed():
    assert FRANKFURT.monthly_usd(IA, [GIB]) == Decimal("0.0135")
    assert FRANKFURT.write_usd(STANDARD, 1000) == Decimal("0.0054")
    assert FRANKFURT.transition_usd(IA, 1) is None
    assert FRANKFURT.retrieval_usd(IA, 1) is None
    assert FRANKFURT.monthly_usd(TIERING, [GIB]) is None
    assert Money(PRICES, "s3", "moon-1").monthly_usd(STANDARD, [1]) is None
    assert FRANKFURT.unknown("What it costs once").startswith("What it costs once is not known: the price catalogue of")


def test_nothing_of_a_known_price_costs_nothing_wherever_it_is():
    assert FRANKFURT.transition_usd(IA, 0) == 0


def test_a_folder_of_this_machine_costs_nothing_and_supabase_bills_bytes_alone():
    assert LOCAL.monthly_usd(GIR, [GIB]) == LOCAL.write_usd(GIR, 5) == LOCAL.early_deletion_usd(GIR, GIB, 1) == 0
    supabase = Money(PRICES, "demo-supabase", "")
    assert supabase.monthly_usd(STANDARD, [1000 * 10**6]) == Decimal("0.021")
    assert supabase.write_usd(STANDARD, 5) == 0


def test_the_demos_folder_costs_what_the_bucket_would():
    assert Money(PRICES, "demo-s3", "us-east-1").monthly_usd(STANDARD, [GIB]) == Decimal("0.023")


def test_a_sum_with_something_unknown_is_unknown():
    assert total(Decimal(1), None) is None
    assert total() == 0
    assert less(None, Decimal(1)) is None
