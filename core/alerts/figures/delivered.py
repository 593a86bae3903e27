"""Delivered: hit ratio, time to first byte and errors of what the CDN delivers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.alerts import words
from core.alerts.figure import STALE, About, Handles, Reading, Scope, Unit, Worse, decimal
from core.alerts.figures import links
from core.performance.coverage import coverage
from core.performance.delivery import Line, Only, delivered_between

_FILTERS = ("edge", "country", "device", "video", "rung")

HIT_RATIO = About(
    "hit_ratio", "Cache hit ratio", Unit.SHARE, Worse.LOWER,
    "See which paths are missed, and whether a deployment changed their cache headers.", filters=_FILTERS,
)  # fmt: skip
FIRST_BYTE = About(
    "first_byte_p95", "Time to first byte, p95", Unit.MS, Worse.HIGHER,
    "See which edge is slow; where all are, look at the origin and at the hit ratio.", filters=_FILTERS,
)  # fmt: skip
ERRORS = About(
    "error_rate", "Server errors of the CDN", Unit.SHARE, Worse.HIGHER,
    "See which edge and which paths fail, and whether the origin answers.", filters=_FILTERS,
)  # fmt: skip
REFUSALS = About(
    "client_error_rate", "Requests refused or not found", Unit.SHARE, Worse.HIGHER,
    "See which paths are asked for in vain: a link that changed, or a signature that has expired.", filters=_FILTERS,
)  # fmt: skip


@dataclass(frozen=True)
class Delivered:
    """One figure of the CDN's logs, of the newest whole hours that they tell of."""

    about: About
    value: Callable[[Line], float | None]
    handles: Handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        warehouse = self.handles.warehouse
        until = coverage(warehouse).requests_until
        if until is None or now - until > STALE + scope.window:
            told = f"The CDN's logs end at {words.instant(until)}." if until else "There are no logs of the CDN."
            return [Reading(None, detail=told)]
        until = min(until, now)
        start = until - max(scope.window, timedelta(hours=1))
        only = {each.dimension: each.value or "" for each in scope.filters}
        edge, country, device, video, rung = map(only.get, _FILTERS)
        line = delivered_between(warehouse, start, until, Only(edge, country, device, video, rung))
        return [self._reading(line, start, until, only)]

    def _reading(self, line: Line, start: datetime, until: datetime, only: dict[str, str]) -> Reading:
        of = f"Of {line.requests:,} requests from {words.instant(start)} to {words.instant(until)}."
        link = links.performance(links.days_of(start, until), "delivery", only)
        value = self.value(line)
        if value is None:
            return Reading(None, detail=f"It is not kept for what is asked. {of}", link=link)
        return Reading(decimal(value), detail=of, since=start, link=link)


def hit_ratio(handles: Handles) -> Delivered:
    return Delivered(HIT_RATIO, lambda line: line.hit_ratio, handles)


def first_byte(handles: Handles) -> Delivered:
    return Delivered(FIRST_BYTE, lambda line: line.ttfb_ms.p95 if line.ttfb_ms else None, handles)


def errors(handles: Handles) -> Delivered:
    return Delivered(ERRORS, lambda line: line.rate_5xx, handles)


def refusals(handles: Handles) -> Delivered:
    return Delivered(REFUSALS, lambda line: line.rate_4xx, handles)
