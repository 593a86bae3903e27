"""Delivery: how much was delivered, from where, how fast and how often in vain."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.costs.period import Period
from core.performance.bins import Percentiles, percentiles
from core.telemetry.agents import BOT
from core.warehouse import Warehouse

#: Of requests, by which the CDN keeps the origin out of viewers' way.
TARGET_HIT_RATIO = 0.95


class By(StrEnum):
    """What deliveries are told apart by."""

    EDGE = "edge"
    COUNTRY = "country"
    VIDEO = "video"
    HOUR = "hour"
    DAY = "day"  #: UTC
    DEVICE = "device"
    RUNG = "rung"
    RESULT = "result"


@dataclass(frozen=True)
class Only:
    """Which requests are asked for; None: whichever."""

    edge: str | None = None
    country: str | None = None
    device: str | None = None
    video: str | None = None
    rung: str | None = None
    bots: bool = False  #: those of crawlers, scripts and health checks too

    @property
    def values(self) -> dict[str, str]:
        """What is asked for, by the columns' names."""
        names = (each.name for each in fields(self) if each.name != "bots")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


@dataclass(frozen=True)
class Line:
    """Some requests."""

    label: str  #: empty: unknown, or all of them
    requests: int
    bytes: int  #: sent to viewers, headers included
    hit_ratio: float | None  #: of what could come from a cache, by requests; None where nothing could
    byte_hit_ratio: float | None  #: the same by bytes
    errors_4xx: int  #: requests
    errors_5xx: int
    ttfb_ms: Percentiles | None  #: time to first byte; None where it is not kept so
    throughput_mbps: Percentiles | None  #: Mbit/s, of answers of 64 KiB and more


@dataclass(frozen=True)
class Delivery:
    """What was delivered in a period."""

    period: Period
    by: By
    only: Only
    total: Line
    lines: tuple[Line, ...]  #: most requests first; hours and days in their order
    more: int  #: lines beside those
    bots: int  #: requests that are left out as they are no viewers'
    timed: bool  #: false: percentiles are not kept for what is asked

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of the period."""
        return not (self.total.requests or self.bots)


def delivery(warehouse: Warehouse, period: Period, by: By, only: Only | None = None, most: int = 100) -> Delivery:
    """Deliveries in a period of UTC days, split along one dimension.

    From the CDN's logs. Hit ratios as CloudWatch has them: hits in hits and misses, errors and redirects aside.
    Percentiles are kept by hour and place, and by day and video, not by both at once, nor by result.
    """
    asked = _Asked(warehouse, period, by, only or Only())
    sums = asked.totals()
    bots = 0 if asked.only.bots else sums.pop(True, _NONE)[0]
    everything = tuple(map(sum, zip(*sums.values(), _NONE, strict=True)))
    rows = asked.rows(most + 1 if by not in _TIMES else 10**6)
    shown = rows[:most] if by not in _TIMES else rows
    timings = asked.timings([row[0] for row in shown])
    lines = tuple(_line(_label(row[0]), row[1:], timings.get(row[0], {})) for row in shown)
    more = asked.labels() - len(shown) if len(rows) > len(shown) else 0
    total = _line("", everything, asked.all_timings())
    return Delivery(period, by, asked.only, total, lines, more, bots, asked.timed)


def delivered_lines(
    warehouse: Warehouse, period: Period, by: By, only: Only | None = None, most: int = 10_000
) -> tuple[Line, ...]:
    """Only the lines of that: most requests first; hours and days in their order, and all of them."""
    asked = _Asked(warehouse, period, by, only or Only())
    rows = asked.rows(most if by not in _TIMES else 10**6)
    timings = asked.timings([row[0] for row in rows])
    return tuple(_line(_label(row[0]), row[1:], timings.get(row[0], {})) for row in rows)


def delivered_total(warehouse: Warehouse, period: Period, only: Only | None = None) -> Line:
    """Only the sum of that."""
    asked = _Asked(warehouse, period, By.DAY, only or Only())
    sums = asked.totals()
    if not asked.only.bots:
        sums.pop(True, None)
    return _line("", tuple(map(sum, zip(*sums.values(), _NONE, strict=True))), asked.all_timings())


_TIMES = (By.HOUR, By.DAY)
_SUMS = """
    coalesce(sum(requests), 0)::BIGINT,
    coalesce(sum(bytes), 0)::BIGINT,
    coalesce(sum(requests) FILTER (result IN ('hit', 'refreshhit')), 0)::BIGINT,
    coalesce(sum(requests) FILTER (result IN ('hit', 'refreshhit', 'miss')), 0)::BIGINT,
    coalesce(sum(bytes) FILTER (result IN ('hit', 'refreshhit')), 0)::BIGINT,
    coalesce(sum(bytes) FILTER (result IN ('hit', 'refreshhit', 'miss')), 0)::BIGINT,
    coalesce(sum(requests) FILTER (status BETWEEN 400 AND 499), 0)::BIGINT,
    coalesce(sum(requests) FILTER (status BETWEEN 500 AND 599), 0)::BIGINT
