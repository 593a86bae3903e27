"""Viewing: what is watched, how far, when and in which quality, and what nobody comes back to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

import numpy as np

from core.costs.period import Period
from core.performance.coverage import coverage
from core.performance.crowds import Crowd, Crowds
from core.performance.sessions import ask, columns
from core.warehouse import Warehouse

#: A night is an event where as many times more is watched than on the middle day of the period.
EVENT_FACTOR = 3.0


@dataclass(frozen=True)
class Audience:
    """How much was watched."""

    views: float  #: sessions in which the picture moved
    exact_views: float  #: of these, told by players; the others are estimated from logs
    unique_sessions: int  #: different names of players' sessions on each day; nobody is known by them
    watched_ms: float

    @property
    def mean_watched_ms(self) -> float | None:
        return self.watched_ms / self.views if self.views else None


@dataclass(frozen=True)
class Reached:
    """How many viewers were still there."""

    percent: int  #: of the video
    share: float  #: of the views


@dataclass(frozen=True)
class Quality:
    """What was watched of a rung."""

    rung: str  #: empty: unknown
    watched_ms: float
    share: float  #: of all that was watched
    exact_ms: float  #: of it, told by players


@dataclass(frozen=True)
class Hour:
    """What began in an hour."""

    at: datetime  #: UTC
    views: float
    watched_ms: float


@dataclass(frozen=True)
class Night:
    """A day on which far more was watched than usually."""

    day: date
    views: float
    times: float  #: as many as on the middle day of the period
    peak: Crowd | None  #: when most watched at once


def audience(warehouse: Warehouse, period: Period, video: str | None = None) -> Audience:
    """How much was watched in a period of UTC days, of one video where it is given."""
    return Audience(*ask(warehouse, "audience", period.start, period.end, video)[0])


def completion(warehouse: Warehouse, period: Period, video: str | None = None) -> tuple[Reached, ...]:
    """Which share of the views reached each twentieth of the video; nothing where no video's length is known."""
    rows = ask(warehouse, "completion", period.start, period.end, video)
    return tuple(Reached(percent, reached / views) for percent, views, reached in rows)


def qualities(warehouse: Warehouse, period: Period, video: str | None = None) -> tuple[Quality, ...]:
    """How long each rung was watched, the most watched first."""
    rows = ask(warehouse, "qualities", period.start, period.end, video)
    everything = sum(watched for _, watched, _ in rows)
    return tuple(Quality(rung, watched, watched / everything, exact) for rung, watched, exact in rows)


def crowds(warehouse: Warehouse, period: Period, video: str | None = None) -> Crowds:
    """Viewers at once in each five minutes in which their number changes, until it changes again; oldest first."""
    found = columns(warehouse, "concurrency", period.start, period.end, video)
    at_us, viewers = (np.from_dlpack(found[name].combine_chunks()) for name in ("at_us", "viewers"))
    return Crowds(at_us.view("datetime64[us]"), viewers.round(6).clip(0.0))


def hours(warehouse: Warehouse, period: Period, video: str | None = None) -> tuple[Hour, ...]:
    """What began in each hour in which anything did, for calendars and weeks; oldest first."""
    rows = ask(warehouse, "hours", period.start, period.end, video)
    return tuple(Hour(at.replace(tzinfo=UTC), views, watched) for at, views, watched in rows)


def week(found: tuple[Hour, ...]) -> dict[tuple[int, int], float]:
    """Views by weekday (Monday is 0) and hour, UTC."""
    sums: dict[tuple[int, int], float] = {}
    for each in found:
        at = (each.at.weekday(), each.at.hour)
        sums[at] = sums.get(at, 0.0) + each.views
    return sums


def nights(warehouse: Warehouse, period: Period, video: str | None = None) -> tuple[Night, ...]:
    """Days with at least EVENT_FACTOR times the views of the middle one of those on which anything was measured."""
    measured = coverage(warehouse).session_days
    return nights_among(period, hours(warehouse, period, video), crowds(warehouse, period, video), measured)


def nights_among(
    period: Period, started: tuple[Hour, ...], held: Crowds, measured: Collection[date] | None = None
) -> tuple[Night, ...]:
    """The same of what is known of a period already; the middle day is one of the measured, where those are given."""
    views: dict[date, float] = {}
    for each in started:
        views[each.at.date()] = views.get(each.at.date(), 0.0) + each.views
    days = [period.start + timedelta(n) for n in range(period.days)]
    counts = [views.get(day, 0.0) for day in days if measured is None or day in measured]
    usual = median(counts) if counts else 0.0
    big = [day for day, count in views.items() if usual and count >= EVENT_FACTOR * usual]
    return tuple(Night(day, views[day], views[day] / usual, held.peak(day)) for day in sorted(big))
