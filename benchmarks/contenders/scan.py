"""Scan: the floor that the ingestion is held against: DuckDB reads the columns that the ingestion reads."""

from collections.abc import Callable
from dataclasses import astuple

import duckdb

from benchmarks.columns import COLUMNS
from core.billing.columns import Column, recognise
from core.billing.stage import stage_queries


def look(files: list[str]) -> int:
    """Contender: every value of the needed columns is looked at; answers the number of rows."""
    return _read(files, _look)


def count(files: list[str]) -> int:
    """Contender: doubles are summed, the other values only counted; answers the number of rows."""
    return _read(files, lambda name, type_: f"sum({name})" if type_ == "DOUBLE" else f"count({name})")


def needed_columns() -> list[str]:
    """Contender: the columns of the export that the ingestion's queries name."""
    columns = [Column(name, name, type_) for name, type_ in COLUMNS.items()]
    queries = astuple(stage_queries(recognise("bench", columns)))
    said = " ".join(query if isinstance(query, str) else query("export") for query in queries)
    return [name for name in COLUMNS if f'"{name}"' in said]


def _look(name: str, type_: str) -> str:
    if type_ == "DOUBLE":
        return f"sum({name})"
    return f"max(cardinality({name}))" if type_.startswith("MAP") else f"max({name})"


def _read(files: list[str], aggregate: Callable[[str, str], str]) -> int:
    looks = ", ".join(aggregate(name, COLUMNS[name]) for name in needed_columns())
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set variable files = $files", {"files": files})
        return connection.execute(f"select count(*), {looks} from read_parquet(getvariable('files'))").fetchall()[0][0]
