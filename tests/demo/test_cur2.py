"""CUR 2.0 as AWS Data Exports deliver it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.demo.bill import Bill
from core.demo.cur2 import write_cur2

AS_OF = datetime(2026, 11, 11, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def october(bill_of: Callable[[date, datetime], Bill]) -> Bill:
    return bill_of(date(2026, 10, 1), AS_OF)


@pytest.fixture(scope="module")
def root(october: Bill, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bucket")
    write_cur2(folder, october)
    return folder


@pytest.fixture(scope="module")
def file(root: Path) -> Path:
    return root / "aws/platform-cur2/data/BILLING_PERIOD=2026-10/platform-cur2-00001.snappy.parquet"


@pytest.fixture(scope="module")
def manifest(root: Path) -> dict[str, object]:
    path = root / "aws/platform-cur2/metadata/BILLING_PERIOD=2026-10/platform-cur2-Manifest.json"
    return json.loads(path.read_text())


def test_the_manifest_lists_the_file_by_its_place_in_the_bucket(manifest: dict[str, object]):
    assert manifest["dataFiles"] == [
        "s3://phyght-billing/aws/platform-cur2/data/BILLING_PERIOD=2026-10/platform-cur2-00001.snappy.parquet"
    ]
    assert manifest["billingPeriod"] == {"start": "2026-10-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}


def test_the_manifest_lists_the_columns_of_the_file(file: Path, manifest: dict[str, list[dict[str, str]]]):
    assert [column["name"] for column in manifest["columns"]] == pq.read_schema(file).names
    assert {column["type"] for column in manifest["columns"]} == {"string", "double", "timestamp", "map"}


def test_the_columns_have_awss_types(file: Path):
    schema = pq.read_schema(file)

    assert len(schema) == 114
    assert schema.field("line_item_unblended_cost").type == pa.float64()
    assert schema.field("line_item_usage_start_date").type == pa.timestamp("ms")
    assert schema.field("resource_tags").type == pa.map_(pa.string(), pa.string())
    assert schema.field("product_region_code").type == pa.string()


def test_the_file_adds_up_to_the_bill(file: Path, october: Bill):
    query = f"SELECT sum(line_item_unblended_cost::VARCHAR::DECIMAL(38,18)), count(*) FROM '{file}'"
    total, rows = duckdb.sql(query).fetchall()[0]

    assert (total, rows) == (october.total, len(october.lines))


def test_net_costs_count_the_private_discount_once(file: Path, october: Bill):
    (net,) = duckdb.sql(f"SELECT sum(line_item_net_unblended_cost) FROM '{file}'").fetchall()[0]

    assert net == pytest.approx(float(october.total), abs=1e-6)


def test_a_line_of_storage_says_what_aws_says(file: Path):
    query = f"""
        SELECT line_item_product_code, line_item_operation, pricing_unit, product_region_code,
               line_item_usage_account_id, resource_tags, product['storage_class'], identity_time_interval
        FROM '{file}'
        WHERE line_item_resource_id = 'phyght-originals-eu' AND line_item_usage_type = 'EU-TimedStorage-GIR-ByteHrs'
        ORDER BY line_item_usage_start_date LIMIT 1
    """
    assert duckdb.sql(query).fetchall() == [
        (
            "AmazonS3",
            "GlacierInstantRetrievalStorage",
            "GB-Mo",
            "eu-west-1",
            "222233334444",
            {"user_content": "originals", "user_environment": "production", "user_team": "media"},
            "Archive Instant Retrieval",
            "2026-10-01T00:00:00Z/2026-10-01T01:00:00Z",
        )
    ]


def test_only_usage_has_a_public_price(file: Path):
    query = f"SELECT DISTINCT line_item_line_item_type FROM '{file}' WHERE pricing_public_on_demand_cost IS NOT NULL"

    assert duckdb.sql(query).fetchall() == [("Usage",)]


def test_line_ids_are_unique_and_those_of_another_delivery_differ(file: Path, october: Bill, tmp_path: Path):
    later = Bill(october.month, datetime(2026, 11, 12, tzinfo=UTC), october.invoice_id, "", october.lines[:50])
    other = write_cur2(tmp_path, later)
    ids = f"SELECT identity_line_item_id FROM '{file}'"

    distinct = duckdb.sql(f"SELECT count(DISTINCT identity_line_item_id) FROM '{file}'").fetchall()
    assert distinct == [(len(october.lines),)]
    assert duckdb.sql(f"SELECT identity_line_item_id FROM '{other}' INTERSECT {ids}").fetchall() == []


def test_files_are_dated_by_their_delivery(file: Path):
    assert datetime.fromtimestamp(file.stat().st_mtime, UTC) == AS_OF


def test_money_has_at_most_ten_decimal_places(file: Path):
    costs = duckdb.sql(f"SELECT DISTINCT line_item_unblended_cost::VARCHAR FROM '{file}'").fetchall()

    assert all(-Decimal(cost).as_tuple().exponent <= 10 for (cost,) in costs)  # pyright: ignore[reportOperatorIssue]
