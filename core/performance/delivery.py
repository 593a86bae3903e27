"""Delivery: how much was delivered, from where, how fast and how often in vain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from core.costs.period import Period
from core.performance.asked import Asked, By, Only, Sums, sum_up
from core.performance.bins import Percentiles
from core.performance.timings import TOGETHER, Timings
from core.warehouse import Warehouse

__all__ = ["By", "Delivery", "Line", "Only", "delivered_between", "delivered_total", "deliveries", "delivery"]

#: Of requests, by which the CDN keeps the origin out of viewers' way.
TARGET_HIT_RATIO = 0.95


@dataclass(frozen=True)
class Line:
    """Some requests."""

    label: str  #: empty: unknown, or all of them
    requests: int
    bytes: int | None  #: sent to viewers, headers included; None: unknown
    hit_ratio: float | None  #: of what could come from a cache, by requests; None where nothing could
    byte_hit_ratio: float | None  #: the same by bytes
    errors_4xx: int | None  #: requests; None: unknown
    errors_5xx: int | None
    answers: int  #: requests whose status is known
    ttfb_ms: Percentiles | None  #: time to first byte; None where it is not kept so
    throughput_mbps: Percentiles | None  #: Mbit/s, of answers of 64 KiB and more
    slow: float | None = None  #: of its requests, those that waited longer for the first byte than 95 in 100 of all

    @property
    def rate_4xx(self) -> float | None:
        """Their share of requests whose status is known, 0 to 1; None where none is."""
        return _rate(self.errors_4xx, self.answers)

    @property
    def rate_5xx(self) -> float | None:
        return _rate(self.errors_5xx, self.answers)

    @property
    def failed(self) -> float | None:
        """Both together."""
        return _rate((self.errors_4xx or 0) + (self.errors_5xx or 0), self.answers)


def _rate(errors: int | None, answers: int) -> float | None:
    return (errors or 0) / answers if answers else None


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

    def first(self, most: int) -> "Delivery":
        """The same with fewer lines; hours and days are all told."""
        lines = self.lines if self.by in _TIMES else self.lines[:most]
        return replace(self, lines=lines, more=self.more + len(self.lines) - len(lines))

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of the period."""
        return not (self.total.requests or self.bots)


def delivery(
    warehouse: Warehouse, period: Period, by: By, only: Only | None = None, most: int | None = 100
) -> Delivery:
    """Deliveries in a period of UTC days, split along one dimension; all lines where `most` is None.

    From the CDN's logs. Hit ratios as CloudWatch has them: hits in hits and misses, errors and redirects aside.
    Percentiles are kept by hour and place, and by day and video, not by both at once, nor by result.
    """
    return deliveries(warehouse, period, (by,), only, most)[by]


def deliveries(
    warehouse: Warehouse, period: Period, bys: Sequence[By], only: Only | None = None, most: int | None = None
) -> dict[By, Delivery]:
    """The same along each of several dimensions, at the cost of less than that."""
    asked = Asked(warehouse, period, only or Only())
    sums, bots = asked.sums(bys)
    return {by: _split(asked, period, by, sums[by], bots, most) for by in bys}


def _split(asked: Asked, period: Period, by: By, sums: Mapping[Any, Sums], bots: int, most: int | None) -> Delivery:
    labels = sorted(sums, key=partial(_order, by, sums))
    shown = labels if by in _TIMES else labels[:most]
    more = len(labels) - len(shown)
    timings = asked.timings(by, shown if more else None)  # only what is shown is looked up
    whole = asked.all_timings() if more and asked.timed(by) else timings.together()
    total = _line("", sum_up(sums.values()), whole)
    lines = _lines(shown, sums, timings, total)
    return Delivery(period, by, asked.only, total, lines, more, bots, asked.timed(by))


def _order(by: By, sums: Mapping[Any, Sums], label: Any) -> tuple[int, Any]:
    return (0 if by in _TIMES else -sums[label][0], label)


def delivered_total(warehouse: Warehouse, period: Period, only: Only | None = None) -> Line:
    """Only the sum of that."""
    asked = Asked(warehouse, period, only or Only())
    return _line("", asked.total(), asked.all_timings())


def delivered_between(warehouse: Warehouse, start: datetime, end: datetime, only: Only | None = None) -> Line:
    """The same of the whole hours from one instant until another, UTC; times only where they are kept by the hour."""
    asked = Asked(warehouse, Period(start.date(), end.date() + timedelta(1)), only or Only())
    sums, timings = asked.sums((By.HOUR,))[0][By.HOUR], asked.timings(By.HOUR)
    first, last = (each.astimezone(UTC).replace(tzinfo=None) for each in (start, end))
    inside = {hour for hour in sums if first <= hour and hour + timedelta(hours=1) <= last}
    return _line("", sum_up(sums[hour] for hour in inside), timings.together(inside))


_TIMES = (By.HOUR, By.DAY)


def _lines(labels: Sequence[Any], sums: Mapping[Any, Sums], timings: Timings, among: Line) -> tuple[Line, ...]:
    slow = timings.slower(among.ttfb_ms.p95) if among.ttfb_ms else {}
    lines = (_line(_label(label), sums[label], timings, label) for label in labels)
    return tuple(replace(line, slow=slow.get(label)) for line, label in zip(lines, labels, strict=True))


def _line(name: str, sums: Sums, timings: Timings, label: Any = TOGETHER) -> Line:
    requests, size, hits, cacheable, hit_bytes, cacheable_bytes, errors_4xx, errors_5xx, answers, sized = sums
    throughput = timings.of("throughput", label)
    return Line(
        name,
        requests,
        size if sized or not requests else None,
        hits / cacheable if cacheable else None,
        hit_bytes / cacheable_bytes if cacheable_bytes else None,
        errors_4xx if answers or not requests else None,
        errors_5xx if answers or not requests else None,
        answers,
        timings.of("ttfb", label),
        throughput and Percentiles(throughput.p50 / 1000, throughput.p95 / 1000, throughput.p99 / 1000),
    )


def _label(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value if isinstance(value, str) else value.isoformat()
