"""What is held in memory answers as its view did, also while somebody reads it."""

from pathlib import Path

import duckdb
import pytest

from core.holding import Held
from core.sql import literal


@pytest.fixture
def duck():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@pytest.fixture
def file(tmp_path: Path, duck: duckdb.DuckDBPyConnection) -> Path:
    _write(duck, tmp_path / "numbers.parquet", 3)
    duck.execute(f"CREATE VIEW numbers AS FROM {literal(tmp_path / 'numbers.parquet')}")
    return tmp_path / "numbers.parquet"


def test_what_is_held_needs_no_file(duck: duckdb.DuckDBPyConnection, file: Path):
    assert Held().hold(duck, "numbers", 3) == 3

    file.unlink()

    assert _numbers(duck) == [0, 1, 2]


def test_what_is_too_large_is_read_from_its_files(duck: duckdb.DuckDBPyConnection, file: Path):
    assert Held().hold(duck, "numbers", 2) == 0

    _write(duck, file, 4)

    assert _numbers(duck) == [0, 1, 2, 3]


def test_held_anew_while_it_is_read_the_older_rows_are_read_to_their_end(duck: duckdb.DuckDBPyConnection, file: Path):
    held = Held()
    _write(duck, file, 10_000)
    held.hold(duck, "numbers", 20_000)
    reading = duck.cursor().execute("FROM numbers")
    first = reading.fetchmany(10)
    _write(duck, file, 5)
    duck.execute(f"CREATE OR REPLACE VIEW numbers AS FROM {literal(file)}")

    held.hold(duck, "numbers", 20_000)

    assert len(first) + len(reading.fetchall()) == 10_000
    assert _numbers(duck) == [0, 1, 2, 3, 4]
    assert _databases(duck) == 1


def test_what_no_longer_fits_is_let_go(duck: duckdb.DuckDBPyConnection, file: Path):
    held = Held()
    held.hold(duck, "numbers", 3)
    _write(duck, file, 4)
    duck.execute(f"CREATE OR REPLACE VIEW numbers AS FROM {literal(file)}")

    assert held.hold(duck, "numbers", 3) == 0
    assert _numbers(duck) == [0, 1, 2, 3]
    assert _databases(duck) == 0


def _write(duck: duckdb.DuckDBPyConnection, file: Path, rows: int) -> None:
    duck.execute(f"COPY (SELECT n FROM range({rows}) numbers(n)) TO {literal(file)}")


def _numbers(duck: duckdb.DuckDBPyConnection) -> list[int]:
    return [number for (number,) in duck.execute("FROM numbers ORDER BY 1").fetchall()]


def _databases(duck: duckdb.DuckDBPyConnection) -> int:
    return duck.execute("SELECT count(*) FROM duckdb_databases() WHERE database_name LIKE 'held_%'").fetchall()[0][0]
