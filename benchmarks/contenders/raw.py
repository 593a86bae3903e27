"""Raw: the questions asked of the export's own files, with DuckDB."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import aiosql
import duckdb

from benchmarks.measure import Stopwatch
from core.billing.meanings import charge_category, service_name
from core.billing.usage_types import classify

_queries: Any = aiosql.from_path(Path(__file__).with_name("raw.sql"), "duckdb")


def total(files: list[str]) -> str:
    """Contender: what the files are billed together, to the digit."""
    with _opened(files) as connection:
        return format(connection.execute("select sum(billed_cost) from cur").fetchall()[0][0], "f")


def questions(files: list[str], names: list[str]) -> dict[str, Any]:
    """Contender: the CPU seconds of each question, the first time and the second, and its answer: label to amount."""
    with _opened(files) as connection:
        _write_meanings(connection)
        return {name: _asked(connection, name) for name in names}


def _opened(files: list[str]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 2})
    connection.read_parquet(files, hive_partitioning=False).create_view("line_items")
    _queries.view_cur(connection)
    return connection


def _asked(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    ask = getattr(_queries, name)
    with Stopwatch() as first:
        list(ask(connection))
    with Stopwatch() as watch:
        answer = _answer(list(ask(connection)))
    return {
        "first_cpu_s": first.cpu_s,
        "cpu_s": watch.cpu_s,
        "answer": {label: format(cost, "f") for label, cost in answer.items()},
    }


def _answer(rows: list[tuple[Any, ...]]) -> dict[str, Decimal]:
    """Label to amount; where the rows tell what was before, "before" to its total."""
    answer = {label or "not stated": cost for label, cost, *_ in rows if cost is not None}
    before = [row[2] for row in rows if len(row) > 2 and row[2] is not None]
    return answer | {"before": sum(before, Decimal(0))} if before else answer


def _write_meanings(connection: duckdb.DuckDBPyConnection) -> None:
    """Tables that a query may join for nothing: the names and meanings that the platform gives."""
    services = _distinct(connection, "line_item_product_code, product['product_name']")
    named = {code: service_name(code, stated) for code, stated in services}
    _table(connection, "services", ["product_code", "service_name"], list(named.items()))
    used = _distinct(connection, "line_item_product_code, line_item_usage_type, line_item_operation")
    meant = [(*row, classify(named[row[0]] or "", row[1], row[2])) for row in used if row[1]]
    usages = [(*row, usage.family, usage.storage_class, usage.region) for *row, usage in meant]
    _table(
        connection, "usages", ["product_code", "usage_type", "operation", "family", "storage_class", "region"], usages
    )
    types = _distinct(connection, "line_item_line_item_type")
    categories = [(line_item_type, charge_category(line_item_type)) for (line_item_type,) in types]
    _table(connection, "categories", ["line_item_type", "category"], categories)


def _distinct(connection: duckdb.DuckDBPyConnection, columns: str) -> list[Any]:
    return connection.execute(f"select distinct {columns} from cur").fetchall()


def _table(connection: duckdb.DuckDBPyConnection, name: str, columns: list[str], rows: list[Any]) -> None:
    connection.execute(f"create table {name} ({', '.join(f'{column} varchar' for column in columns)})")
    connection.executemany(f"insert into {name} values ({', '.join('?' for _ in columns)})", rows)
