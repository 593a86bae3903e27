"""Injected events: odd days that are known, since they were put there, and how many of them were found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np

from core.forecasting.level import WEEK
from core.forecasting.odd_days import LEAST_DAYS
from core.forecasting.series import Series

DAYS = 300  #: of a series that events are put into
#: The first one, how far they are apart in the middle, by how much that differs, and the days behind the last one.
_FIRST, _EVERY, _GIVE, _LAST = 70, 15, 5, 10
_KNOWN = 0.9  #: of the days


class Kind(StrEnum):
    """What happens."""

    SPIKE = "spike"
    BURST = "burst"
    SHIFT = "shift"


@dataclass(frozen=True)
class Event:
    """What was put into a series."""

    kind: Kind
    at: int  #: the place of its first day
    size: float  #: what the days of it are multiplied by

    @property
    def days(self) -> range:
        """Where it may be found: a shift lasts, but is news for three days."""
        return range(self.at, self.at + (1 if self.kind is Kind.SPIKE else 3))

    @property
    def changed(self) -> slice:
        """What is multiplied."""
        return slice(self.at, None if self.kind is Kind.SHIFT else self.days.stop)


@dataclass(frozen=True)
class Eventful:
    """A series with events in it."""

    series: Series
    events: tuple[Event, ...]
    news: tuple[range, ...]  #: days on which something else happened, that may be told or not

    def near(self, place: int) -> bool:
        """Whether a day belongs to an event or to news, or to the week in which it has to settle what is usual."""
        days = [event.days for event in self.events] + list(self.news)
        return any(each.start <= place < each.stop + WEEK for each in days)


def inject(series: Series, seed: int, news: tuple[range, ...] = ()) -> Eventful:
    """Two events a month: seven in ten make days 1.5 to 3 times as large, the others 0.2 to 0.5 times; shifts go up
    and down in turn.
    """
    dice = np.random.default_rng(seed)
    places = np.arange(_FIRST, len(series.values) - _LAST - _GIVE, _EVERY)
    places = places + dice.integers(0, _GIVE, len(places))
    values, events, high = series.values.copy(), list[Event](), False
    for at in places.tolist():
        kind = list(Kind)[dice.integers(len(Kind))]
        up = not high if kind is Kind.SHIFT else dice.random() < 0.7
        high = up if kind is Kind.SHIFT else high
        events.append(Event(kind, at, float(dice.uniform(1.5, 3) if up else dice.uniform(0.2, 0.5))))
        values[events[-1].changed] *= events[-1].size
    return Eventful(Series(f"{series.unique_id}, {seed}", series.first, values), tuple(events), news)


def stretches(series: Iterable[Series], most: int) -> list[Series]:
    """Up to so many stretches of each series that lie evenly in it and of which nearly all days are known."""
    found = list[Series]()
    for each in series:
        spare = len(each.values) - DAYS
        starts = range(spare, -1, -max(DAYS, spare // most)) if spare >= 0 else ()
        cut = [Series(each.unique_id, each.first + timedelta(at), each.values[at : at + DAYS]) for at in starts]
        found += [part for part in cut if np.mean(~np.isnan(part.values)) >= _KNOWN][:most]
    return found


@dataclass(frozen=True)
class Found:
    """How many events were found, and how often something else was."""

    events: int
    hits: int
    false_alarms: int  #: runs of days that are no event's, nor of the week after one
    series_months: float  #: of the other days

    @property
    def f1(self) -> float:
        """The harmonic mean of the share of alarms that are events and of events that were told."""
        return 2 * self.hits / (self.hits + self.false_alarms + self.events) if self.events else np.nan

    @property
    def false_a_month(self) -> float:
        """False alarms a series-month."""
        return self.false_alarms / self.series_months


def count(eventful: Sequence[Eventful], told: dict[str, list[int]]) -> Found:
    """Compare with the places that were told of each series; an event counts when one of its days was."""
    hits = alarms = 0
    for each in eventful:
        places = told.get(each.series.unique_id, [])
        hits += sum(any(place in event.days for place in places) for event in each.events)
        wrong = np.array([place for place in places if not each.near(place)])
        alarms += int(np.sum(np.diff(wrong, prepend=-9) > 1))
    judged = sum(not each.near(place) for each in eventful for place in range(LEAST_DAYS, len(each.series.values)))
    return Found(sum(len(each.events) for each in eventful), hits, alarms, judged / 30)
