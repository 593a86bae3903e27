"""Truth 7: what a gigabyte and a gigabyte-month are, and how many bytes lie where."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.storage import StoredBytes, stored_bytes
from core.units import GIB, bytes_stored, hours_in_month
from tests.billing.builders import Row, cur2, deliver_cur2, put
from tests.billing.store import Store

TIB = 2**40


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-05", 744), ("2026-02-05", 672), ("2028-02-05", 696), ("2026-11-30", 720)]
)
def test_a_month_has_the_hours_of_the_calendar(day: str, hours: int):
    assert hours_in_month(date.fromisoformat(day)) == hours


def test_a_gigabyte_for_a_day_of_october_is_a_thirty_first_of_a_gigabyte_month():
    assert round(bytes_stored(1 / 31, date(2026, 10, 1))) == GIB == 1_073_741_824


def stored(gb_months: str, usage_type: str = "TimedStorage-ByteHrs", day: int = 10, **columns: object) -> Row:
    row = cur2(
        "1",
        line_item_usage_type=usage_type,
        line_item_operation="StandardStorage",
        line_item_usage_amount=gb_months,
        pricing_unit="GB-Mo",
        line_item_usage_start_date=f"2026-10-{day:02}T00:00:00Z",
        line_item_usage_end_date=f"2026-10-{day:02}T01:00:00Z",
    )
    return row | columns


def hour_after(day: int) -> Row:
    """Usage that shows the day to be over."""
    return cur2(
        "1",
        line_item_usage_start_date=f"2026-10-{day:02}T22:00:00Z",
        line_item_usage_end_date=f"2026-10-{day + 1:02}T00:00:00Z",
    )


def test_bytes_of_each_class_on_the_last_whole_day(store: Store, bucket: Path):
    """1024 GB for one of October's 31 days is 33.0322... GB-months."""
    day_of_a_tib = format(Decimal(1024) / 31, ".18f")
    rows = [
        stored(day_of_a_tib),
        stored(day_of_a_tib, "EUC1-TimedStorage-GIR-ByteHrs", line_item_operation="GlacierInstantRetrievalStorage"),
        stored("99", day=9),
        hour_after(10),
    ]
    deliver_cur2(bucket, rows, ending="csv.gz")
    store.ingest(bucket)

    assert set(stored_bytes(store.warehouse)) == {
        StoredBytes("AWS", "STANDARD", TIB, date(2026, 10, 10)),
        StoredBytes("AWS", "GLACIER_IR", TIB, date(2026, 10, 10)),
    }


def test_object_overhead_and_restored_copies_are_no_storage_of_standard(store: Store, bucket: Path):
    overhead = stored("5", line_item_operation="GlacierS3ObjectOverhead")
    restored = stored("7", line_item_operation="GlacierRestoreObjectStorage")
    deliver_cur2(bucket, [stored("31"), overhead, restored, hour_after(10)], ending="csv.gz")
    store.ingest(bucket)

    by_class = {each.storage_class: each.size_bytes for each in stored_bytes(store.warehouse)}
    assert by_class["STANDARD"] == 31 * 31 * GIB


def test_a_gigabyte_sent_is_counted_as_billed(store: Store, bucket: Path):
    """0.5 GB at 0.09 is 2^29 bytes."""
    deliver_cur2(bucket, [cur2("0.045", line_item_usage_amount=0.5)])
    store.ingest(bucket)

    ((unit, quantity),) = store.warehouse.query("SELECT consumed_unit, consumed_quantity FROM charges")
    assert (unit, quantity * GIB) == ("GB", 2**29)


def test_supabase_storage_is_what_was_measured(store: Store, bucket: Path):
    header = "date,organization,project,storage_bytes,egress_bytes,cached_egress_bytes\n"
    put(bucket / "usage.csv", f"{header}2026-10-01,org,live,1000,0,0\n2026-10-02,org,live,2000,0,0\n")
    store.ingest(bucket)

    (found,) = stored_bytes(store.warehouse)
    assert (found.provider, found.size_bytes, found.day) == ("Supabase", 2000, date(2026, 10, 2))


def test_without_storage_there_are_no_bytes(store: Store, bucket: Path):
    assert stored_bytes(store.warehouse) == ()
    deliver_cur2(bucket, [cur2("1")])
    store.ingest(bucket)
    assert stored_bytes(store.warehouse) == ()
