"""Ingestion: an export into a fresh store, beside a scan of the columns it needs."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.columns import COLUMNS
from core.billing.columns import recognise
from core.billing.ingest import ingest
from core.billing.stage import stage_query
from core.database import Database
from core.settings import DemoMode, Settings

#: Some time after the generated month was delivered.
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def settings_of(home: Path) -> Settings:
    """The settings of an installation that is told nothing else."""
    return Settings(phyght_home=home, phyght_demo=DemoMode.OFF, _env_file=None)  # pyright: ignore[reportCallIssue]


def load(source: str, home: str) -> dict[str, Any]:
    """Contender: the platform's own ingestion of everything in a folder."""
    settings = settings_of(Path(home))
    database = Database(settings.phyght_home / "phyght.db")
    database.migrate()
    report = ingest(source, database, settings.phyght_home / "warehouse", settings, lambda: NOW)
    total = sum((delivery.total or Decimal(0) for delivery in report.deliveries), Decimal(0))
    return {"outcomes": [delivery.outcome for delivery in report.deliveries], "total": format(total, "f")}


def scan(files: list[str]) -> int:
    """Contender: the floor. DuckDB reads the columns that the ingestion reads, and looks at each value."""
    return _read(files, _look)


def count(files: list[str]) -> int:
    """Contender: a lower floor. The same columns, where a text is decoded and only counted."""
    return _read(files, lambda name, type_: f"sum({name})" if type_ == "DOUBLE" else f"count({name})")


def needed_columns() -> list[str]:
    """The columns of the export that the ingestion's query names."""
    query = stage_query(recognise("bench", list(COLUMNS.items())), "cur")
    return [name for name in COLUMNS if f'"{name}"' in query]


def _look(name: str, type_: str) -> str:
    if type_ == "DOUBLE":
        return f"sum({name})"
    return f"max(cardinality({name}))" if type_.startswith("MAP") else f"max({name})"


def _read(files: list[str], aggregate: Any) -> int:
    looks = ", ".join(aggregate(name, COLUMNS[name]) for name in needed_columns())
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set variable files = $files", {"files": files})
        row = connection.execute(f"select count(*), {looks} from read_parquet(getvariable('files'))").fetchone()
    assert row is not None
    return row[0]
