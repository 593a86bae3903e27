"""Quirks of real and of hostile exports: every charge is counted to the digit, or the delivery is refused in words."""

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.costs.dimensions import Metric
from tests.billing.builders import Row, csv_gz, csv_text, focus, parquet, put
from tests.billing.store import Store


def put_rows(bucket: Path, *rows: Row) -> None:
    put(bucket / "bill.csv.gz", csv_gz(rows))


# --- archives -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["2.csv.gz", "2.parquet", "more/2.zip", "2.GZ"])
def test_an_archive_with_data_that_is_no_csv_is_refused_and_not_read_in_part(store: Store, bucket: Path, other: str):
    put(bucket / "bill.zip", zipped({"1.csv": csv_text([focus("1")]), other: b"x"}))

    assert store.refusal(bucket) == (
        f"bill.zip holds {other}, which is no CSV file. Unpack it, and remove the archive."
    )


def test_what_macos_puts_into_an_archive_is_left_alone(store: Store, bucket: Path):
    members = {"1.csv": csv_text([focus("1")]), "__MACOSX/._1.csv": b"\0\5\x16\7" + bytes(60), "readme.txt": b"hello"}
    put(bucket / "bill.zip", zipped(members))

    assert store.ingest(bucket).deliveries[0].total == Decimal(1)


def zipped(members: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return packed.getvalue()


# --- amounts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", ["", "NULL"])
def test_a_charge_that_states_no_effective_cost_costs_what_is_billed(store: Store, bucket: Path, blank: str):
    put_rows(bucket, focus("5", EffectiveCost=blank), focus("2", EffectiveCost="1"), focus("4", EffectiveCost="0"))
    store.ingest(bucket)

    assert (store.total(), store.total(Metric.EFFECTIVE)) == (Decimal(11), Decimal(6))


@pytest.mark.parametrize(
    ("stated", "counted"),
    [
        ("1.397856E-05", "0.00001397856"),
        ("1.39785699999999992E-05", "0.00001397857"),  # 22 places, of which 18 are kept
        ("0.000000000000000001", "0.000000000000000001"),
        ("-1e-7", "-0.0000001"),
        (" 1.5 ", "1.5"),
    ],
)
def test_an_amount_is_read_however_it_is_written(store: Store, bucket: Path, stated: str, counted: str):
    put_rows(bucket, focus(stated))

    assert store.ingest(bucket).deliveries[0].total == Decimal(counted)


@pytest.mark.parametrize("stated", ["1,234.56", "1.234,56", "$1", "(1)", "1-", "1 USD", "NaN", "inf", "n/a", "  "])
def test_an_amount_that_is_no_number_refuses_the_delivery(store: Store, bucket: Path, stated: str):
    put_rows(bucket, focus("1"), focus(stated))

    assert "holds a value of the wrong type" in store.refusal(bucket)


@pytest.mark.parametrize(
    ("type_", "stated"),
    [(pa.float32(), 0.1), (pa.int64(), 3), (pa.decimal128(38, 18), Decimal("1.25")), (pa.string(), "0.7")],
    ids=str,
)
def test_an_amount_in_parquet_is_read_whatever_its_type(store: Store, bucket: Path, type_: pa.DataType, stated: Any):
    put(bucket / "bill.parquet", parquet([focus(stated)] * 3, BilledCost=type_))

    assert store.ingest(bucket).deliveries[0].total == Decimal(str(stated)) * 3


def test_texts_that_a_file_does_not_mark_as_texts_are_read_as_such(store: Store, bucket: Path):
    """Hadoop's older writers mark none."""
    texts = ["ServiceName", "ProviderName", "BillingAccountId", "ChargeCategory", "BillingCurrency", "Tags"]
    row = focus(1.0, ServiceName="Café", Tags='{"a": "é"}')
    written = row | {name: row[name].encode() for name in texts}
    put(bucket / "bill.parquet", parquet([written], **dict.fromkeys(texts, pa.binary())))
    store.ingest(bucket)

    assert store.costs("service") == {"Café": Decimal(1)}
    assert store.costs("tag:a") == {"é": Decimal(1)}


# --- periods ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "told"),
    [("26-10-01", "0026-10-01"), ("1970-01-01", "1970-01-01"), ("infinity", "infinity"), ("9999-12-01", "9999-12-01")],
)
def test_a_billing_period_that_cannot_be_refuses_the_delivery(store: Store, bucket: Path, stated: str, told: str):
    put_rows(bucket, focus("1"), focus("2", BillingPeriodStart=stated))

    assert store.refusal(bucket) == (f"It holds charges of the billing period {told}. Report it to the provider.")


@pytest.mark.parametrize("stated", ["2026-10-01T00:00:00+02:00", "2026-10-01T00:00:00-08:00", "2026-10-01T00:00+14:00"])
def test_a_month_is_the_one_that_is_stated_wherever_its_midnight_is(store: Store, bucket: Path, stated: str):
    put_rows(bucket, focus("1", BillingPeriodStart=stated))

    (report,) = store.ingest(bucket).deliveries
    assert f"{report.period:%Y-%m}" == "2026-10"


@pytest.mark.parametrize("write", [csv_gz, parquet])
@pytest.mark.parametrize("blank", ["", "NULL"])
def test_a_charge_without_a_day_stands_on_the_first_of_its_month(store: Store, bucket: Path, blank: str, write: Any):
    row = focus("1", ChargePeriodStart=blank, ChargePeriodEnd=blank)
    dates = dict.fromkeys(["ChargePeriodStart", "ChargePeriodEnd"], pa.string()) if write is parquet else {}
    put(bucket / f"bill.{'parquet' if write is parquet else 'csv.gz'}", write([row], **dates))
    store.ingest(bucket)

    assert [str(day) for day in store.column("charge_period_start")] == ["2026-10-01"]


@pytest.mark.parametrize("end", ["2999-01-01T00:00:00Z", "infinity", "2026-11-01T00:00:00Z"])
def test_no_bill_reaches_further_than_its_month(store: Store, bucket: Path, end: str):
    """Else every day until then would pass for covered."""
    put_rows(bucket, focus("1", ChargePeriodEnd=end))
    store.ingest(bucket)

    assert store.warehouse.query("SELECT usage_until FROM bills") == [(datetime(2026, 11, 1, tzinfo=UTC),)]
