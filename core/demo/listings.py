"""Listings: what lay at Supabase, which lists nothing itself, as the platform would have listed it each week."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from core.checksums import Checksum
from core.database import Database
from core.demo.catalogue import Video
from core.demo.demand import Demand
from core.demo.identity import stable_uuid
from core.demo.inventories import SUNDAY, rendition_files
from core.demo.library import OLD_BUCKET
from core.demo.story import days_between
from core.measurements import part_of
from core.segments import Shelf
from core.sources.workspace import SCRATCH, held_folder
from core.telemetry.catalogued import SOURCE
from core.telemetry.inventory import sum_up
from core.telemetry.rungs import rung_of_key
from core.telemetry.store import Key, Segment, current_segments, publish

_PROVIDER = "Supabase"  #: as bills name it
_COLUMNS = ("provider", "bucket", "video", "rung", "storage_class", "size")


def list_supabase(demand: Demand, database: Database, warehouse_folder: Path, now: datetime) -> None:
    """Make what lay there on each Sunday the inventory of that day, as if the catalogue had been asked then."""
    shelf = Shelf(warehouse_folder)
    current = current_segments(database, SOURCE, shelf)
    with held_folder(warehouse_folder.parent / SCRATCH) as scratch:
        for day in _sundays(demand):
            key, folder = Key("inventory", SOURCE, day), scratch / day.isoformat()
            folder.mkdir()
            objects = _write(demand, day, folder / "inventory.parquet")
            inputs = Checksum.of(folder / "inventory.parquet").sha256
            known = current.get(key)
            if not (known and known.whole and known.inputs == inputs):
                parts = {part_of(_PROVIDER, OLD_BUCKET): objects}
                seen = {key: known.inputs} if known else {}
                publish([Segment(key, inputs, parts, folder)], [], SOURCE, seen, shelf, database, now)


def _sundays(demand: Demand) -> list[date]:
    """From the first of the month before on: those are the months that are looked at."""
    story = demand.traffic.story
    return [day for day in days_between(story.months_ago(1), story.today) if day.weekday() == SUNDAY]


def _write(demand: Demand, day: date, target: Path) -> int:
    rows = list(_objects(demand, day))
    columns = zip(*rows, strict=True) if rows else ((),) * len(_COLUMNS)
    objects = pa.table(dict(zip(_COLUMNS, map(list, columns), strict=True)))
    connection = duckdb.connect(config={"threads": 1})
    try:
        connection.register("objects", objects)
        told = "SELECT *, '' AS access_tier, true AS is_latest, false AS is_marker FROM objects"
        sum_up(told, day, connection, target)
    finally:
        connection.close()
    return len(rows)


def _objects(demand: Demand, day: date) -> Iterator[tuple[str, str, str, str, str, int]]:
    for video in demand.traffic.catalogue.videos:
        if video.published <= day < video.on_s3_from:
            for name, size in _files(demand, video):
                rung = rung_of_key(name)
                yield _PROVIDER, OLD_BUCKET, stable_uuid("video", video.number), rung, "STANDARD", size


def _files(demand: Demand, video: Video) -> Iterator[tuple[str, int]]:
    yield "original.mp4", video.original_bytes
    for name, size in rendition_files(demand, video):
        yield f"hls/{name}", size
    yield "storyboard.jpg", video.thumbnail_bytes
