"""Catalogued: what lies in our storage as the catalogue has it, as the inventory of a day.

It stands where there is no inventory of S3's own for that bucket and day, and for what is not on S3.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from core.checksums import Checksum
from core.database import Database, named_queries
from core.measurements import part_of
from core.segments import Shelf
from core.sources.workspace import SCRATCH, held_folder
from core.telemetry.inventory import AWS, sum_up
from core.telemetry.rungs import rung_of
from core.telemetry.store import Key, Segment, current_segments, publish

_queries: Any = named_queries(__file__, "catalogued.sql")

#: What the store calls it: not an address, so that no folder is called so.
SOURCE = "catalog"
_BATCH = 50_000


def billed_by(provider: str) -> str:
    """How bills name a provider of the installation; one that is not billed has its own name."""
    if provider == "s3" or provider.startswith("s3-"):
        return AWS
    return "Supabase" if provider == "supabase" else provider


def list_catalogue(
    database: Database, buckets: Mapping[str, str], warehouse_folder: Path, now: datetime
) -> dict[str, int]:
    """Make what the catalogue knows the inventory of today; give the objects of each bucket.

    `buckets`: the bucket of each provider by its name; what lies at one that is not configured any more is left out,
    as nobody knows its bucket.
    """
    shelf = Shelf(warehouse_folder)
    key = Key("inventory", SOURCE, now.date())
    current = current_segments(database, SOURCE, shelf).get(key)
    with held_folder(warehouse_folder.parent / SCRATCH) as scratch:
        folder = scratch / "segment"
        folder.mkdir()
        parts = _write(database, buckets, key, folder)
        inputs = Checksum.of(folder / "inventory.parquet").sha256
        if not (current and current.whole and current.inputs == inputs):
            seen = {key: current.inputs} if current else {}
            publish([Segment(key, inputs, parts, folder)], [], SOURCE, seen, shelf, database, now)
    return parts


def _write(database: Database, buckets: Mapping[str, str], key: Key, folder: Path) -> dict[str, int]:
    connection = duckdb.connect(config={"threads": 1})
    try:
        connection.execute(
            "CREATE TABLE objects (provider TEXT, bucket TEXT, video TEXT, rung TEXT, storage_class TEXT, size BIGINT)"
        )
        _copy(database, buckets, connection)
        told = "SELECT *, '' AS access_tier, true AS is_latest, false AS is_marker FROM objects"
        sum_up(told, key.day, connection, folder / "inventory.parquet")
        counts = connection.execute(
            "SELECT provider, bucket, count(*) FROM objects GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return {part_of(provider, bucket): count for provider, bucket, count in counts}
    finally:
        connection.close()


def _copy(database: Database, buckets: Mapping[str, str], connection: duckdb.DuckDBPyConnection) -> None:
    with database.reading() as reading:
        batch: list[tuple[Any, ...]] = []
        for provider, video, kind, name, width, storage_class, size in _queries.catalogued_objects(reading):
            if provider in buckets:
                where = billed_by(provider), buckets[provider]
                batch.append((*where, video, rung_of(kind, name, width), storage_class, size))
            if len(batch) == _BATCH:
                _add(batch, connection)
        _add(batch, connection)


def _add(batch: list[tuple[Any, ...]], connection: duckdb.DuckDBPyConnection) -> None:
    if batch:
        names = ("provider", "bucket", "video", "rung", "storage_class", "size")
        rows = pa.table({name: pa.array(values) for name, values in zip(names, zip(*batch, strict=True), strict=True)})
        connection.register("batch", rows)
        connection.execute("INSERT INTO objects SELECT * FROM batch")
        connection.unregister("batch")
        batch.clear()
