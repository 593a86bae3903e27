"""Rollups are made of numbers for texts, and come to the same."""

from pathlib import Path

import duckdb
import pytest

from core import rollups
from core.numbered import copy_texts, number_texts
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


def test_numbers_in_the_place_of_texts_change_nothing(tmp_path: Path, duck: duckdb.DuckDBPyConnection):
    duck.execute(f"CREATE TEMP TABLE facts AS {_FACTS}")
    rollups.write_rollups(duck, "title_timings", "facts", tmp_path)
    usual = _rows(duck, tmp_path)

    for _ in range(2):  # days
        duck.execute(f"CREATE OR REPLACE TEMP TABLE facts AS {_FACTS}")
        number_texts(duck, "facts")
        assert duck.execute("SELECT typeof(video)[:4], typeof(day) FROM facts LIMIT 1").fetchall() == [("ENUM", "DATE")]
        rollups.write_rollups(duck, "title_timings", "facts", tmp_path)

        assert _rows(duck, tmp_path) == usual
    places = [row[1:3] for row in usual]
    assert places == sorted(places)


def test_texts_are_written_for_numbers_and_nothing_where_there_is_none(tmp_path: Path, duck: duckdb.DuckDBPyConnection):
    duck.execute("CREATE TEMP TABLE words AS FROM (VALUES (1, 'b'), (2, NULL), (3, 'a')) words(number, text)")
    number_texts(duck, "words")
    copy_texts(duck, "FROM words ORDER BY text NULLS FIRST", tmp_path / "words.parquet", 100)

    assert duck.execute(f"FROM {literal(tmp_path / 'words.parquet')}").fetchall() == [(2, None), (3, "a"), (1, "b")]
    described = duck.execute(f"DESCRIBE FROM {literal(tmp_path / 'words.parquet')}").fetchall()
    assert [kind for _, kind, *_ in described] == ["INTEGER", "VARCHAR"]


def _rows(duck: duckdb.DuckDBPyConnection, folder: Path) -> list[tuple]:
    """As they lie in the file, by what it is looked through for, and then by the rest."""
    found = f"read_parquet({literal(folder / 'video_country_timings.parquet')}, file_row_number = true)"
    lying = duck.execute(f"SELECT video, country FROM {found} ORDER BY file_row_number").fetchall()
    rows = duck.execute(f"SELECT * EXCLUDE (file_row_number) FROM {found} ORDER BY ALL").fetchall()
    return [(at, *where, *row) for at, (where, row) in enumerate(zip(lying, rows, strict=True))]
