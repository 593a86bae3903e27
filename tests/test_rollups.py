"""Rollups of many rows are made of numbers for texts, and come to the same."""

from pathlib import Path

import duckdb
import pytest

from core import rollups
from core.sql import literal

_FACTS = """
    SELECT
        DATE '2026-11-28' AS day, 'E1' AS distribution, video, 'r' || n % 2 AS rung, country, n % 5 = 0 AS bot,
        n % 3 = 0 AS cached, 'ttfb' AS measure, (n % 4)::SMALLINT AS bin, n AS requests
    FROM range(60) numbers(n), (VALUES ('b', 'DE'), ('', ''), ('a', 'AT')) seen(video, country)
"""


@pytest.fixture
def duck():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def test_numbers_in_the_place_of_texts_change_nothing(
    tmp_path: Path, duck: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
):
    target = literal(tmp_path / "title_timings.parquet")
    duck.execute(f"COPY ({_FACTS}) TO {target} (FORMAT parquet)")
    rollups.write_rollups(duck, tmp_path)
    usual = _rows(duck, tmp_path)
    monkeypatch.setattr(rollups, "_MANY_ROWS", 100)

    for _ in range(2):  # days
        rollups.write_rollups(duck, tmp_path)

        assert _rows(duck, tmp_path) == usual
    places = [row[1:3] for row in usual]
    assert places == sorted(places)


def _rows(duck: duckdb.DuckDBPyConnection, folder: Path) -> list[tuple]:
    """As they lie in the file, by what it is looked through for, and then by the rest."""
    found = f"read_parquet({literal(folder / 'video_country_timings.parquet')}, file_row_number = true)"
    lying = duck.execute(f"SELECT video, country FROM {found} ORDER BY file_row_number").fetchall()
    rows = duck.execute(f"SELECT * EXCLUDE (file_row_number) FROM {found} ORDER BY ALL").fetchall()
    return [(at, *where, *row) for at, (where, row) in enumerate(zip(lying, rows, strict=True))]
