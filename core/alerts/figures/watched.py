"""Watched: start-up and rebuffering, as viewers had them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.alerts import words
from core.alerts.figure import STALE, About, Handles, Reading, Scope, Unit, Worse, decimal
from core.alerts.figures import links
from core.costs.period import Period, midnight
from core.performance.coverage import coverage, last_day
from core.performance.experience import Experience, ExperienceBy, experience

STARTUP = About(
    "startup_p95", "Start-up time, p95", Unit.MS, Worse.HIGHER,
    "See in which country and on which device it is slow; then look at the time to first byte there.",
    filters=("video",), by=("country", "device", "rung", "video"),
)  # fmt: skip
REBUFFERING = About(
    "rebuffering", "Rebuffering ratio", Unit.SHARE, Worse.HIGHER,
    "See in which country and rung the picture stands still, and whether an edge is slow there.",
    filters=("video",), by=("country", "device", "rung", "video"),
)  # fmt: skip
#: A subject with fewer sessions says nothing.
FEWEST_SESSIONS = 20


@dataclass(frozen=True)
class Watched:
    """One figure of playback sessions, of the newest whole days that are known; a part of one counts as a day."""

    about: About
    value: Callable[[Experience], float | None]
    handles: Handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        warehouse = self.handles.warehouse
        until = coverage(warehouse).sessions_until
        if until is None or now - until > STALE + scope.window:
            told = f"The last known playback began on {words.day(until)}." if until else "No playback is known of."
            return [Reading(None, detail=told)]
        end = last_day(min(until, now)) + timedelta(1)
        period = Period(end - timedelta(max(-(-scope.window // timedelta(days=1)), 1)), end)
        video = next((each.value for each in scope.filters if each.dimension == "video"), None)
        answer = experience(warehouse, period, ExperienceBy(scope.by or ExperienceBy.COUNTRY), video)
        found = answer.lines if scope.by else [answer.total] if answer.total else []
        few = [self._reading(each, period, scope) for each in found if each.sessions >= FEWEST_SESSIONS]
        return few or [Reading(None, detail=f"There were fewer than {FEWEST_SESSIONS} playbacks.")]

    def _reading(self, each: Experience, period: Period, scope: Scope) -> Reading:
        last = period.end - timedelta(1)
        detail = f"Of {each.sessions:,.0f} playbacks from {words.day(period.start)} to {words.day(last)}."
        label = (each.label or "unknown") if scope.by else ""
        shown = {each.dimension: each.value or "unknown" for each in scope.filters}
        by = {"by": scope.by, scope.by: label} if scope.by else {}
        link = links.performance(period, "experience", {**shown, **by})
        return Reading(decimal(self.value(each)), label, detail, midnight(period.start), link=link)


def startup(handles: Handles) -> Watched:
    return Watched(STARTUP, lambda each: each.startup_p95_ms, handles)


def rebuffering(handles: Handles) -> Watched:
    return Watched(REBUFFERING, lambda each: each.rebuffering, handles)
