"""Truth 6: money is decimal, digit for digit what the file states."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.billing.columns import Columns, Kind
from tests.billing.builders import csv_gz, cur2, deliver_cur2, focus, parquet, put
from tests.billing.store import Store

DOUBLES = [
    "0.1", "0.30000000000000004", "0.1234567890123", "1e-7", "1.5e-10", "0.0000000001", "4095.999999999999",
    "4096.000000000001", "4095.9999999999995", "123456789.123456", "98765432109.87", "-12.000000000001", "0", "1e-18",
    "33.333333333333336", "0.07500000000000001",
]  # fmt: skip


@cache
def duck() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def exact(type_: str, value: object) -> Decimal:
    """What the ingestion reads of one value in a column of a DuckDB type."""
    sql = Columns("file", Kind.CUR2, {"cost": ("cost", type_)}).money("cost")
    row = duck().execute(f"SELECT {sql} FROM (SELECT $1::{type_} AS cost)", [value]).fetchone()
    assert row
    return row[0]


@pytest.mark.parametrize("text", DOUBLES)
def test_a_double_is_read_as_its_shortest_decimal(text: str):
    assert exact("DOUBLE", float(text)) == Decimal(repr(float(text)))


@given(st.decimals(-(10**9), 10**9, places=10))
@settings(max_examples=200, deadline=None)
def test_a_price_of_ten_places_comes_back_from_a_double_as_it_was_written(amount: Decimal):
    shortest = Decimal(repr(float(amount)))  # above 2^53 / 10^10 a double cannot hold ten places

    assert exact("DOUBLE", float(amount)) == shortest
    assert abs(amount) > 400_000 or shortest == amount


@given(st.decimals(-(10**15), 10**15, places=18))
@settings(max_examples=100, deadline=None)
def test_text_and_decimals_keep_every_digit(amount: Decimal):
    assert exact("VARCHAR", format(amount, "f")) == amount
    assert exact("DECIMAL(38,18)", amount) == amount


@pytest.mark.parametrize("text", ["1_000", "_1", "1_", "1_0.5", "0x10", "1,5", "12 000", "one"])
def test_text_that_is_no_number_is_not_read_as_one(text: str):
    with pytest.raises(duckdb.ConversionException):
        exact("VARCHAR", text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("4e-19", "0"), ("5e-19", "1e-18"), ("1.2345678901234567894", "1.234567890123456789"), ("-15e-19", "-2e-18")],
)
def test_each_charge_is_rounded_to_eighteen_places_by_itself(text: str, amount: str):
    assert exact("VARCHAR", text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1E-7", "1.5e3", " 2.5 ", "+3", "-0"])
def test_text_may_be_written_in_other_ways(text: str):
    assert exact("VARCHAR", text) == Decimal(text.strip())


@pytest.mark.parametrize("text", ["", "NULL"])
def test_no_text_is_no_amount(text: str):
    assert exact("VARCHAR", text) is None


def test_ten_dimes_are_a_dollar(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2(0.1)] * 10)

    assert store.ingest(bucket).deliveries[0].total == Decimal(1)


def test_a_sum_is_the_same_in_text_in_doubles_and_in_decimals(store: Store, bucket: Path):
    costs = ["0.0000004", "0.123456789", "17.5", "0.1", "0.2"]
    total = Decimal("17.923457189")
    for number, (kind, content) in enumerate(
        {
            "csv.gz": csv_gz([cur2(cost, bill_payer_account_id="1") for cost in costs]),
            "double.parquet": parquet([cur2(float(cost), bill_payer_account_id="2") for cost in costs]),
            "decimal.parquet": parquet(
                [cur2(Decimal(cost), bill_payer_account_id="3") for cost in costs],
                line_item_unblended_cost=pa.decimal128(38, 18),
            ),
        }.items()
    ):
        put(bucket / f"{number}/bill.{kind}", content)

    assert [report.total for report in store.ingest(bucket).deliveries] == [total] * 3
    assert store.total() == total * 3


def test_an_amount_that_is_no_number_is_refused_by_its_files_name(store: Store, bucket: Path):
    put(bucket / "bill.csv.gz", csv_gz([focus("1"), focus("1,234.50")]))

    assert "bill.csv.gz holds a value of the wrong type" in store.refusal(bucket)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_cost_that_is_not_finite_is_refused(store: Store, bucket: Path, value: float):
    put(bucket / "bill.parquet", parquet([cur2(1.0), cur2(value)]))

    assert "bill.parquet holds a value of the wrong type" in store.refusal(bucket)


def test_more_digits_than_can_be_kept_are_rounded_at_the_eighteenth_and_never_cut(store: Store, bucket: Path):
    put(bucket / "bill.csv.gz", csv_gz([focus("0.0000000000000000019")]))
    store.ingest(bucket)

    assert store.total() == Decimal("0.000000000000000002")
