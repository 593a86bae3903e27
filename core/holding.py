"""Holding: views whose rows are held in memory, as a question that opens no files costs half."""

import duckdb


def hold(cursor: duckdb.DuckDBPyConnection, view: str, most_rows: int, rows_of: str = "") -> int:
    """Hold a view in memory, if it fits: if what its rows are of has no more; how many rows it has."""
    cursor.execute(f"DROP TABLE IF EXISTS held_{view}")
    if _rows(cursor, rows_of or view) > most_rows:
        return 0
    cursor.execute(f"CREATE TABLE held_{view} AS FROM {view}")
    cursor.execute(f"CREATE OR REPLACE VIEW {view} AS FROM held_{view}")
    return _rows(cursor, view)


def _rows(cursor: duckdb.DuckDBPyConnection, view: str) -> int:
    return cursor.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0]
