"""Legacy reports: an assembly a folder, the month's manifest naming the one that counts."""

import csv
import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.demo.bill import Bill
from core.demo.legacy import write_legacy

SEPTEMBER = "aws/legacy/platform-report/20250901-20251001"
FILE = "platform-report-00001.csv.gz"
EARLY, FINAL = datetime(2025, 10, 1, 6, tzinfo=UTC), datetime(2025, 10, 11, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def bills(bill_of: Callable[[date, datetime], Bill]) -> tuple[Bill, Bill]:
    return bill_of(date(2025, 9, 1), EARLY), bill_of(date(2025, 9, 1), FINAL)


@pytest.fixture(scope="module")
def root(bills: tuple[Bill, Bill], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bucket")
    write_legacy(folder, bills[1])
    write_legacy(folder, bills[0], current=False)
    return folder


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(gzip.decompress(file.read_bytes()).decode().splitlines()))


def test_files_lie_where_aws_puts_them(root: Path):
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())

    assert files == [
        f"{SEPTEMBER}/20251001T060000Z/platform-report-00001.csv.gz",
        f"{SEPTEMBER}/20251001T060000Z/platform-report-Manifest.json",
        f"{SEPTEMBER}/20251011T050000Z/platform-report-00001.csv.gz",
        f"{SEPTEMBER}/20251011T050000Z/platform-report-Manifest.json",
        f"{SEPTEMBER}/platform-report-Manifest.json",
    ]


def test_the_months_manifest_names_the_final_assembly(root: Path):
    manifest = json.loads((root / SEPTEMBER / "platform-report-Manifest.json").read_text())

    assert manifest["assemblyId"] == "20251011T050000Z"
    assert manifest["reportKeys"] == [f"{SEPTEMBER}/20251011T050000Z/platform-report-00001.csv.gz"]
    assert manifest["billingPeriod"] == {"start": "20250901T000000.000Z", "end": "20251001T000000.000Z"}
    assert manifest["columns"][0] == {"category": "identity", "name": "LineItemId", "type": "String"}


def test_the_manifest_lists_the_columns_of_the_file(root: Path):
    folder = root / SEPTEMBER / "20251011T050000Z"
    manifest = json.loads((folder / "platform-report-Manifest.json").read_text())

    columns = [f"{column['category']}/{column['name']}" for column in manifest["columns"]]
    assert list(rows_of(folder / "platform-report-00001.csv.gz")[0]) == columns


def test_each_assembly_adds_up_to_its_bill_and_the_older_is_smaller(root: Path, bills: tuple[Bill, Bill]):
    early, final = (
        sum(Decimal(row["lineItem/UnblendedCost"]) for row in rows_of(root / SEPTEMBER / assembly / FILE))
        for assembly in ("20251001T060000Z", "20251011T050000Z")
    )

    assert (early, final) == (bills[0].total, bills[1].total)
    assert early < final


def test_only_the_final_assembly_has_an_invoice(root: Path):
    early = rows_of(root / SEPTEMBER / "20251001T060000Z/platform-report-00001.csv.gz")
    final = rows_of(root / SEPTEMBER / "20251011T050000Z/platform-report-00001.csv.gz")

    assert {row["bill/InvoiceId"] for row in early} == {""}
    assert len({row["bill/InvoiceId"] for row in final}) == 1
    assert final[0]["bill/InvoiceId"].isdigit()


def test_a_line_says_what_aws_says(root: Path):
    rows = rows_of(root / SEPTEMBER / "20251011T050000Z/platform-report-00001.csv.gz")
    keys = next(row for row in rows if row["lineItem/UsageType"] == "us-east-1-KMS-Keys")

    assert keys["lineItem/ProductCode"] == "awskms"
    assert keys["lineItem/UsageAmount"] == "0.1333333333"  # four keys, a thirtieth of a month
    assert keys["lineItem/UnblendedCost"] == "0.1333333333"  # at $1 a month
    assert keys["lineItem/UsageStartDate"] == "2025-09-01T00:00:00Z"
    assert keys["resourceTags/user:team"] == "platform"
