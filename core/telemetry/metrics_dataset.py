"""Metrics dataset: what CloudWatch tells, from the documents in which its answers were kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.measurements import part_of
from core.settings import Settings
from core.sources.source import Entry
from core.sql import literal
from core.telemetry.datasets import Found, Place
from core.telemetry.gathering import Gone, Look, Prepared, Reading, gather
from core.telemetry.metric_document import Point, is_metric_document, read_metric_document
from core.telemetry.reports import MeasuredReport

NAME = "metrics"
#: Changes when the same files come to other facts.
_VERSION = "1"
_TYPES = {
    "period_start": pa.timestamp("us", "UTC"),
    "period_s": pa.int32(),
    "value": pa.float64(),
}
_NAMES = tuple(field.name for field in fields(Point))


@dataclass(frozen=True)
class Metrics:
    """Of a period that was asked for more than once, the last answer counts."""

    name: str = NAME
    gone: Gone = Gone.REPLACED

    def version(self, settings: Settings) -> str:
        return _VERSION

    def recognises(self, path: str, start: bytes) -> bool:
        return path.lower().endswith(".json") and is_metric_document(start)

    def ingest(self, found: Found, place: Place) -> MeasuredReport:
        return gather(self, found, place)

    def prepare(self, entry: Entry, reading: Reading, target: Path) -> Look:
        points, bad = read_metric_document(entry.path, reading.found.source.read(entry))
        columns = {name: pa.array([getattr(each, name) for each in points], _TYPES.get(name)) for name in _NAMES}
        pq.write_table(pa.table(columns), target)
        days = Counter(point.period_start.date() for point in points)
        reason = "it has no number, or no instant with its zone" if bad else ""
        return Look(days, len(points) + bad, bad, reason, entry.modified.isoformat())

    def write(self, day: date, files: Sequence[Prepared], target: Path, reading: Reading) -> Mapping[str, int]:
        ask = reading.place.workspace.connection
        oldest_first = sorted(files, key=lambda each: (each.modified, each.path))
        told = " UNION ALL ".join(
            f"SELECT *, {number} AS asked FROM read_parquet({literal(each.file)})"
            for number, each in enumerate(oldest_first)
        )
        path = literal(target / "metrics.parquet")
        ask.execute(f"""
            COPY (
                SELECT namespace, metric, dimensions, region, period_start::TIMESTAMP AS period_start, period_s, stat,
                    arg_max(value, asked) AS value, arg_max(unit, asked) AS unit
                FROM ({told}) WHERE period_start::DATE = DATE {literal(day.isoformat())} GROUP BY ALL ORDER BY ALL
            ) TO {path} (FORMAT parquet)""")
        counts = ask.execute(f"SELECT region, dimensions, count(*) FROM read_parquet({path}) GROUP BY ALL").fetchall()
        return {part_of(region, dimensions): count for region, dimensions, count in sorted(counts)}
