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
from core.storage.provider import StorageClass, StorageProvider
from core.warehouse import Warehouse

_queries: Any = named_queries(__file__, "catalogued.sql")
#: Of what the CDN did not have, and of what was asked of a bucket past it; as far back as no week is without a log.
_READS = """
    WITH days AS (SELECT DISTINCT day FROM request_titles),
    gaps AS (SELECT day, day - lag(day) OVER (ORDER BY day) AS since FROM days),
    first AS (SELECT max(day) AS day FROM gaps WHERE since > 7 OR since IS NULL),
    missed AS (
        SELECT r.day, video, rung, requests, bytes FROM request_titles r, first
        WHERE result = 'miss' AND video <> '' AND r.day >= first.day
    ),
    direct AS (
        SELECT hour::DATE AS day, video, rung, requests, bytes FROM origin_requests, first
        WHERE operation = 'REST.GET.OBJECT' AND NOT via_cdn AND video <> '' AND hour >= first.day
    )
    SELECT day, video, rung, sum(requests)::DOUBLE, coalesce(sum(bytes), 0)::DOUBLE
    FROM (FROM missed UNION ALL FROM direct) GROUP BY ALL
"""
_SPAN = """
    WITH days AS (SELECT DISTINCT day FROM request_titles),
    gaps AS (SELECT day, day - lag(day) OVER (ORDER BY day) AS since FROM days)
    SELECT (SELECT max(day) FROM gaps WHERE since > 7 OR since IS NULL), (SELECT max(day) FROM days)
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
    [(first, last)] = warehouse.query(_SPAN)
    window = _window(first, last, today)
    objects = Catalogue(
        ints([numbers[row["video_id"]] for row in rows]),
        ints([row["size_bytes"] for row in rows]),
        ints([number_of(date.fromisoformat(row["recorded_at"][:10])) for row in rows]),
        _reads(warehouse, places),
    )
    classes = ints([NUMBER[StorageClass(row["storage_class"])] for row in rows])
    return Catalogued(
        provider.name, provider.region, tuple(row["key"] for row in rows), classes, objects.during(window), window,
        first is not None,
    )  # fmt: skip


def _window(first: date | None, last: date | None, today: date) -> Window:
    if first is None or last is None:
        return Window(number_of(today) - _BLIND_DAYS, number_of(today))
    return Window(number_of(first), number_of(last) + 1)


def _reads(warehouse: Warehouse, places: dict[tuple[str, str], list[int]]) -> Any:
    """What several objects are called alike is read of each of them to its part."""
    found = [
        (place, number_of(day), gets / len(those), size / len(those))
        for day, video, rung, gets, size in warehouse.query(_READS)
        for those in [places.get((video, rung), [])]
        for place in those
    ]
    columns = np.array(found, dtype=float).reshape(-1, 4).T
    return added_up(ints(columns[0]), ints(columns[1]), floats(columns[2]), floats(columns[3]))
