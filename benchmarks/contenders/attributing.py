"""Attributing: what each video costs, by the store and by plain Python."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from benchmarks.contenders.store import NOW
from core.costs.attribution import attribute
from core.costs.breakdown import break_down
from core.costs.dimensions import Dimension
from core.costs.period import Period
from core.segments import Shelf
from core.sqlite_database import SqliteDatabase
from core.telemetry.store import Key, Segment, publish
from core.warehouse import Warehouse

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
#: A video is watched in each price region on some of the days, from the cache and past it.
_REQUEST_TITLES = """
    SELECT DATE '{day}' AS day, '{distribution}' AS distribution, region AS price_region, region AS country,
        true AS country_known, false AS bot, 'video-' || video AS video,
        ['1080p', '720p', '480p'][1 + (hash(video, region) % 3)::BIGINT] AS rung, result,
        200::SMALLINT AS status, 'https' AS scheme,
        1 + (hash(video, region, result, '{day}') % 300)::BIGINT AS requests,
        (hash(region, video, result, '{day}') % 1000000000000)::BIGINT AS bytes, 0::BIGINT AS request_bytes,
        0::BIGINT AS taken_ms, 0::BIGINT AS ttfb_ms, requests AS lines
    FROM range({videos}) videos (video),
        (VALUES ('US', 60), ('EU', 50), ('AP', 20), ('IN', 20), ('JP', 10), ('SA', 10)) regions (region, seen),
        (VALUES ('hit', 100), ('miss', 25)) results (result, share)
    WHERE hash(video, '{day}', region) % 100 < seen AND hash(video, region, '{day}', result) % 100 < share
"""
#: Each video lies in two classes of one of two buckets.
_INVENTORY = """
    SELECT 'AWS' AS provider, DATE '{day}' AS day, ['{bucket_1}', '{bucket_2}'][1 + video % 2] AS bucket,
        'video-' || video AS video,
        ['original', '1080p'][number] AS rung, 'object' AS kind, ['GLACIER_IR', 'STANDARD'][number] AS storage_class,
        '' AS access_tier,
        true AS current, 1::BIGINT AS objects, (hash(video, number) % 50000000000)::BIGINT AS bytes,
        greatest(bytes, 131072) AS billable_bytes
    FROM range({videos}) videos (video), range(1, 3) numbers (number)
"""


def measured(home: str, videos: int) -> int:
    """Contender: write what was measured of that many videos in October into a store; how many rows.

    They lie in the two dearest buckets of its bill, and are sent by its dearest distribution.
    """
    database = SqliteDatabase(Path(home) / "phyght.db")
    database.migrate()
    warehouse = Warehouse(Path(home) / "warehouse", database)
    distribution = _dearest(warehouse, "Amazon CloudFront", "transfer out")[0].rpartition("/")[2]
    bucket_1, bucket_2, *_ = _dearest(warehouse, "Amazon Simple Storage Service", "storage")
    names = {"videos": videos, "distribution": distribution, "bucket_1": bucket_1, "bucket_2": bucket_2}
    rows = 0
    for dataset, view, sql, parts in (
        ("cloudfront", "request_titles", _REQUEST_TITLES, [distribution]),
        ("inventory", "inventory", _INVENTORY, [bucket_1, bucket_2]),
    ):
        segments: list[Segment] = []
        for day in (OCTOBER.start + timedelta(number) for number in range(OCTOBER.days)):
            scratch = Path(mkdtemp(dir=home))
            count = _write(sql.format(day=day, **names), scratch / f"{view}.parquet")
            segments.append(Segment(Key(dataset, "generated", day), "1", dict.fromkeys(parts, count), scratch))
            rows += count
        publish(segments, [], "generated", {}, Shelf(warehouse.folder), database, NOW)
    return rows


def _dearest(warehouse: Warehouse, service: str, family: str) -> list[str]:
    rows = warehouse.query(
        "SELECT resource_id FROM resource_charges WHERE service_name = $service AND usage_family = $family "
        "AND resource_id IS NOT NULL GROUP BY resource_id ORDER BY sum(billed_cost) DESC, resource_id",
        {"service": service, "family": family},
    )
    return [name for (name,) in rows]


def _write(sql: str, file: Path) -> int:
    with duckdb.connect() as duck:
        return duck.execute(f"COPY ({sql}) TO '{file}' (FORMAT parquet)").fetchall()[0][0]


def ours(home: str) -> dict[str, Any]:
    """Contender: what each video costs, by the store."""
    warehouse = Warehouse(Path(home) / "warehouse", SqliteDatabase(Path(home) / "phyght.db"))
    found = attribute(warehouse, OCTOBER)
    bill = break_down(warehouse, OCTOBER, Dimension.PROVIDER)
    return {
        "total": format(found.total, "f"),
        "bill": format(bill.total, "f"),
        "allocated": format(found.allocated_total, "f"),
        "unallocated": format(found.unallocated_total, "f"),
        "videos": {each.title: format(each.total, "f") for each in found.titles},
    }
