"""An ingestion may be killed at any moment, run twice at once, and read from meanwhile."""

import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.billing import ingest as ingest_module
from core.billing.segments import Published
from core.settings import Settings
from tests.billing.builders import DELIVERED, cur2, deliver_cur2
from tests.billing.store import Store
from tests.environment import ROOT, environment


def start(home: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env=environment(home), text=True, stdout=subprocess.PIPE
    )  # fmt: skip


def deliver(bucket: Path, execution: str, cost: str, hours: int) -> None:
    deliver_cur2(
        bucket, [cur2(cost)], ending="csv.gz", execution=execution, delivered_at=DELIVERED + timedelta(hours=hours)
    )  # fmt: skip


def test_killed_before_any_of_its_effects_it_is_put_right_by_the_next_one(
    store: Store, bucket: Path, settings: Settings
):
    deliver(bucket, "a", "7", 0)
    store.ingest(bucket)
    deliver(bucket, "b", "9", 1)

    home = settings.phyght_home
    crashing = start(home, "tests.billing.faults.crashing", str(home), str(bucket))
    printed, _ = crashing.communicate(timeout=150)

    assert crashing.returncode == 0
    assert int(printed) >= 30, "effects of an ingestion: files, folders, syncs, statements"


def test_a_reader_sees_one_bill_or_the_next_and_never_a_part(store: Store, bucket: Path, settings: Settings):
    deliver(bucket, "r00", "100", 0)
    store.ingest(bucket)
    reader = start(settings.phyght_home, "tests.billing.faults.reading", str(settings.phyght_home), "115")
    assert reader.stdout is not None
    assert Decimal(reader.stdout.readline()) == 100

    for n in range(1, 16):
        deliver(bucket, f"r{n:02}", str(100 + n), n)
        store.ingest(bucket)

    seen = [Decimal(total) for total in reader.communicate(timeout=60)[0].split()]
    assert seen == sorted(seen)
    assert set(seen) <= set(range(100, 116))


def test_two_processes_ingest_the_same_deliveries_at_once(store: Store, bucket: Path, settings: Settings):
    for month in range(1, 7):
        row = cur2("1", bill_billing_period_start_date=f"2026-{month:02}-01T00:00:00Z")
        deliver_cur2(bucket, [row], f"2026-{month:02}", execution=f"m{month}")

    both = [start(settings.phyght_home, "core", "ingest", str(bucket)) for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)

    assert [process.returncode for process in both] == [0, 0]
    assert store.total() == Decimal(6)
    assert deliveries(store) == 6


def deliveries(store: Store) -> int:
    with store.database.reading() as connection:
        return connection.execute("select count(*) from deliveries").fetchone()[0]


def test_two_processes_ingest_different_deliveries_at_once(store: Store, tmp_path: Path, settings: Settings):
    buckets = [tmp_path / "one", tmp_path / "two"]
    for number, bucket in enumerate(buckets, 1):
        row = cur2("1", bill_payer_account_id=f"{number:012}")
        deliver_cur2(bucket, [row], export=f"cur/export-{number}", execution=f"e{number}")

    both = [start(settings.phyght_home, "core", "ingest", str(bucket)) for bucket in buckets]
    for process in both:
        process.communicate(timeout=60)

    assert [process.returncode for process in both] == [0, 0]
    assert store.total() == Decimal(2)


@pytest.mark.parametrize("meanwhile", ["a newer one", "the same one"])
def test_what_another_ingestion_loads_meanwhile_is_not_replaced(
    store: Store, bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str
):
    """Between the reading of a delivery and its publishing, another process is done with one."""
    deliver(bucket, "a", "7", 0)
    other = bucket
    if meanwhile == "a newer one":
        other = tmp_path / "other"
        deliver(other, "b", "9", 1)
    real = ingest_module.publish

    def after_the_other(*arguments: object) -> Published:
        monkeypatch.setattr(ingest_module, "publish", real)
        assert store.outcomes(other) == ["loaded"]
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest_module, "publish", after_the_other)

    assert store.outcomes(bucket) == ["superseded" if meanwhile == "a newer one" else "unchanged"]
    assert store.total() == Decimal(9 if meanwhile == "a newer one" else 7)
    assert deliveries(store) == 1
