"""Coverage: of which time anything was measured, and whether all of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.costs.period import Period
from core.warehouse import Warehouse

_HOUR = timedelta(hours=1)
#: From this share of its days on, a period is measured as good as all of it.
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Days:
    """On how many days of a period something was measured."""

    measured: int
    of: int

    @property
    def nearly_all(self) -> bool:
        return self.measured >= _NEARLY_ALL * self.of


@dataclass(frozen=True)
class Coverage:
    """Of which time something is known."""

    request_days: frozenset[date]  #: of which the CDN's logs tell, UTC
    requests_until: datetime | None  #: end of the newest hour that they tell of
    session_days: frozenset[date]  #: on which a playback session began
    sessions_until: datetime | None  #: when the last one of which something is known began

    @property
    def until(self) -> datetime | None:
        """The end of all of it."""
        return max(filter(None, (self.requests_until, self.sessions_until)), default=None)

    @property
    def requests_from(self) -> date | None:
        """First day of the CDN's logs; None: there is none."""
        return min(self.request_days, default=None)

    @property
    def sessions_from(self) -> date | None:
        """First day of playback sessions."""
        return min(self.session_days, default=None)

    def requests_in(self, period: Period) -> Days:
        return _days(self.request_days, period)

    def sessions_in(self, period: Period) -> Days:
        return _days(self.session_days, period)

    def compares_requests(self, period: Period) -> bool:
        """Whether nearly all of a period, and of the one before, is known: a few days say nothing beside many."""
        return self.requests_in(period).nearly_all and self.requests_in(period.previous).nearly_all

    def compares_sessions(self, period: Period) -> bool:
        return self.sessions_in(period).nearly_all and self.sessions_in(period.previous).nearly_all


def _days(known: frozenset[date], period: Period) -> Days:
    return Days(sum(period.start <= day < period.end for day in known), period.days)


def last_day(until: datetime) -> date:
    """The day that something lies in which ends then; at midnight the one before."""
    return (until - timedelta(microseconds=1)).date()


def coverage(warehouse: Warehouse) -> Coverage:
    """Of which time requests and sessions are known."""
    requests = warehouse.standing("SELECT hour::DATE, max(hour) FROM place_hours GROUP BY 1")
    sessions = warehouse.standing("SELECT day, max(started) FROM sessions GROUP BY 1")
    last = max((hour for _, hour in requests), default=None)
    started = max((at for _, at in sessions), default=None)
    return Coverage(
        frozenset(day for day, _ in requests),
        last and last.replace(tzinfo=UTC) + _HOUR,
        frozenset(day for day, _ in sessions),
        started and started.replace(tzinfo=UTC),
    )


def sampled_share(warehouse: Warehouse, period: Period) -> float | None:
    """Which share of a period's requests lies in the logs, where those are a sample; None where all do."""
    ((lines, requests),) = warehouse.query(
        "SELECT coalesce(sum(lines), 0)::BIGINT, coalesce(sum(requests), 0)::BIGINT FROM place_days "
        "WHERE day >= $start AND day < $end",
        {"start": period.start, "end": period.end},
    )
    return lines / requests if 0 < lines < requests else None
