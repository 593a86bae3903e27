"""Coverage: of which time anything was measured, and whether all of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.costs.period import Period
from core.warehouse import Warehouse

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Coverage:
    """Of which time something is known."""

    requests_from: date | None  #: first day of the CDN's logs, UTC; None: there is none
    requests_until: datetime | None  #: end of the newest hour that they tell of
    sessions_from: date | None  #: first day of playback sessions
    sessions_until: datetime | None  #: when the last one of which something is known began

    @property
    def until(self) -> datetime | None:
        """The end of all of it."""
        return max(filter(None, (self.requests_until, self.sessions_until)), default=None)


def last_day(until: datetime) -> date:
    """The day that something lies in which ends then; at midnight the one before."""
    return (until - timedelta(microseconds=1)).date()


def coverage(warehouse: Warehouse) -> Coverage:
    """Of which time requests and sessions are known."""
    ((first, last),) = warehouse.standing("SELECT min(hour), max(hour) FROM request_places")
    ((first_day, started),) = warehouse.standing("SELECT min(day), max(started) FROM sessions")
    return Coverage(
        first and first.date(),
        last and last.replace(tzinfo=UTC) + _HOUR,
        first_day,
        started and started.replace(tzinfo=UTC),
    )


def sampled_share(warehouse: Warehouse, period: Period) -> float | None:
    """Which share of a period's requests lies in the logs, where those are a sample; None where all do."""
    ((lines, requests),) = warehouse.query(
        "SELECT coalesce(sum(lines), 0)::BIGINT, coalesce(sum(requests), 0)::BIGINT FROM request_places "
        "WHERE hour >= $start AND hour < $end",
        {"start": period.start, "end": period.end},
    )
    return lines / requests if 0 < lines < requests else None
