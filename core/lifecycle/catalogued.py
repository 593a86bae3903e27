"""Catalogued: the objects of a provider as the catalogue has them, with what was read of each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from core.database import Database, named_queries
from core.recommendations.simulator.arrays import Ints, floats, ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.classes import NUMBER
from core.recommendations.simulator.window import Window, number_of
from core.recommendations.unbroken_days import UnbrokenDays, unbroken_days
from core.storage.provider import StorageClass, StorageProvider
from core.warehouse import Warehouse

_queries: Any = named_queries(__file__, "catalogued.sql")
#: Of what the CDN did not have, and of what was asked of a bucket past it.
_READS = """
    WITH missed AS (
        SELECT day, video, rung, requests, bytes FROM request_titles
        WHERE result = 'miss' AND video <> '' AND day >= $first
    ),
    direct AS (
        SELECT hour::DATE AS day, video, rung, requests, bytes FROM origin_requests
        WHERE operation = 'REST.GET.OBJECT' AND NOT via_cdn AND video <> '' AND hour >= $first
    )
    SELECT day, video, rung, sum(requests)::DOUBLE, coalesce(sum(bytes), 0)::DOUBLE
    FROM (FROM missed UNION ALL FROM direct) GROUP BY ALL
"""
#: What is priced where nothing is known of reads.
_BLIND_DAYS = 30


@dataclass(frozen=True)
class Catalogued:
    """Objects in the order of their keys, and the days whose reads are known."""

    provider: str
    region: str
    keys: tuple[str, ...]
    storage_class: Ints  #: its number in WATERFALL
    catalogue: Catalogue
    window: Window
    knows_reads: bool


def catalogued(database: Database, warehouse: Warehouse, provider: StorageProvider, today: date) -> Catalogued:
    """What lies at a provider; where there is no log of the CDN, as if nobody had read it."""
    with database.reading() as connection:
        rows = list(_queries.objects(connection, provider=provider.name))
    numbers = {video: number for number, video in enumerate(dict.fromkeys(row["video_id"] for row in rows))}
    places: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault((row["video_id"], row["rung"]), []).append(place)
    days = unbroken_days(warehouse)
    window = _window(days, today)
    objects = Catalogue(
        ints([numbers[row["video_id"]] for row in rows]),
        ints([row["size_bytes"] for row in rows]),
        ints([number_of(date.fromisoformat(row["recorded_at"][:10])) for row in rows]),
        _reads(warehouse, places, days),
    )
    classes = ints([NUMBER[StorageClass(row["storage_class"])] for row in rows])
    return Catalogued(
        provider.name, provider.region, tuple(row["key"] for row in rows), classes, objects.during(window), window,
        days.first is not None,
    )  # fmt: skip


def _window(days: UnbrokenDays, today: date) -> Window:
    if days.first is None or days.last is None:
        return Window(number_of(today) - _BLIND_DAYS, number_of(today))
    return Window(number_of(days.first), number_of(days.last) + 1)


def _reads(warehouse: Warehouse, places: dict[tuple[str, str], list[int]], days: UnbrokenDays) -> Any:
    """What several objects are called alike is read of each of them to its part."""
    found = [
        (place, number_of(day), gets / len(those), size / len(those))
        for day, video, rung, gets, size in warehouse.query(_READS, {"first": days.first})
        for those in [places.get((video, rung), [])]
        for place in those
    ]
    columns = np.array(found, dtype=float).reshape(-1, 4).T
    return added_up(ints(columns[0]), ints(columns[1]), floats(columns[2]), floats(columns[3]))
