"""Measured: the history of the platform's own renditions, out of inventories of S3 and logs of the CDN."""

from dataclasses import replace

import duckdb

from core.errors import HistoryRefused
from core.recommendations.history import History, history_in
from core.recommendations.simulator.window import number_of
from core.recommendations.unbroken_days import unbroken_days
from core.warehouse import Warehouse

#: Renditions with their playlists and pictures, of each bucket's newest inventory; originals are another matter.
_RUNGS = """
    WITH newest AS (SELECT bucket, max(day) AS day FROM inventory WHERE provider = 'AWS' GROUP BY ALL),
    born AS (SELECT video, rung, min(day) AS first FROM inventory WHERE provider = 'AWS' GROUP BY ALL)
    SELECT video, rung, first, sum(objects)::BIGINT AS pieces, sum(bytes)::BIGINT AS bytes
    FROM inventory JOIN newest USING (bucket, day) JOIN born USING (video, rung)
    WHERE provider = 'AWS' AND kind = 'object' AND current AND video <> '' AND rung NOT IN ('', 'original')
        AND ({where})
    GROUP BY ALL HAVING sum(objects) > 0
"""
#: What S3 was asked for since then: what the CDN did not have.
_MISSES = """
    SELECT day, video, rung, sum(requests)::DOUBLE AS gets, coalesce(sum(bytes), 0)::DOUBLE AS bytes
    FROM request_titles WHERE result = 'miss' AND video <> '' AND day >= $first
    GROUP BY ALL
"""
#: A rung of several objects becomes as many of the same size, each read by its part.
_OBJECTS = """
    CREATE TABLE objects AS
    SELECT concat_ws('/', video, rung, piece) AS object, video AS "group", bytes / pieces AS bytes,
        date_diff('day', DATE '1970-01-01', least(rungs.first, read.first)) AS created
    FROM rungs LEFT JOIN (SELECT video, min(day) AS first FROM misses GROUP BY ALL) AS read USING (video),
        generate_series(1, pieces) AS s(piece)
"""
_READS = """
    CREATE TABLE reads AS
    SELECT concat_ws('/', video, rung, piece) AS object, date_diff('day', DATE '1970-01-01', day) AS day,
        gets / pieces AS gets, m.bytes / pieces AS bytes
    FROM misses m JOIN rungs r USING (video, rung), generate_series(1, pieces) AS s(piece)
"""


def measured_history(warehouse: Warehouse, where: str = "true") -> History:
    """What was read of the renditions that the newest inventories list, as far as a condition on their rows holds.

    Raises HistoryRefused where there is no inventory of S3, or no log of the CDN.
    """
    days = unbroken_days(warehouse)
    rungs, misses = warehouse.arrow(_RUNGS.format(where=where)), warehouse.arrow(_MISSES, {"first": days.first})
    if not rungs.num_rows or days.first is None or days.last is None:
        lacking = "inventory of S3 that lists renditions" if not rungs.num_rows else "log of the CDN"
        advice = "Ingest one by python -m core ingest SOURCE, or give --objects and --reads."
        raise HistoryRefused(f"There is no {lacking}.", advice)
    logged = number_of(days.first), number_of(days.last) + 1
    with duckdb.connect() as duck:
        for name, table in (("rungs", rungs), ("misses", misses)):
            duck.register(name, table)
        for statement in (_OBJECTS, _READS):
            duck.execute(statement)
        found = replace(history_in(duck, "the inventory", "the CDN's log", logged), videos=_videos(duck))
    if days.oldest == days.first:
        return found
    left_out = f"Logs from {days.oldest} on are left out until {days.first}, as days between them were not measured."
    return replace(found, remarks=(*found.remarks, left_out))


def _videos(duck: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The id of each group, in the order of their numbers."""
    rows = duck.execute("""
        SELECT u.video, any_value(o."group") FROM usable_objects u JOIN objects o USING (object)
        GROUP BY u.video ORDER BY u.video""").fetchall()
    return tuple(video for _, video in rows)
