"""Original reads: how often originals of a bucket are read, by the CDN's log and by the bucket's own."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.recommendations.keep import Reads
from core.recommendations.recommendation import Confidence
from core.recommendations.unbroken_days import unbroken_days
from core.warehouse import Warehouse

#: With fewer days of logs nothing is said.
LEAST_DAYS = 28
_MONTH = 30
#: What the CDN did not have.
_MISSES = """
    SELECT video, day, sum(requests)::BIGINT, coalesce(sum(bytes), 0)::BIGINT FROM request_titles
    WHERE rung = 'original' AND result = 'miss' AND day >= $first GROUP BY ALL
"""
_ACCESS_DAYS = "SELECT count(DISTINCT hour::DATE), max(hour::DATE) FROM origin_requests WHERE bucket = $bucket"
#: What was read past the CDN.
_ACCESSES = """
    SELECT video, hour::DATE, sum(requests)::BIGINT, coalesce(sum(bytes), 0)::BIGINT FROM origin_requests
    WHERE bucket = $bucket AND rung = 'original' AND operation = 'REST.GET.OBJECT' AND NOT via_cdn GROUP BY ALL
"""


@dataclass(frozen=True)
class _Log:
    """Reads of each video on each day of a log, and how many days it has."""

    rows: dict[str, list[tuple[date, int, int]]]
    days: int
    last: date | None

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]], days: int, last: date | None) -> "_Log":
        found = defaultdict[str, list[tuple[date, int, int]]](list)
        for video, day, gets, size in rows:
            found[video].append((day, gets, size))
        return cls(dict(found), days, last)

    def all_of(self, video: str) -> Reads:
        rows = self.rows.get(video, [])
        return _summed(rows)

    def monthly(self, video: str) -> Reads:
        return self.all_of(video).times(Decimal(_MONTH) / self.days) if self.days else Reads()

    def month(self, video: str, number: int) -> Reads:
        """Of the 30 days that end so many times 30 days before the log does."""
        if self.last is None:
            return Reads()
        return _summed([row for row in self.rows.get(video, []) if (self.last - row[0]).days // _MONTH == number])

    def worst_month(self) -> int:
        """The number of the 30 days in which most bytes were read."""
        sizes = defaultdict[int, int](int)
        for rows in self.rows.values():
            for day, _, size in rows:
                sizes[(self.last - day).days // _MONTH if self.last else 0] += size
        return max(sizes, key=lambda number: sizes[number], default=0)


@dataclass(frozen=True)
class OriginalReads:
    """By the CDN, of which its log tells; and past it, of which the bucket's own log does."""

    cdn: _Log
    direct: _Log

    @property
    def days(self) -> int:
        """That the longer one of the logs has."""
        return max(self.cdn.days, self.direct.days)

    @property
    def confidence(self) -> Confidence:
        if not self.direct.days:
            return Confidence.LOW
        return Confidence.HIGH if min(self.cdn.days, self.direct.days) >= LEAST_DAYS else Confidence.MEDIUM

    @property
    def in_words(self) -> str:
        """Which logs there are."""
        past = f"S3's access logs {self.direct.days}" if self.direct.days else "S3's access logs none"
        blind = "" if self.direct.days else ", so reads past the CDN are not known"
        return f"The CDN's log has {self.cdn.days} days, {past}{blind}"

    def of(self, videos: Iterable[str]) -> Reads:
        """All that was read of them."""
        total = Reads()
        for video in videos:
            total += self.cdn.all_of(video) + self.direct.all_of(video)
        return total

    def monthly(self, video: str) -> Reads:
        """Each log scaled to 30 days."""
        return self.cdn.monthly(video) + self.direct.monthly(video)

    def is_watched(self, video: str) -> bool:
        """Whether viewers get the original itself: the CDN was asked for it."""
        return video in self.cdn.rows

    def worst(self, video: str) -> Reads:
        """In the 30 days in which most was read by way of the CDN, with what is read past it in a usual month."""
        return self.cdn.month(video, self.cdn.worst_month()) + self.direct.monthly(video)


def original_reads(warehouse: Warehouse, bucket: str) -> OriginalReads:
    """What was read of a bucket's originals; of the CDN's log, of any bucket's, as it does not tell the bucket."""
    cdn, at = unbroken_days(warehouse), {"bucket": bucket}
    [(days, last)] = warehouse.query(_ACCESS_DAYS, at)
    return OriginalReads(
        _Log.of(warehouse.query(_MISSES, {"first": cdn.first}), cdn.count, cdn.last),
        _Log.of(warehouse.query(_ACCESSES, at), days, last),
    )


def _summed(rows: list[tuple[date, int, int]]) -> Reads:
    return Reads(
        Decimal(sum(row[1] for row in rows)),
        Decimal(sum(row[2] for row in rows)),
        Decimal(len({row[0] for row in rows})),
    )
