"""A disk that fills refuses what it has no room for, by name; nothing is lost, and it loads once there is room."""

import errno
import random
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.billing import segments
from core.errors import DatabaseError, DiskFull
from core.settings import Settings
from tests.billing.builders import DELIVERED, csv_zip, cur2, deliver_cur2
from tests.billing.store import Store
from tests.support.limits import largest_file

LATER = DELIVERED + timedelta(hours=8)
_chance = random.Random(1)
#: A million bytes that no compression makes much smaller.
LARGE = [cur2("0.5", line_item_resource_id=_chance.randbytes(200).hex()) for _ in range(2500)]


@pytest.fixture
def loaded(store: Store, bucket: Path) -> Store:
    """A store that holds a bill of 7 USD already; a larger one has been delivered."""
    deliver_cur2(bucket, [cur2("7")], ending="csv.gz")
    store.ingest(bucket)
    deliver_cur2(bucket, LARGE, ending="csv.gz", execution="b", delivered_at=LATER)
    return store


def left_behind(settings: Settings) -> list[Path]:
    return list((settings.phyght_home / "scratch").iterdir())


def test_no_room_for_a_segment_refuses_the_delivery(loaded: Store, bucket: Path, settings: Settings):
    with largest_file(400_000):
        reason = loaded.refusal(bucket)

    assert (
        reason
        == f"The disk that holds {settings.phyght_home / 'warehouse'} is full. Free some space, then run it again."
    )
    assert loaded.total() == Decimal(7)
    assert left_behind(settings) == []
    assert loaded.outcomes(bucket) == ["loaded"]
    assert loaded.total() == Decimal(1250)


def test_no_room_to_unpack_an_archive_refuses_the_delivery(store: Store, bucket: Path, settings: Settings):
    deliver_cur2(bucket, [csv_zip(LARGE)], ending="zip")

    with largest_file(400_000):
        assert store.refusal(bucket).startswith(f"The disk that holds {settings.phyght_home / 'scratch'}")
    assert left_behind(settings) == []
    assert store.outcomes(bucket) == ["loaded"]


def test_no_room_for_what_does_not_fit_into_memory_is_not_the_files_fault(
    loaded: Store, bucket: Path, settings: Settings
):
    """The scratch file of DuckDB's own sorting."""
    tight = Store(loaded.database, loaded.warehouse, settings.model_copy(update={"phyght_ingest_memory_mb": 64}))
    many = [cur2("0.5", line_item_resource_id=_chance.randbytes(64).hex()) for _ in range(60_000)]
    deliver_cur2(bucket, many, ending="csv.gz", execution="c", delivered_at=LATER + timedelta(hours=1))

    with largest_file(400_000):
        assert " is full. Free some space" in tight.refusal(bucket)
    assert loaded.total() == Decimal(7)


def test_no_room_in_the_database_keeps_what_was_there(loaded: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch):
    """The segment is written, and the pointer to it cannot be."""
    real = segments._point

    def without_room(*arguments: object) -> None:
        with largest_file(1):
            real(*arguments)  # type: ignore[arg-type]
            arguments[0].execute("commit")  # type: ignore[attr-defined]

    monkeypatch.setattr(segments, "_point", without_room)
    with pytest.raises((DatabaseError, DiskFull)):
        loaded.ingest(bucket)
    monkeypatch.undo()

    assert loaded.total() == Decimal(7)
    assert loaded.outcomes(bucket) == ["loaded"]
    assert loaded.total() == Decimal(1250)


@pytest.mark.parametrize("step", ["rename", "mkdir", "symlink_to"])
def test_no_room_for_a_name_is_a_full_disk_as_well(
    loaded: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch, step: str
):
    """The file system has run out of entries, wherever it happens."""

    def fail(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, step, fail)
    if step == "mkdir":
        with pytest.raises(DiskFull):
            loaded.ingest(bucket)
    else:
        assert " is full. " in loaded.refusal(bucket)
    monkeypatch.undo()

    assert loaded.total() == Decimal(7)
    assert loaded.outcomes(bucket) == ["loaded"]
