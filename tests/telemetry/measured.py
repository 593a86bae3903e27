"""Measured days: segments with facts that a test writes out in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from core.database import Database
from core.segments import Shelf
from core.sql import literal
from core.telemetry.store import Key, ReadFile, Segment, current_segments, publish
from core.warehouse import Warehouse
from tests.support.databases import fresh_database

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = date(2026, 11, 28)


@dataclass
class Measured:
    """A database, a warehouse, and a scratch folder."""

    home: Path
    given: Database | None = None  #: else a file in the home
    database: Database = field(init=False)
    warehouse: Warehouse = field(init=False)
    shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.database = self.given or fresh_database(self.home / "phyght.db")
        self.warehouse = Warehouse(self.home / "warehouse", self.database)
        self.shelf = Shelf(self.home / "warehouse")

    def segment(
        self,
        parts: Mapping[str, int],
        source: str = "logs",
        day: date = DAY,
        inputs: str = "1",
        dataset: str = "cloudfront",
        view: str = "requests",
    ) -> Segment:
        """A segment in which a view has one row for each part, with as many requests as lines."""
        folder = Path(mkdtemp(dir=self.home))
        write(folder, view, [{"distribution": part, "requests": lines} for part, lines in parts.items()])
        return Segment(Key(dataset, source, day), inputs, dict(parts), folder)

    def publish(self, *segments: Segment, seen: Mapping[Key, str] | None = None, files: Sequence[ReadFile] = ()):
        """Publish segments of one source, as one who has just looked."""
        source = segments[0].key.source
        current = {key: known.inputs for key, known in current_segments(self.database, source, self.shelf).items()}
        return publish(segments, files, source, current if seen is None else seen, self.shelf, self.database, NOW)

    def requests(self) -> list[tuple]:
        return self.warehouse.query("SELECT distribution, requests FROM requests ORDER BY ALL")


def write(folder: Path, view: str, rows: Sequence[Mapping[str, object]]) -> None:
    """A segment's file with rows of a view; columns that they leave out are null."""
    from core.measurements import define

    duck = duckdb.connect()
    define(duck, folder, {view: []})
    for row in rows:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        duck.execute(f"INSERT INTO empty_{view} ({names}) VALUES ({marks})", list(row.values()))
    duck.execute(f"COPY empty_{view} TO {literal(folder / f'{view}.parquet')} (FORMAT parquet)")
