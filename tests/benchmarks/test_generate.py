"""The generated month: shaped like CUR 2.0, whole, and always the same."""

import json
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from benchmarks.delivery import Delivery
from benchmarks.generate import generate
from core.costs.period import month_of

OCTOBER = month_of(date(2026, 10, 1))
ROWS = 50_000


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return generate(tmp_path_factory.mktemp("cur"), ROWS, OCTOBER, files=2)


@pytest.fixture(scope="module")
def manifest(delivery: Delivery) -> dict:
    (file,) = delivery.folder.glob("metadata/BILLING_PERIOD=2026-10/*-Manifest.json")
    return json.loads(file.read_text())


def ask(delivery: Delivery, sql: str) -> list[tuple]:
    files = [str(file) for file in delivery.files]
    with duckdb.connect() as connection:
        connection.execute("set variable files = $files", {"files": files})
        return connection.execute(
            f"with cur as (from read_parquet(getvariable('files'), hive_partitioning = false)) {sql}"
        ).fetchall()


def test_it_has_the_105_columns_of_the_export_with_aws_types(delivery):
    types = {name: kind for name, kind, *_ in ask(delivery, "select * from (describe from cur)")}

    assert len(types) == 105
    assert types["line_item_unblended_cost"] == "DOUBLE"
    assert types["line_item_usage_start_date"] == "TIMESTAMP"
    assert types["resource_tags"] == "MAP(VARCHAR, VARCHAR)"
    assert types["discount"] == "MAP(VARCHAR, DOUBLE)"
    assert types["line_item_unblended_rate"] == "VARCHAR"


def test_the_manifest_names_every_file_and_column(delivery, manifest):
    assert [Path(name).name for name in manifest["dataFiles"]] == [file.name for file in delivery.files]
    assert len(manifest["columns"]) == 105
    assert {"name": "resource_tags", "type": "map<string,string>"} in manifest["columns"]


def test_every_row_is_in_the_month_of_the_manifest(delivery, manifest):
    start, end = (
        datetime.fromisoformat(manifest["billingPeriod"][edge]).replace(tzinfo=None) for edge in ("start", "end")
    )

    assert (str(start), str(end)) == ("2026-10-01 00:00:00", "2026-11-01 00:00:00")
    assert ask(
        delivery,
        "select count(*), min(bill_billing_period_start_date), max(bill_billing_period_end_date),"
        " min(line_item_usage_start_date) >= min(bill_billing_period_start_date),"
        " max(line_item_usage_end_date) <= max(bill_billing_period_end_date) from cur",
    ) == [(ROWS, start, end, True, True)]


def test_a_cost_has_at_most_ten_decimals(delivery):
    costs = [Decimal(str(cost)) for (cost,) in ask(delivery, "select line_item_unblended_cost from cur")]
    (rounded,) = ask(delivery, "select sum(line_item_unblended_cost::decimal(38, 10)) from cur")

    assert sum(costs) == rounded[0]


def test_line_items_have_ids_of_their_own(delivery):
    assert ask(delivery, "select count(distinct identity_line_item_id) from cur") == [(ROWS,)]


def test_every_kind_of_line_item_is_in_it(delivery):
    kinds = {kind for (kind,) in ask(delivery, "select distinct line_item_line_item_type from cur")}

    assert kinds == {
        "Usage",
        "DiscountedUsage",
        "SavingsPlanCoveredUsage",
        "SavingsPlanNegation",
        "SavingsPlanRecurringFee",
        "SavingsPlanUpfrontFee",
        "EdpDiscount",
        "RIFee",
        "Fee",
        "Tax",
        "Credit",
        "Refund",
    }


def test_the_same_arguments_give_the_same_bytes(delivery, tmp_path):
    again = generate(tmp_path, ROWS, OCTOBER, files=2)

    assert [sha256(file.read_bytes()).digest() for file in again.files] == [
        sha256(file.read_bytes()).digest() for file in delivery.files
    ]
