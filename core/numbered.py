"""Numbered: texts as numbers in the texts' order (DuckDB's ENUM) while facts are made; files have texts again."""

from pathlib import Path

import duckdb

from core.sql import identifier, literal


def number_texts(duck: duckdb.DuckDBPyConnection, table: str) -> None:
    """Have numbers for the texts of a temporary table, so that what is made of it is added up and sorted by these."""
    texts = _columns(duck, table, "VARCHAR")
    for name in texts:
        kind, column = identifier(f"{table}_{name}"), identifier(name)
        duck.execute(f"DROP TYPE IF EXISTS {kind}")
        distinct = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {column}"
        duck.execute(f"CREATE TYPE {kind} AS ENUM ({distinct})")
    numbers = ", ".join(f"{identifier(name)}::{identifier(f'{table}_{name}')} AS {identifier(name)}" for name in texts)
    duck.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE ({numbers}) FROM {table}")


def copy_texts(duck: duckdb.DuckDBPyConnection, select: str, target: Path, group_rows: int = 122_880) -> None:
    """Write what a select gives into a Parquet file, texts for numbers: as these they would be read at twice the cost.

    The file has groups of so many rows, of which a question may leave some out.
    """
    names = map(identifier, _columns(duck, f"({select})", "ENUM"))
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in names)
    told = f"SELECT * REPLACE ({texts}) FROM ({select})" if texts else select
    duck.execute(f"COPY ({told}) TO {literal(target)} (FORMAT parquet, ROW_GROUP_SIZE {group_rows})")


def _columns(duck: duckdb.DuckDBPyConnection, relation: str, kind: str) -> list[str]:
    described = duck.execute(f"DESCRIBE FROM {relation}").fetchall()
    return [name for name, its_kind, *_ in described if its_kind.startswith(kind)]
