"""Figures of what comes in: a late bill, a refused delivery, a source that holds nothing, a provider that fails."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.alerts.figure import Handles, MakeFigure, Scope
from core.alerts.figures.ingested import BillAge, Failed, Refused
from core.alerts.figures.storing import Down
from core.errors import NoExportFound
from core.storage.breaker import Condition, failed, succeeded
from tests.billing.store import Store
from tests.costs.conftest import bucket, shared_bucket, shared_store, store
from tests.costs.test_attention import AFTER, deliver_october, deliver_september

__all__ = ["bucket", "shared_bucket", "shared_store", "store"]


@pytest.fixture
def steady(store: Store, bucket: Path) -> Store:
    """Of September and October, until the eleventh."""
    deliver_september(bucket)
    deliver_october(bucket)
    store.ingest(bucket)
    return store


def handles(of: Store, *conditions: Condition) -> Handles:
    return Handles(of.database, lambda: of.warehouse, lambda: conditions, of.settings, of.warehouse.folder.parent)


def read(make: MakeFigure, of: Store, now: datetime = AFTER) -> dict[str, tuple[Decimal | None, str]]:
    """The value and what is behind it, by subject."""
    return {each.subject: (each.value, each.detail) for each in make(handles(of)).read(now, Scope())}


def test_a_bill_is_as_old_as_its_last_usage(steady: Store):
    """It ended on 11 October at six."""
    later = datetime(2026, 10, 13, 9, 30, tzinfo=UTC)

    assert read(BillAge, steady, later) == {"AWS": (Decimal("51.5"), "Its bill ends on 2026-10-11 06:00 UTC.")}


def test_without_bills_none_is_old(store: Store):
    assert read(BillAge, store) == {}


def test_a_refused_delivery_is_told_until_a_later_run_is_good(steady: Store, bucket: Path):
    chunk = next(bucket.rglob("*2026-10*/*.parquet"))
    good = chunk.read_bytes()
    manifest = next(bucket.rglob("*2026-10*/*anifest.json"))
    manifest.write_text(manifest.read_text().replace('"o"', '"p"'))
    chunk.write_bytes(good[: len(good) // 2])
    steady.ingest(bucket)

    ((count, reason),) = read(Refused, steady).values()
    assert count == 1
    assert chunk.name in reason

    chunk.write_bytes(good)
    steady.ingest(bucket)
    assert read(Refused, steady) == {}


def test_a_source_that_holds_nothing_is_told(steady: Store, tmp_path: Path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NoExportFound):
        steady.ingest(empty)

    assert [(subject, count) for subject, (count, _) in read(Failed, steady).items()] == [(str(empty), 1)]


def test_a_provider_that_fails_is_down_for_as_long_as_it_has(steady: Store):
    """One failure is chance; from the third on no new videos go there."""
    once = failed(Condition("s3"), AFTER, "S3 is silent.", "Check the network.")
    thrice = failed(failed(once, AFTER, "S3 is silent.", ""), AFTER, "S3 is silent.", "Check the network.")
    well = succeeded(Condition("supabase"), AFTER)
    two_hours_later = AFTER.replace(hour=8)

    (down,) = Down(handles(steady, once, thrice, well)).read(two_hours_later, Scope())

    assert (down.subject, down.value, down.detail) == ("s3", 2, "S3 is silent. Check the network.")
