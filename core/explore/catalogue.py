"""Catalogue: the tables that a query can use, their columns, and what each means."""

import re
from dataclasses import dataclass
from pathlib import Path

import core
from core.measurements import VIEWS
from core.warehouse import Warehouse

_ROOT = Path(core.__file__).parent
_DEFINITIONS = (_ROOT / "warehouse.sql").read_text() + (_ROOT / "measurements.sql").read_text()
_TABLE = re.compile(r"TABLE (?:empty_)?(\w+) \(\n(.+?)\n\);", re.DOTALL)
_NOTE = re.compile(r"^ +(\w+) [^-\n]+-- (.+)$", re.MULTILINE)
#: What one row is.
TABLES = {
    "charges": "one row for each UTC day and kind of charge, without resource",
    "resource_charges": "one row for each UTC day, kind of charge, resource and its tags",
    "monthly_charges": "the same for each month, dated by its first day: the quickest for whole months",
    "bills": "one row for each account, month and export",
    "requests": "requests to the CDN: one row for each UTC hour, place, device, video, rung and result",
    "request_places": "the same without video and rung: the quickest where they do not matter",
    "request_titles": "the same for each UTC day, without edge and device: the quickest for videos",
    "place_hours": "request_places with results added up: one row for each UTC hour, place and device",
    "place_days": "the same for each UTC day",
    "title_hours": "requests with results added up: one row for each UTC hour, place, device, video and rung",
    "title_days": "the same for each UTC day, without edge and device",
    "rung_days": "place_days with rungs told apart",
    "request_timings": "how long requests took and how fast they came, by UTC hour and place: how many in each bin",
    "day_timings": "the same by UTC day and place: the quickest where hours do not matter",
    "title_timings": "the same by UTC day, video and rung",
    "edge_timings": "day_timings added up by edge",
    "country_timings": "day_timings added up by country",
    "device_timings": "day_timings added up by device",
    "hour_timings": "request_timings added up by hour",
    "rung_timings": "title_timings added up by rung",
    "each_video_timings": "title_timings added up by video",
    "edge_country_timings": "day_timings added up by edge and country",
    "device_edge_timings": "day_timings added up by device and edge",
    "device_country_timings": "day_timings added up by device and country",
    "video_country_timings": "title_timings added up by video and country",
    "rung_country_timings": "title_timings added up by rung and country",
    "video_rung_timings": "title_timings added up by video and rung",
    "request_paths": "of each UTC day, the paths that were most missed in the cache and that failed most",
    "origin_requests": "requests that reached the bucket: one row for each UTC hour, video and operation",
    "inventory": "what lay in the buckets: one row for each UTC day, video, rung and storage class",
    "metrics": "what CloudWatch tells: one row for each metric, its dimensions and period",
    "sessions": "one row for each time that somebody watched a video",
    "player_events": "of each UTC day, what became of the events that players told",
}
#: Columns of resource_charges beside those of charges.
_OF_RESOURCES = {"resource_id": "the provider's name of the resource", "tags": "user-defined tags, by key"}


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    table: str
    name: str
    type: str
    note: str  #: unit or meaning; empty where the name says it


def columns(warehouse: Warehouse) -> tuple[Column, ...]:
    """The columns of every table, in the tables' own order."""
    notes = {table: dict(_NOTE.findall(body)) for table, body in _TABLE.findall(_DEFINITIONS)}
    notes["resource_charges"] = notes["charges"] | _OF_RESOURCES
    notes["monthly_charges"] = notes["resource_charges"] | {"charge_period_start": "the month's first day"}
    return tuple(
        Column(table, name, type_, notes[table].get(name, ""))
        for table in TABLES
        for name, type_, *_ in warehouse.query(f"DESCRIBE {_described(table)}")
    )


def _described(table: str) -> str:
    """A table of the same columns that no file has to be opened for."""
    return f"empty_{table}" if table in VIEWS else table
