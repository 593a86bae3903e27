"""Truth 4: legacy CUR, CUR 2.0 and FOCUS, in all their files and dialects, become the same rows."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.billing.builders import (
    DELIVERED,
    athena,
    csv_gz,
    csv_text,
    csv_zip,
    cur2,
    deliver_cur2,
    deliver_legacy,
    focus,
    legacy,
    parquet,
    put,
    without,
)
from tests.billing.store import Store

SAME = """SELECT provider_name, billing_account_id, sub_account_id, service_name, region_id, usage_type, operation,
    usage_family, charge_category, billing_currency, consumed_unit, resource_id, estimated,
    charge_period_start::VARCHAR, consumed_quantity, billed_cost FROM resource_charges"""
ONE_GIGABYTE = (
    "AWS", "111111111111", "222222222222", "Amazon Simple Storage Service", "us-east-1", "DataTransfer-Out-Bytes",
    "GetObject", "transfer out", "usage", "USD", "GB", "videos", False, "2026-10-10", Decimal(1), Decimal("0.09"),
)  # fmt: skip


def put_row(bucket: Path, row: dict) -> None:
    put(bucket / "bill.csv.gz", csv_gz([row]))


@pytest.mark.parametrize("ending", ["snappy.parquet", "csv.gz"])
@pytest.mark.parametrize("create_new", [False, True], ids=["overwrite", "create-new"])
def test_cur_2_0_in_each_layout_and_format(store: Store, bucket: Path, create_new: bool, ending: str):
    deliver_cur2(bucket, [cur2("0.09")], create_new=create_new, ending=ending)

    (report,) = store.ingest(bucket).deliveries
    assert (report.kind, report.complete) == ("cur2", True)
    assert store.warehouse.query(SAME) == [ONE_GIGABYTE]


@pytest.mark.parametrize("assembly", ["20261106T050000Z", None], ids=["assemblies", "overwrite"])
@pytest.mark.parametrize("ending", ["csv.gz", "csv.zip", "snappy.parquet"])
def test_legacy_cur_in_each_layout_and_format(store: Store, bucket: Path, ending: str, assembly: str | None):
    row = athena(0.09) if ending == "snappy.parquet" else legacy("0.09")
    deliver_legacy(bucket, [row], assembly=assembly, ending=ending)

    (report,) = store.ingest(bucket).deliveries
    assert (report.kind, report.complete) == ("cur", True)
    assert store.warehouse.query(SAME) == [ONE_GIGABYTE]


AWS_OWN = {"x_UsageType": "DataTransfer-Out-Bytes", "x_Operation": "GetObject", "x_ServiceCode": "AmazonS3"}


def focus_1_2(cost: str) -> dict:
    return focus(cost, InvoiceId="EUINV26-1", **AWS_OWN)


def focus_1_3(cost: str) -> dict:
    """1.3 renames who provides the service."""
    renamed = {"ServiceProviderName": "Amazon Web Services", "HostProviderName": "AWS", "InvoiceIssuerName": "AWS"}
    return without(focus_1_2(cost), "ProviderName", "PublisherName") | renamed


@pytest.mark.parametrize("row", [focus_1_2("0.09"), focus_1_3("0.09")], ids=["1.2", "1.3"])
@pytest.mark.parametrize("write", [csv_gz, csv_zip, parquet, lambda rows: csv_text(rows).encode()])
def test_focus_in_each_version_and_format(store: Store, bucket: Path, row: dict, write: Any):
    name = {csv_gz: "csv.gz", csv_zip: "zip", parquet: "parquet"}.get(write, "csv")
    put(bucket / f"focus.{name}", write([row]))

    (report,) = store.ingest(bucket).deliveries
    assert (report.kind, report.total) == ("focus", Decimal("0.09"))
    assert store.warehouse.query(SAME) == [ONE_GIGABYTE]


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("Amazon Web Services, Inc.", "AWS"),
        ("Microsoft", "Microsoft"),
        ("Microsoft Azure", "Microsoft"),
        ("Google Cloud Platform", "Google Cloud"),
        ("Oracle Cloud Infrastructure", "Oracle"),
        ("Databricks", "Databricks"),
    ],
)
def test_any_provider_has_one_name(store: Store, bucket: Path, stated: str, shown: str):
    put_row(bucket, focus("2", ProviderName=stated))
    store.ingest(bucket)

    assert store.costs("provider") == {shown: Decimal(2)}


def test_the_word_null_is_no_value(store: Store, bucket: Path):
    null = dict.fromkeys(["RegionId", "ResourceId", "ListCost", "ConsumedQuantity", "SubAccountId", "Tags"], "NULL")
    put_row(bucket, focus("2", InvoiceId="NULL", **null))
    store.ingest(bucket)

    columns = "region_id, resource_id, list_cost, consumed_quantity, sub_account_id, tags, estimated"
    rows = store.warehouse.query(f"SELECT {columns} FROM resource_charges")
    assert rows == [(None, None, Decimal(0), Decimal(0), None, None, True)]
    assert store.costs("region") == {"not stated": Decimal(2)}


@pytest.mark.parametrize(
    "instant",
    [
        "2026-10-10T23:30:00Z",
        "2026-10-10T23:30:00.000Z",
        "2026-10-10T23:30:00",
        "2026-10-10 23:30:00",
        "2026-10-10 23:30:00 UTC",
        "2026-10-10 23:30:00.123456+00:00",
        "2026-10-11T01:30:00+02:00",
        "2026-10-10",
    ],
)
def test_an_instant_in_text_is_utc_however_it_is_written(store: Store, bucket: Path, instant: str):
    put_row(bucket, focus("1", ChargePeriodStart=instant))
    store.ingest(bucket)

    assert [str(day) for day in store.column("charge_period_start")] == ["2026-10-10"]


@pytest.mark.parametrize("type_", [pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("ms", "UTC"), pa.date32()])
def test_an_instant_in_parquet_is_utc_whatever_its_type(store: Store, bucket: Path, type_: pa.DataType):
    row = cur2("1", line_item_usage_start_date="2026-10-10T23:30:00")
    if pa.types.is_date(type_):
        row["line_item_usage_start_date"] = date(2026, 10, 10)
    put(bucket / "bill.parquet", parquet([row], line_item_usage_start_date=type_))
    store.ingest(bucket)

    assert [str(day) for day in store.column("charge_period_start")] == ["2026-10-10"]


def test_the_order_of_columns_means_nothing(store: Store, bucket: Path):
    row = cur2("0.09")
    put(bucket / "a/bill.csv.gz", csv_gz([dict(reversed(row.items()))]))
    store.ingest(bucket)

    assert store.warehouse.query(SAME) == [ONE_GIGABYTE]


def test_files_of_one_delivery_may_have_different_columns(store: Store, bucket: Path):
    shuffled = dict(reversed((cur2("2") | {"line_item_tax_type": ""}).items()))
    fewer = without(cur2("3"), "resource_tags", "product", "line_item_operation") | {"discount": {}}
    deliver_cur2(bucket, [csv_gz([cur2("1")]), csv_gz([shuffled]), csv_gz([fewer])], ending="csv.gz")
    store.ingest(bucket)

    assert store.total() == Decimal(6)


OPTIONAL = [
    "bill_invoice_id", "line_item_usage_account_id", "line_item_usage_end_date", "line_item_product_code",
    "line_item_usage_type", "line_item_operation", "line_item_resource_id", "line_item_currency_code",
    "line_item_usage_amount", "pricing_unit", "product", "product_region_code", "resource_tags",
]  # fmt: skip


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_optional_column_may_be_absent(store: Store, bucket: Path, name: str):
    put_row(bucket, without(cur2("0.5"), name) | {"discount": "{}"})
    store.ingest(bucket)

    assert store.total() == Decimal("0.5")


@pytest.mark.parametrize(
    ("row", "name"),
    [
        *((cur2(), name) for name in cur2() if name in (
            "bill_payer_account_id", "bill_billing_period_start_date", "line_item_usage_start_date",
            "line_item_line_item_type", "line_item_unblended_cost",
        )),
        *((focus(), name) for name in focus() if name in (
            "BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "ChargePeriodStart",
            "ChargeCategory",
        )),
    ],
)  # fmt: skip
def test_a_required_column_that_is_absent_is_named(store: Store, bucket: Path, row: dict, name: str):
    put_row(bucket, without(row, name))

    assert f"bill.csv.gz lacks the column {name}" in store.refusal(bucket)


def test_focus_without_any_provider_is_refused_by_the_columns_name(store: Store, bucket: Path):
    put_row(bucket, without(focus(), "ProviderName", "PublisherName"))

    assert "lacks the column ServiceProviderName" in store.refusal(bucket)


def test_tags_come_from_a_map_from_json_and_from_columns_alike(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1", resource_tags={"user_team": "video"})], export="a")
    deliver_cur2(bucket, [cur2("2", resource_tags={"user_team": "video"}, bill_payer_account_id="2")], export="b",
                 ending="csv.gz")  # fmt: skip
    row = legacy("4", **{"resourceTags/user:Team": "video", "bill/PayerAccountId": "3"})
    deliver_legacy(bucket, [row])
    put(bucket / "f/focus.csv.gz", csv_gz([focus("8", Tags='{"user_team": "video"}', BillingAccountId="4")]))
    store.ingest(bucket)

    assert store.costs("tag:team") == {"video": Decimal(15)}


def test_gzip_of_several_members_is_read_to_its_end(store: Store, bucket: Path):
    first, second = csv_text([cur2("1")]), csv_text([cur2("2")]).split("\n", 1)[1]
    put(bucket / "bill.csv.gz", gzip.compress(first.encode()) + gzip.compress(second.encode()))

    assert store.ingest(bucket).deliveries[0].total == Decimal(3)


def test_a_csv_from_windows_is_read_like_any_other(store: Store, bucket: Path):
    put(bucket / "bill.csv", b"\xef\xbb\xbf" + csv_text([focus("1"), focus("2")], end="\r\n").encode())

    report = store.ingest(bucket).deliveries[0]
    assert (report.rows, report.total) == (2, Decimal(3))


def test_quoted_commas_quotes_and_newlines_stay_in_their_value(store: Store, bucket: Path):
    name = 'a, "b"\nc'
    put_row(bucket, cur2("1", line_item_resource_id=name))
    store.ingest(bucket)

    assert store.column("resource_id") == [name]
    assert store.total() == Decimal(1)


def test_a_file_of_a_header_alone_adds_nothing(store: Store, bucket: Path):
    put(bucket / "1.csv", csv_text([focus("1")]))
    put(bucket / "2.csv", csv_text([focus("1")]).splitlines()[0])

    assert store.ingest(bucket).deliveries[0].total == Decimal(1)


def test_a_delivery_of_headers_alone_is_a_month_without_charges(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("5")])
    store.ingest(bucket)
    header = csv_text([cur2()]).splitlines()[0].encode()
    deliver_cur2(bucket, [header], ending="csv", delivered_at=DELIVERED.replace(day=7), execution="b")

    (report,) = store.ingest(bucket).deliveries
    assert (report.outcome, report.rows, report.total) == ("loaded", 0, Decimal(0))


def test_aws_restates_the_service_name_under_one_name(store: Store, bucket: Path):
    """Tax and credits carry the code alone; usage of a product not known here carries its name."""
    usage = cur2("1", line_item_product_code="AmazonBraket", product={"product_name": "Amazon Braket"})
    tax = cur2("2", line_item_product_code="AmazonBraket", product={}, line_item_line_item_type="Tax")
    deliver_cur2(bucket, [usage, tax, cur2("4", product={})])
    store.ingest(bucket)

    assert store.costs("service") == {
        "Amazon Simple Storage Service": Decimal(4),
        "Amazon Braket": Decimal(3),
    }


def test_a_charge_without_a_billing_period_refuses_the_delivery_and_is_not_dropped(store: Store, bucket: Path):
    put(bucket / "bill.parquet", parquet([cur2("1"), cur2("2", bill_billing_period_start_date=None)]))

    assert "charges without a billing period" in store.refusal(bucket)
