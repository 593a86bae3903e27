"""Cached: how much the CDN had of each kind of object of a bucket, lately and in its best week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.recommendations.grounds import class_named
from core.storage.provider import StorageClass
from core.warehouse import Warehouse

#: Days that are looked at, and the requests that a week has to have for its ratio to tell anything.
DAYS, LEAST_REQUESTS = 28, 1_000
#: What an object is to those who set its headers, by its rung.
KIND = """
    CASE WHEN rung IN ('playlist', 'thumbnail', 'subtitles', 'original') THEN rung
        WHEN rung = 'audio' OR regexp_full_match(rung, '\\d+p') THEN 'rendition' ELSE '' END
"""
_LOG_DAYS = "SELECT count(DISTINCT day) FROM request_titles WHERE day >= $start AND day < $end"
#: Where each rung of a video lies by the bucket's newest inventory.
_MISSED = f"""
    WITH stored AS (
        SELECT DISTINCT ON (video, rung) video, rung, storage_class FROM inventory
        WHERE provider = 'AWS' AND bucket = $bucket AND day = $day AND kind = 'object' AND current AND video <> ''
        ORDER BY video, rung, objects DESC
    )
    SELECT {KIND} AS kind, storage_class, sum(requests) FILTER (result = 'miss')::BIGINT,
        sum(requests) FILTER (result = 'refreshhit')::BIGINT, sum(requests)::BIGINT,
        sum(bytes) FILTER (result = 'miss')::BIGINT
    FROM request_titles JOIN stored USING (video, rung)
    WHERE request_titles.day >= $start AND request_titles.day < $end AND result IN ('hit', 'miss', 'refreshhit')
    GROUP BY ALL ORDER BY ALL
"""
#: Of each kind, whole weeks of the log. A refresh is no hit here: the bucket was asked.
_BEST = f"""
    SELECT kind, max(ratio) FROM (
        SELECT {KIND} AS kind, date_trunc('week', day) AS week,
            1 - coalesce(sum(requests) FILTER (result = 'miss'), 0) / sum(requests) AS ratio
        FROM request_titles WHERE result IN ('hit', 'miss', 'refreshhit') GROUP BY ALL
        HAVING count(DISTINCT day) = 7 AND sum(requests) >= {LEAST_REQUESTS}
    ) GROUP BY ALL
"""


@dataclass(frozen=True)
class Cached:
    """Requests of one kind for what lies in one class, in so many days."""

    kind: str
    storage_class: StorageClass
    misses: int
    refreshes: int  #: the CDN had it, and had to ask whether it is still so
    requests: int  #: all that could be answered from a cache
    missed_bytes: int
    best_ratio: Decimal | None  #: not missed, in the best week of the kind; None where there is no whole week

    @property
    def avoidable(self) -> Decimal:
        """Misses beyond what the best week's share would have been."""
        if self.best_ratio is None:
            return Decimal(0)
        return max(self.misses - (1 - self.best_ratio) * self.requests, Decimal(0))

    @property
    def avoidable_bytes(self) -> Decimal:
        return self.missed_bytes * self.avoidable / self.misses if self.misses else Decimal(0)


#: Of which videos the CDN asks the most often whether an object is still so.
_REFRESHED = f"""
    SELECT {KIND} AS kind, video, sum(requests)::BIGINT AS refreshes FROM request_titles
    WHERE video IN (SELECT video FROM inventory WHERE provider = 'AWS' AND bucket = $bucket AND day = $day)
        AND day >= $start AND day < $end AND result = 'refreshhit'
    GROUP BY ALL ORDER BY kind, refreshes DESC, video
"""


def days_in_log(warehouse: Warehouse, today: date) -> int:
    """Of the last days those that the CDN's log has."""
    [(days,)] = warehouse.query(_LOG_DAYS, {"start": today - timedelta(DAYS), "end": today})
    return days


def cached(warehouse: Warehouse, bucket: str, newest: date, today: date) -> Iterator[Cached]:
    """Of each kind and class in a bucket, what the last days' log says."""
    best = {kind: Decimal(f"{ratio:.10f}") for kind, ratio in warehouse.query(_BEST)}
    for kind, name, misses, refreshes, requests, size in warehouse.query(_MISSED, _at(bucket, newest, today)):
        if kind:
            yield Cached(kind, class_named(name), misses or 0, refreshes or 0, requests or 0, size or 0, best.get(kind))


def refreshed(warehouse: Warehouse, bucket: str, newest: date, today: date, kind: str) -> dict[str, int]:
    """How often the CDN asked in the last days whether objects of a kind are still so, by video, the most first."""
    rows = warehouse.query(_REFRESHED, _at(bucket, newest, today))
    return {video: count for of, video, count in rows if of == kind}


def _at(bucket: str, newest: date, today: date) -> dict[str, object]:
    return {"bucket": bucket, "day": newest, "start": today - timedelta(DAYS), "end": today}
