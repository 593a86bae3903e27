"""Attention: what is wrong or unusual in the bills, is found, and nothing else."""

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.billing.supabase_egress import egress_file
from core.costs.attention import (
    EgressUnknown,
    Rise,
    Unverified,
    newest_of_each_provider,
    restated,
    rises,
    unknown_egress,
    unverified,
)
from core.costs.restatements import Restatement
from core.settings import Settings
from tests.billing.builders import deliver_cur2
from tests.billing.store import Store
from tests.costs.test_breakdown import on

AFTER = datetime(2026, 10, 12, 6, tzinfo=UTC)


def concerns(store: Store, now: datetime = AFTER) -> tuple:
    newest = newest_of_each_provider(store.warehouse)
    return (*rises(store.warehouse), *restated(store.database, now), *unverified(newest))


def deliver_september(bucket: Path, execution: str = "a", cost: str = "10") -> None:
    moment = datetime(2026, 10, 3 if execution == "a" else 11, tzinfo=UTC)
    deliver_cur2(bucket, [on(1, cost, 9)], "2026-09", execution=execution, delivered_at=moment)


def deliver_october(bucket: Path, cost: str = "10") -> None:
    rows = [on(day, cost if day == 1 else "0", 10) for day in range(1, 12)]
    deliver_cur2(bucket, rows, "2026-10", execution="o", delivered_at=datetime(2026, 10, 12, 5, tzinfo=UTC))


@pytest.fixture(scope="module")
def steady_once(shared_store: Store, shared_bucket: Path) -> Store:
    deliver_september(shared_bucket)
    deliver_october(shared_bucket)
    shared_store.ingest(shared_bucket)
    return shared_store


@pytest.fixture
def steady(steady_once: Store, shared_bucket: Path, bucket: Path, settings: Settings) -> Store:
    """September and October cost the same, are fresh and complete."""
    shutil.copytree(shared_bucket, bucket, dirs_exist_ok=True)
    return steady_once.copy_to(settings.phyght_home, settings)


def test_when_all_is_well_nothing_needs_attention(steady: Store):
    assert concerns(steady) == ()


def test_without_bills_nothing_needs_attention(store: Store):
    assert concerns(store) == ()


def test_the_service_that_rose_most_is_named_with_what_it_rose_by(store: Store, bucket: Path):
    deliver_september(bucket, cost="10")
    deliver_october(bucket, cost="15")
    store.ingest(bucket)

    (rise,) = concerns(store)
    assert isinstance(rise, Rise)
    assert (rise.line.label, rise.line.difference) == ("Amazon Simple Storage Service", Decimal(5))


def test_a_rise_of_two_per_cent_of_all_spend_is_not_worth_a_look(store: Store, bucket: Path):
    deliver_september(bucket, cost="10")
    deliver_october(bucket, cost="10.2")
    store.ingest(bucket)

    assert concerns(store) == ()


def restate_september(store: Store, bucket: Path, was: str, is_: str) -> None:
    """September is delivered a second time, together with an October that costs as much."""
    deliver_september(bucket, "a", was)
    store.ingest(bucket)
    deliver_september(bucket, "b", is_)
    deliver_october(bucket, is_)
    store.ingest(bucket)


def test_a_closed_month_that_was_restated_by_more_than_a_per_cent_is_named(store: Store, bucket: Path):
    restate_september(store, bucket, "10", "9.8")

    (restated,) = concerns(store)
    assert isinstance(restated, Restatement)
    assert restated.difference == Decimal("-0.2")


def test_a_restatement_by_a_per_cent_or_less_is_not_worth_a_look(store: Store, bucket: Path):
    restate_september(store, bucket, "10", "9.9")

    assert concerns(store) == ()


def test_bills_without_a_manifest_are_named(store: Store, bucket: Path):
    deliver_october(bucket)
    for manifest in bucket.rglob("*anifest.json"):
        manifest.unlink()
    store.ingest(bucket)

    assert [type(concern) for concern in concerns(store)] == [Unverified]


@pytest.mark.parametrize(
    ("typed", "until"),
    [("", None), ("2026-10-04,5,0\n", date(2026, 10, 4))],
    ids=["never", "eight days ago"],
)
def test_a_measured_project_whose_egress_is_not_typed_is_named(tmp_path: Path, typed: str, until):
    type_egress(tmp_path, typed)

    assert unknown_egress(tmp_path, AFTER.date()) == EgressUnknown(until, egress_file(tmp_path))


@pytest.mark.parametrize("typed", ["2026-10-05,5,0\n", "nonsense\n"], ids=["a week ago", "told by the ingestion"])
def test_of_egress_that_is_typed_there_is_nothing_to_say(tmp_path: Path, typed: str):
    type_egress(tmp_path, typed)

    assert unknown_egress(tmp_path, AFTER.date()) is None


def type_egress(home: Path, rows: str) -> None:
    if rows:
        egress_file(home).parent.mkdir(parents=True, exist_ok=True)
        egress_file(home).write_text(f"date,egress_bytes,cached_egress_bytes\n{rows}")
