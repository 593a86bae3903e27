"""A damaged file of the warehouse is told by its name and made again: it never gives a wrong figure."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core.checksums import Checksum
from core.errors import WarehouseError
from core.warehouse import FACTS, Warehouse
from tests.billing.builders import DELIVERED, csv_gz, csv_text, cur2, deliver_cur2, put
from tests.billing.store import Store

SUM = "sum(billed_cost)"
MEASURES = f"{SUM}, sum(effective_cost), sum(list_cost), sum(consumed_quantity), sum(row_count)"
LABELS = "list(DISTINCT service_name), list(DISTINCT usage_type), list(DISTINCT region_id), min(charge_period_start)"


@pytest.fixture
def loaded(store: Store, bucket: Path) -> Store:
    """A store of one month of 190 USD, in twenty charges that differ."""
    days = [cur2(str(n), line_item_resource_id=f"video-{n}", **on("2026-10", n % 9 + 1)) for n in range(20)]
    deliver_cur2(bucket, [row | {"resource_tags": {"user_team": f"{n % 3}"}} for n, row in enumerate(days)])
    store.ingest(bucket)
    return store


def on(month: str, day: int) -> dict[str, str]:
    return {
        "bill_billing_period_start_date": f"{month}-01T00:00:00Z",
        "line_item_usage_start_date": f"{month}-{day:02}T00:00:00Z",
        "line_item_usage_end_date": f"{month}-{day:02}T01:00:00Z",
    }


def another(store: Store) -> Warehouse:
    """The warehouse as another process opens it."""
    return Warehouse(store.warehouse.folder, store.database)


def figures(warehouse: Warehouse, name: str) -> object:
    return warehouse.query(f"SELECT {MEASURES}, {LABELS} FROM {FACTS[name]}")


def current_file(store: Store, name: str) -> Path:
    (file,) = (path for path in store.warehouse.segment_files() if path.name == name)
    return file


def forget_checksums(store: Store) -> None:
    """Make the home one of a version that wrote none."""
    with store.database.transaction() as connection:
        connection.execute("DELETE FROM segment_files")


# --- bytes that change --------------------------------------------------------------------------------------------


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :]


def other_byte(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([(content[at] + 1 + at % 255) % 256]) + content[at + 1 :]


def cut(content: bytes, at: int) -> bytes:
    return content[:at]


def overwritten(content: bytes, at: int) -> bytes:
    """With what another file may have left in its place on the disk."""
    return content[:at] + b"\xa5" * len(content[at : at + 64]) + content[at + 64 :]


Damage = Callable[[bytes, int], bytes]
DAMAGES = pytest.mark.parametrize("damage", [flipped, other_byte, cut, overwritten])


def places(content: bytes, count: int) -> list[int]:
    """Over the whole file, and where it begins and ends."""
    return sorted({*range(0, len(content), len(content) // count), 3, *range(len(content) - 8, len(content))})


@DAMAGES
@pytest.mark.parametrize("name", FACTS)
def test_whatever_happens_to_a_file_it_is_told_by_its_name(loaded: Store, name: str, damage: Damage):
    file = current_file(loaded, name)
    content = file.read_bytes()
    for at in places(content, 30):
        file.write_bytes(damage(content, at))
        with pytest.raises(WarehouseError) as error:
            another(loaded).ready()
        assert str(error.value) == (
            f"The warehouse's file {file} is damaged: it is not as it was written. "
            "Run python -m core ingest: it is made again from the bills."
        )


@DAMAGES
@pytest.mark.parametrize("name", FACTS)
def test_without_checksums_damage_is_told_or_shows_in_no_total(loaded: Store, name: str, damage: Damage):
    """What an older version wrote is held against its bills; no error of DuckDB's own comes out."""
    forget_checksums(loaded)
    file = current_file(loaded, name)
    content = file.read_bytes()
    outcomes = []
    for at in places(content, 8):
        file.write_bytes(damage(content, at))
        outcomes.append(total_or_error(another(loaded), FACTS[name]))

    told = f"The warehouse's file {file} is damaged"
    assert set(outcomes) <= {"190", told}
    assert outcomes.count(told) >= 5


def total_or_error(warehouse: Warehouse, view: str) -> str:
    try:
        return f"{warehouse.query(f'SELECT {MEASURES} FROM {view}')[0][0]:.0f}"
    except WarehouseError as error:
        return error.message.partition(":")[0]


def relabelled(content: bytes, folder: Path) -> bytes:
    """A file that can be read and comes to the same, with another region in it."""
    (before, after) = (folder / "before.parquet", folder / "after.parquet")
    before.write_bytes(content)
    duckdb.sql(f"COPY (SELECT * REPLACE ('eu-west-1' AS region_id) FROM '{before}') TO '{after}' (FORMAT parquet)")
    return after.read_bytes()


