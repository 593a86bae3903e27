"""Memory stays under 400 MB whatever the size of a bill."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core.settings import Settings
from tests.billing.builders import BUCKET, deliver_cur2
from tests.billing.store import Store
from tests.environment import ROOT, environment

ROWS = 300_000
MOST_MB = 400
#: Runs a command and prints the most memory it had, in KB. A process of its own, because a child is charged with what
#: its parent holds at the fork, and a test's process may hold more than 400 MB.
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def write_bill(file: Path, month: str, rows: int) -> None:
    """A CSV of many lines, each of another object and hour; a cent each."""
    file.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(f"""
        COPY (
            SELECT md5(i::VARCHAR) AS identity_line_item_id, 'INV' AS bill_invoice_id,
                '111111111111' AS bill_payer_account_id, DATE '{month}-01' AS bill_billing_period_start_date,
                'Usage' AS line_item_line_item_type, 'AmazonS3' AS line_item_product_code,
                TIMESTAMP '{month}-01' + INTERVAL (i % 600) HOUR AS line_item_usage_start_date,
                TIMESTAMP '{month}-01' + INTERVAL (i % 600 + 1) HOUR AS line_item_usage_end_date,
                'DataTransfer-Out-Bytes' AS line_item_usage_type, 'GetObject' AS line_item_operation,
                'arn:aws:s3:::videos/' || md5((i % 100000)::VARCHAR) AS line_item_resource_id,
                '0.01' AS line_item_unblended_cost, random()::VARCHAR AS line_item_usage_amount,
                '{{"user_team": "' || (i % 50) || '"}}' AS resource_tags
            FROM range({rows}) t(i)
        ) TO '{file}' (FORMAT csv, COMPRESSION gzip)
    """)


def one_bill(bucket: Path) -> None:
    deliver_cur2(bucket, [b"soon"], ending="csv.gz")
    write_bill(bucket / "cur/platform/data/BILLING_PERIOD=2026-10/platform-00001.csv.gz", "2026-10", ROWS)


def two_years(bucket: Path) -> None:
    """A download without manifests: one delivery of twenty-four months."""
    for n in range(24):
        month = f"{2025 + n // 12}-{n % 12 + 1:02}"
        write_bill(bucket / f"{BUCKET}/BILLING_PERIOD={month}/bill.csv.gz", month, ROWS // 24)


@pytest.mark.parametrize("deliver", [one_bill, two_years])
def test_a_large_bill_is_loaded_in_little_memory(deliver, store: Store, bucket: Path, settings: Settings):
    deliver(bucket)

    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "core", "ingest", str(bucket)]
    told = subprocess.run(command, cwd=ROOT, env=environment(settings.phyght_home), stdout=subprocess.PIPE, check=True)

    assert store.total() == Decimal(ROWS) / 100
    assert 0 < int(told.stdout) / 1024 < MOST_MB
