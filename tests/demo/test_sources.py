"""All sources together: 18 months that end today, in two steps, the same each time."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from core.demo.sources import DemoSources, read_events

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("demo sources")


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def months_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_eighteen_months_end_this_month(sources: DemoSources):
    aws = sources.current / "aws"

    legacy = months_below(aws / "legacy/platform-report")
    modern = months_below(aws / "platform-cur2/data")
    assert (legacy[0], legacy[-1], len(legacy)) == ("20250601-20250701", "20251101-20251201", 6)
    assert (modern[0], modern[-1], len(modern)) == ("BILLING_PERIOD=2025-12", "BILLING_PERIOD=2026-11", 12)


def test_every_file_that_a_manifest_lists_is_there(sources: DemoSources):
    for step in sources.steps:
        for path in step.rglob("*-Manifest.json"):
            manifest = json.loads(path.read_text())
            for key in manifest.get("reportKeys") or manifest["dataFiles"]:
                assert (step / key.removeprefix("s3://phyght-billing/")).is_file()


def test_the_second_step_restates_the_newest_settled_month(sources: DemoSources):
    october = "aws/platform-cur2/data/BILLING_PERIOD=2026-10/platform-cur2-00001.snappy.parquet"

    def look(step: Path) -> tuple[int, float, str]:
        columns = "count(*), round(sum(line_item_unblended_cost), 2), max(bill_invoice_id)"
        return duckdb.sql(f"SELECT {columns} FROM '{step / october}'").fetchall()[0]

    first, now = (look(step) for step in sources.steps)
    assert first[0] == now[0]
    assert first[1] > now[1] + 50  # the tax on the discount is gone
    assert first[2] == now[2] != ""
    assert [path.name for path in sources.steps] == ["as-first-invoiced", "current"]


def test_no_row_of_the_current_month_has_an_invoice(sources: DemoSources):
    november = sources.current / "aws/platform-cur2/data/BILLING_PERIOD=2026-11/platform-cur2-00001.snappy.parquet"

    assert duckdb.sql(f"SELECT DISTINCT bill_invoice_id FROM '{november}'").fetchall() == [("",)]


def test_no_delivery_is_from_after_today(sources: DemoSources):
    delivered = [path for step in sources.steps for path in step.rglob("*") if path.is_file()]
    newest = max(path.stat().st_mtime for path in delivered)

    assert datetime.fromtimestamp(newest, UTC) == datetime(2026, 11, 22, tzinfo=UTC)


def test_the_events_lie_beside_the_steps(sources: DemoSources):
    events = read_events(sources.folder)

    assert {event.name: event.date for event in events}["Phyght 61"] == date(2026, 11, 14)


def test_everything_is_small(sources: DemoSources):
    assert sum(path.stat().st_size for path in sources.folder.rglob("*") if path.is_file()) < 60 * 10**6


def test_another_process_writes_the_same_to_the_byte_in_the_place_of_what_was_there(
    sources: DemoSources, tmp_path: Path
):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "left from another day").touch()
    program = (
        "import sys; from datetime import date; from pathlib import Path; from core.demo.sources import write_sources;"
        "write_sources(Path(sys.argv[1]), date(2026, 11, 22))"
    )

    # the order of sets and hashes is another in every process
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "sources")], check=True, env=environment, cwd=ROOT)

    assert digests(tmp_path / "sources") == digests(sources.folder)