@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "of an older version"])
@pytest.mark.parametrize("name", FACTS)
def test_the_next_ingestion_makes_it_again(loaded: Store, bucket: Path, tmp_path: Path, name: str, recorded: bool):
    """What no total shows, the other two files do."""
    right = figures(loaded.warehouse, name)
    content = current_file(loaded, name).read_bytes()
    for damaged in (relabelled(content, tmp_path), b"", content[:-9]):
        file = current_file(loaded, name)
        file.write_bytes(damaged)
        if not recorded:
            forget_checksums(loaded)

        assert loaded.outcomes(bucket) == ["loaded"]
        assert figures(another(loaded), name) == right
        assert loaded.outcomes(bucket) == ["unchanged"]


def test_a_file_that_is_gone_is_made_again(loaded: Store, bucket: Path):
    current_file(loaded, "daily.parquet").unlink()

    assert loaded.outcomes(bucket) == ["loaded"]
    assert loaded.total() == Decimal(190)


def test_of_a_download_of_several_months_the_damaged_one_is_made_again(store: Store, bucket: Path):
    for month in ("2026-08", "2026-09", "2026-10"):
        put(bucket / month / "bill.csv.gz", csv_gz([cur2("5", **on(month, 2))]))
    store.ingest(bucket)
    september = next(file for file in store.warehouse.segment_files() if file.parent.name.startswith("2026-09"))
    september.write_bytes(flipped(september.read_bytes(), 99))

    report = store.ingest(bucket)
    assert [(f"{d.period:%m}", d.outcome.value, d.total) for d in report.deliveries] == [
        ("08", "unchanged", 5), ("10", "unchanged", 5), ("09", "loaded", 5)
    ]  # fmt: skip
    assert store.total() == Decimal(15)


def test_an_older_delivery_does_not_take_the_place_of_a_damaged_one(loaded: Store, tmp_path: Path):
    deliver_cur2(tmp_path / "old", [cur2("7")], execution="old", delivered_at=DELIVERED - timedelta(days=1))
    file = current_file(loaded, "daily.parquet")
    file.write_bytes(b"")

    (report,) = loaded.ingest(tmp_path / "old").deliveries
    assert report.outcome == "superseded"
    assert report.reason.endswith("is loaded and newer, and its files are damaged: give the source that it came from")


# --- homes of an older version ------------------------------------------------------------------------------------


def test_segments_of_an_older_version_are_read_and_get_their_checksums_by_the_next_ingestion(
    loaded: Store, bucket: Path
):
    with loaded.database.transaction() as connection:
        connection.execute("DROP TABLE segment_files")
        connection.execute("DELETE FROM schema_migrations WHERE name LIKE '%segment_files.sql'")
    loaded.database.migrate()
    assert another(loaded).query(f"SELECT {SUM} FROM charges") == [(Decimal(190),)]
    assert not another(loaded).is_as_written()

    assert loaded.outcomes(bucket) == ["unchanged"]
    assert another(loaded).is_as_written()
    assert loaded.total() == Decimal(190)


def test_those_of_a_month_without_charges_too(store: Store, bucket: Path):
    header = csv_text([cur2()]).splitlines()[0].encode()
    deliver_cur2(bucket, [header], ending="csv")
    store.ingest(bucket)
    forget_checksums(store)

    assert store.outcomes(bucket) == ["unchanged"]
    assert another(store).is_as_written()


# --- processes that run -------------------------------------------------------------------------------------------


def test_a_process_that_met_damage_answers_once_it_is_mended(loaded: Store, bucket: Path):
    """What DuckDB read of the file may have left it unusable."""
    warehouse = another(loaded)
    for name in FACTS:
        current_file(loaded, name).write_bytes(b"PAR1" + bytes(99))
    for _ in range(2):
        with pytest.raises(WarehouseError):
            warehouse.query(f"SELECT {SUM} FROM charges")
    loaded.ingest(bucket)

    assert warehouse.query(f"SELECT {SUM} FROM charges") == [(Decimal(190),)]


def test_a_file_that_is_damaged_while_it_is_in_use_is_told(loaded: Store, monkeypatch: pytest.MonkeyPatch):
    """A large one is read anew for each question."""
    monkeypatch.setattr("core.warehouse._HELD_ROWS", 0)
    warehouse = another(loaded)
    assert warehouse.query(f"SELECT {SUM} FROM charges") == [(Decimal(190),)]
    file = current_file(loaded, "daily.parquet")
    file.write_bytes(file.read_bytes()[:-9])

    with pytest.raises(WarehouseError, match=r"daily\.parquet is damaged"):
        warehouse.query(f"SELECT {SUM} FROM charges")


def test_each_file_is_read_once_however_often_the_bills_change(
    loaded: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch
):
    warehouse, fits = another(loaded), Checksum.fits
    deliver_cur2(bucket, [cur2("1", **on("2026-09", 1))], "2026-09", execution="s")
    read: list[str] = []
    monkeypatch.setattr(
        Checksum, "fits", lambda checksum, file: read.append(file.parent.name[:7]) or fits(checksum, file)
    )

    warehouse.query("FROM bills")
    assert read == ["2026-10"] * 3
    loaded.ingest(bucket)
    read.clear()
    warehouse.query("FROM bills")
    assert read == ["2026-09"] * 3
