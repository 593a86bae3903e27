"""The warehouse answers from the current segments, in any number of threads, whatever writers do."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import WarehouseError
from core.settings import Settings
from core.warehouse import Warehouse
from tests.billing.builders import DELIVERED, cur2, deliver_cur2
from tests.billing.store import Store

TOTAL = "SELECT sum(billed_cost) FROM charges"


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store.fresh(settings.phyght_home, settings)


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    return tmp_path / "bucket"


def load(store: Store, bucket: Path, cost: str, hours: int = 0) -> None:
    deliver_cur2(bucket, [cur2(cost)], execution=f"e{hours}", delivered_at=DELIVERED + timedelta(hours=hours))
    assert store.outcomes(bucket) == ["loaded"]


@pytest.mark.parametrize("view", ["charges", "resource_charges", "monthly_charges", "bills"])
def test_an_empty_warehouse_has_its_columns_and_no_rows(store: Store, view: str):
    assert store.warehouse.query(f"SELECT * FROM {view}") == []
    assert "billing_period_start" in store.warehouse.arrow(f"SELECT * FROM {view}").column_names


def test_its_views_follow_every_change(store: Store, bucket: Path):
    totals, revisions = [], [store.warehouse.revision()]
    for hours, cost in enumerate(("7", "9", "8")):
        load(store, bucket, cost, hours)
        totals.append(store.warehouse.query(TOTAL))
        revisions.append(store.warehouse.revision())

    assert totals == [[(Decimal(7),)], [(Decimal(9),)], [(Decimal(8),)]]
    assert revisions == sorted(set(revisions))


def test_what_is_kept_of_a_standing_question_is_forgotten_with_the_next_change(store: Store, bucket: Path):
    load(store, bucket, "7")
    asked = [store.warehouse.standing(TOTAL), store.warehouse.standing(TOTAL)]
    load(store, bucket, "9", 1)

    assert [*asked, store.warehouse.standing(TOTAL)] == [[(Decimal(7),)], [(Decimal(7),)], [(Decimal(9),)]]


def test_a_month_is_what_its_days_and_resources_are_together(store: Store, bucket: Path):
    load(store, bucket, "7")
    sums = "min(charge_period_start)::VARCHAR, sum(billed_cost), sum(consumed_quantity), sum(row_count)"
    (monthly,), (daily,) = (
        store.warehouse.query(f"SELECT resource_id, tags, {sums} FROM {view} GROUP BY ALL")
        for view in ("monthly_charges", "resource_charges")
    )

    assert monthly[2] == "2026-10-01"
    assert monthly[:2] + monthly[3:] == daily[:2] + daily[3:]


def test_another_process_sees_what_this_one_loads(store: Store, bucket: Path):
    other = Warehouse(store.warehouse.folder, store.database)
    assert other.query(TOTAL) == [(None,)]
    load(store, bucket, "7")

    assert other.query(TOTAL) == [(Decimal(7),)]


def test_an_answer_is_exact_as_rows_and_as_a_table(store: Store, bucket: Path):
    load(store, bucket, "0.1234567890")

    assert store.warehouse.query("SELECT billed_cost FROM charges") == [(Decimal("0.123456789"),)]
    table = store.warehouse.arrow("SELECT billed_cost FROM charges WHERE service_name <> $other", {"other": "x"})
    assert table.to_pylist() == [{"billed_cost": Decimal("0.123456789000000000")}]


def test_an_instant_is_utc_wherever_the_server_stands(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    warehouse = Warehouse(store.warehouse.folder, store.database)

    assert warehouse.query("SELECT '2026-10-01T00:00:00Z'::TIMESTAMPTZ::DATE::VARCHAR") == [("2026-10-01",)]


def test_many_threads_read_while_bills_are_restated(store: Store, bucket: Path):
    """Each sees whole bills, in their order."""
    load(store, bucket, "100")

    def read() -> list[Decimal]:
        seen = []
        while not seen or seen[-1] != 108:
            seen.append(store.warehouse.query(TOTAL)[0][0])
        return seen

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _ in range(8)]
        for n in range(1, 9):
            load(store, bucket, str(100 + n), n)
        for reader in readers:
            seen = reader.result(timeout=60)
            assert seen == sorted(seen)
            assert set(seen) <= set(range(100, 109))


def test_a_segment_that_is_collected_under_a_question_is_asked_for_anew(
    store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.warehouse._HELD_ROWS", 0)  # so that it is read when it is asked for
    load(store, bucket, "7")
    warehouse = Warehouse(store.warehouse.folder, store.database)
    assert warehouse.query(TOTAL) == [(Decimal(7),)]
    (old,) = warehouse.folder.iterdir()
    refresh = warehouse._refresh

    def too_early(*_: object) -> None:
        monkeypatch.setattr(warehouse, "_refresh", refresh)
        load(store, bucket, "9", 1)
        shutil.rmtree(old)

    monkeypatch.setattr(warehouse, "_refresh", too_early)
    assert warehouse.query(TOTAL) == [(Decimal(9),)]


def test_a_lost_segment_is_told_with_its_cure(store: Store, bucket: Path):
    load(store, bucket, "7")
    (lost,) = store.warehouse.folder.rglob("monthly.parquet")
    lost.unlink()

    with pytest.raises(WarehouseError) as error:
        Warehouse(store.warehouse.folder, store.database).query(TOTAL)
    assert str(error.value) == (
        f"The warehouse's file {lost} is missing. Run python -m core ingest: it is made again from the bills."
    )
    load(store, bucket, "7")
    assert store.warehouse.query(TOTAL) == [(Decimal(7),)]
