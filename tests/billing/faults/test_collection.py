"""What no pointer names any more is removed, once no reader can have it open."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.checksums import Checksum
from core.segments import collect_orphans
from core.settings import Settings
from core.sources.workspace import open_workspace
from tests.billing.builders import DELIVERED, cur2, deliver_cur2
from tests.billing.store import Store


@pytest.fixture
def restated(store: Store, bucket: Path) -> tuple[Store, Path]:
    """A store whose bill was loaded two days ago and has just been restated; and the first bill's segment."""
    deliver_cur2(bucket, [cur2("7")])
    store.ingest(bucket, lambda: datetime.now(UTC))
    (segment,) = store.warehouse.folder.iterdir()
    long_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(segment, (long_ago, long_ago))
    deliver_cur2(bucket, [cur2("9")], execution="b", delivered_at=DELIVERED + timedelta(hours=8))
    store.ingest(bucket, lambda: datetime.now(UTC))
    return store, segment


def test_a_segment_stays_for_an_hour_after_it_is_superseded(restated: tuple[Store, Path]):
    store, segment = restated

    assert segment.exists()
    assert collect_orphans(store.warehouse.folder, store.database, datetime.now(UTC) + timedelta(minutes=50)) == 0
    assert collect_orphans(store.warehouse.folder, store.database, datetime.now(UTC) + timedelta(minutes=70)) == 1
    assert not segment.exists()
    assert store.total() == Decimal(9)


def test_what_the_pointers_name_is_never_removed(restated: tuple[Store, Path]):
    store, _ = restated

    collect_orphans(store.warehouse.folder, store.database, datetime.now(UTC) + timedelta(days=1000))

    assert store.total() == Decimal(9)


def test_the_scratch_of_a_killed_ingestion_is_swept_and_that_of_a_running_one_is_not(settings: Settings):
    home = settings.phyght_home
    (home / "scratch/left/deep").mkdir(parents=True)

    with open_workspace(home, 64) as one, open_workspace(home, 64) as other:
        assert {path.name for path in (home / "scratch").iterdir()} == {one.folder.name, other.folder.name}
    assert list((home / "scratch").iterdir()) == []


def test_a_warehouse_that_was_deleted_is_made_again_from_the_bills(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("7")])
    store.ingest(bucket)
    (segment,) = store.warehouse.folder.iterdir()
    shutil.rmtree(segment)

    assert store.outcomes(bucket) == ["loaded"]
    assert store.total() == Decimal(7)


def test_an_ingestion_hashes_each_file_once(store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch):
    """Three files of the month that is restated, and three of the one that takes its place."""
    deliver_cur2(bucket, [cur2("7")])
    store.ingest(bucket)
    deliver_cur2(bucket, [cur2("9")], execution="b", delivered_at=DELIVERED + timedelta(hours=8))
    hashed: list[Path] = []
    real = Checksum.of
    monkeypatch.setattr(Checksum, "of", lambda file: hashed.append(file) or real(file))

    assert store.outcomes(bucket) == ["loaded"]
    assert len(hashed) == len(set(hashed)) == 6
