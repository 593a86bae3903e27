"""Interest: which videos go cold, how fast, and which come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from core.performance.sessions import ask
from core.warehouse import Warehouse

#: A video comes back that is watched again within a week, after a month without a view.
_LATELY, _AWAY = timedelta(days=7), timedelta(days=30)
_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Interest:
    """How a video is watched over time, as far back as anything was measured."""

    video: str
    views: float
    first: date  #: day of the first view that is known
    last: date
    views_a_month: float  #: in the last 30 days
    half_life_days: int  #: days after the first view until half of all views were had; 0: on the first day
    away_days: int  #: longest time without a view before the last seven days; 0 where there was none lately

    def cold_days(self, today: date) -> int:
        """Days since the last view."""
        return (today - self.last).days

    @property
    def is_back(self) -> bool:
        """Whether it is watched again after a month without a view."""
        return self.away_days >= _AWAY.days


def interest(warehouse: Warehouse, today: date, video: str | None = None) -> tuple[Interest, ...]:
    """Every video that was ever watched, the longest without a view first; what was never watched is not among them."""
    rows = ask(warehouse, "views_by_day", date(2000, 1, 1), today + timedelta(1), video)
    found = [
        _interest(name, {day: views for _, day, views in days}, today)
        for name, days in groupby(rows, key=lambda row: row[0])
    ]
    return tuple(sorted(found, key=lambda each: (each.last, each.video)))


def _interest(video: str, views: Mapping[date, float], today: date) -> Interest:
    days = sorted(views)
    lately = sum(count for day, count in views.items() if day > today - _MONTH)
    everything = sum(views.values())
    return Interest(video, everything, days[0], days[-1], lately, _half_life(days, views), _away(days, today))


def _half_life(days: list[date], views: Mapping[date, float]) -> int:
    half, had = sum(views.values()) / 2, 0.0
    for day in days:
        had += views[day]
        if had >= half:
            return (day - days[0]).days
    return 0


def _away(days: list[date], today: date) -> int:
    """Days between the first view of the last week and the one before it."""
    since = [day for day in days if day > today - _LATELY]
    before = [day for day in days if day <= today - _LATELY]
    return (since[0] - before[-1]).days if since and before else 0
