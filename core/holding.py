"""Holding: views whose rows are held in memory, compressed, as a question that opens no files costs a fraction."""

from itertools import count

import duckdb

_numbers = count()


class Held:
    """What one DuckDB holds of its views; each in a database of its own in memory, as only those are compressed."""

    def __init__(self) -> None:
        self._databases: dict[str, str] = {}

    def hold(self, cursor: duckdb.DuckDBPyConnection, view: str, most_rows: int, rows_of: str = "") -> int:
        """Hold a view in memory, if it fits: if what its rows are of has no more; how many rows it has."""
        before = self._databases.pop(view, None)
        rows = _fill(cursor, view, self._named(view)) if _rows(cursor, rows_of or view) <= most_rows else 0
        if before:
            cursor.execute(f"DETACH {before}")
        return rows

    def _named(self, view: str) -> str:
        return self._databases.setdefault(view, f"held_{next(_numbers)}")


def _fill(cursor: duckdb.DuckDBPyConnection, view: str, database: str) -> int:
    cursor.execute(f"ATTACH ':memory:' AS {database} (COMPRESS)")
    cursor.execute(f"CREATE TABLE {database}.{view} AS FROM {view}")
    cursor.execute(f"CHECKPOINT {database}")  # this compresses; nobody else has the database open yet, as it needs
    cursor.execute(f"CREATE OR REPLACE VIEW {view} AS FROM {database}.{view}")
    return _rows(cursor, view)


def _rows(cursor: duckdb.DuckDBPyConnection, view: str) -> int:
    return cursor.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0]