"""
_NONE = (0,) * 8
#: Tables that tell days, and no hours, apart.
_DAILY = ("request_titles", "title_timings", "day_timings")
_Timings = Mapping[str, Mapping[int, int]]


class _Asked:
    """The questions that an answer is made of, each to the smallest table that can answer it."""

    def __init__(self, warehouse: Warehouse, period: Period, by: By, only: Only) -> None:
        self.warehouse, self.by, self.only = warehouse, by, only
        self.needed = {by.value, *only.values}
        self.values: dict[str, object] = {"start": period.start, "end": period.end, **only.values}

    @property
    def _titles(self) -> bool:
        return bool(self.needed & {"video", "rung"})

    @property
    def _of_titles(self) -> bool:
        """Whether only some videos or rungs are asked for."""
        return bool(self.only.values.keys() & {"video", "rung"})

    @property
    def _places(self) -> bool:
        return bool(self.needed & {"edge", "device", "hour"})

    @property
    def table(self) -> str:
        if not self._titles:
            return "request_places"
        return "requests" if self._places else "request_titles"

    @property
    def label(self) -> str:
        """What is told apart, as SQL; what is kept by day has no hours."""
        return self._label_in(self.table)

    def _label_in(self, table: str) -> str:
        return "hour::DATE" if self.by is By.DAY and table not in _DAILY else self.by.value

    @property
    def timed(self) -> bool:
        return self.by is not By.RESULT and not (self._titles and self._places)

    def _timings_table(self, labelled: bool) -> str:
        if self._titles if labelled else self._of_titles:
            return "title_timings"
        return "request_timings" if labelled and self.by is By.HOUR else "day_timings"

    def _where(self, table: str, bots: str) -> str:
        when = "day" if table in _DAILY else "hour"
        tests = [f"{when} >= $start AND {when} < $end", *(f"{name} = ${name}" for name in self.only.values)]
        return " AND ".join(tests if self.only.bots else [*tests, bots])

    def totals(self) -> dict[bool, tuple[Any, ...]]:
        """Of all requests, of viewers and of bots."""
        table = self.table if self._of_titles else "request_places"  # the smaller one says the same of all together
        where = self._where(table, "true")
        rows = self._ask(f"SELECT bot, {_SUMS} FROM {table} WHERE {where} GROUP BY bot")
        return {row[0]: row[1:] for row in rows}

    def rows(self, most: int) -> list[tuple[Any, ...]]:
        order = "1" if self.by in _TIMES else "2 DESC, 1"
        where = self._where(self.table, "NOT bot")
        return self._ask(
            f"SELECT {self.label}, {_SUMS} FROM {self.table} WHERE {where} GROUP BY 1 ORDER BY {order} LIMIT {most}"
        )

    def labels(self) -> int:
        where = self._where(self.table, "NOT bot")
        return self._ask(f"SELECT count(DISTINCT {self.label}) FROM {self.table} WHERE {where}")[0][0]

    def timings(self, labels: list[Any]) -> dict[Any, dict[str, dict[int, int]]]:
        """Of each label and measure, requests by bin."""
        if not self.timed or not labels:
            return {}
        found: dict[Any, dict[str, dict[int, int]]] = {}
        label = self._label_in(self._timings_table(labelled=True))
        rows = self._timings(f"{label}, ", f" AND {label} IN (SELECT unnest($labels))", {"labels": labels})
        for label, measure, at, requests in rows:
            found.setdefault(label, {}).setdefault(measure, {})[at] = requests
        return found

    def all_timings(self) -> dict[str, dict[int, int]]:
        found: dict[str, dict[int, int]] = {}
        for measure, at, requests in self._timings("", "", {}) if self.timed else ():
            found.setdefault(measure, {})[at] = requests
        return found

    def _timings(self, label: str, but: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        table = self._timings_table(bool(label))
        bots = "NOT bot" if table == "title_timings" else f"device <> '{BOT}'"
        where = f"{self._where(table, bots)} AND measure IN ('ttfb', 'throughput'){but}"
        return self._ask(
            f"SELECT {label}measure, bin, sum(requests)::BIGINT FROM {table} WHERE {where} GROUP BY ALL", values
        )

    def _ask(self, sql: str, more: dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        return self.warehouse.query(sql, self.values | (more or {}))


def _line(label: str, sums: Any, timings: _Timings) -> Line:
    requests, size, hits, cacheable, hit_bytes, cacheable_bytes, errors_4xx, errors_5xx = sums
    throughput = percentiles(timings.get("throughput", {}))
    return Line(
        label,
        requests,
        size,
        hits / cacheable if cacheable else None,
        hit_bytes / cacheable_bytes if cacheable_bytes else None,
        errors_4xx,
        errors_5xx,
        percentiles(timings.get("ttfb", {})),
        throughput and Percentiles(throughput.p50 / 1000, throughput.p95 / 1000, throughput.p99 / 1000),
    )


def _label(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value if isinstance(value, str) else value.isoformat()
