"""Placing: where the proposed policy would have each video's renditions by now, and what that would have saved.

The bill as it is keeps each object in the class that it lies in; tiers of Intelligent-Tiering are those that it has
come to by its age, so nothing is saved that it saves by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from core.recommendations.history import History
from core.recommendations.monthly import MONTH_DAYS, by_part, money, twice
from core.recommendations.policies.fits import Fits
from core.recommendations.policies.habits import habits_of
from core.recommendations.policies.learned import LEAST_HISTORY_DAYS
from core.recommendations.policies.portfolio import Portfolio
from core.recommendations.policies.tiered import intelligent_tiering
from core.recommendations.policies.walk import walk
from core.recommendations.simulator.arrays import Bools, Floats, Ints, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import NUMBER, WATERFALL, tiered
from core.recommendations.simulator.metering import meter
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.schedule import Entry, Schedule
from core.recommendations.simulator.window import Window, day_of, months_before, number_of
from core.storage.provider import StorageClass

_MONTHS = 12


@dataclass(frozen=True)
class Placed:
    """Videos whose renditions all would lie in one class now, and money of 30 days."""

    storage_class: StorageClass
    videos: tuple[str, ...]
    objects: int
    size_bytes: int
    gets: int  #: in the window
    now_usd: Mapping[str, Decimal]  #: by part
    then_usd: Mapping[str, Decimal]
    worst_month_usd: Decimal  #: saved in the month of the window in which least was
    if_doubled_usd: Decimal


@dataclass(frozen=True)
class Placing:
    """What is proposed for the renditions that lie in one class."""

    policy: str  #: portfolio or intelligent-tiering
    days: int  #: that were priced
    placed: tuple[Placed, ...]
    undecided: int  #: objects of videos whose renditions would not all lie in one class


def place(history: History, prices: S3Prices, now: StorageClass) -> Placing:
    """Where what lies in a class would lie instead.

    The portfolio is followed where there are days enough to learn from, and it costs less than Intelligent-Tiering.
    """
    asked = number_of(months_before(day_of(history.end), _MONTHS))
    window = Window(max(asked, history.first), history.end)
    catalogue = history.catalogue.during(window)
    tiers = intelligent_tiering(catalogue, window)
    policy, chosen = "intelligent-tiering", tiers
    if history.end - history.first >= LEAST_HISTORY_DAYS:
        learned = _portfolio(history, prices, window)
        if _usd(catalogue, learned, window, prices).sum() < _usd(catalogue, tiers, window, prices).sum():
            policy, chosen = "portfolio", learned
    run = _Run(history.videos, catalogue, window, prices, held(catalogue, window, now), chosen, NUMBER[now])
    return Placing(policy, window.days, tuple(run.placed()), run.undecided)


def held(catalogue: Catalogue, window: Window, storage_class: StorageClass) -> Schedule:
    """Each object in one class since its creation, until the window's end."""
    there = ints(np.flatnonzero(catalogue.created < window.end))
    created = catalogue.created[there]
    entry = ints(np.where(created < window.first, Entry.HELD, Entry.PUT))
    number = np.full(len(there), NUMBER[storage_class])
    return Schedule(there, created.clip(window.first), np.full(len(there), window.end), number, entry, created)


def _portfolio(history: History, prices: S3Prices, window: Window) -> Schedule:
    whole = history.catalogue
    habits = habits_of(whole, history.first, window.first, window.end)
    fits = Fits(whole, habits, prices)
    return walk(whole, habits, window, Portfolio(whole, habits, fits, history.first), prices)


def _usd(catalogue: Catalogue, schedule: Schedule, window: Window, prices: S3Prices) -> Floats:
    return prices.monthly_usd(meter(catalogue, schedule, window).meters)


@dataclass(frozen=True)
class _Run:
    """Two schedules of the same objects."""

    videos: tuple[str, ...]
    catalogue: Catalogue
    window: Window
    prices: S3Prices
    now: Schedule
    then: Schedule
    number: int  #: of the class that they lie in

    @property
    def _ends(self) -> Ints:
        """The class that each video's renditions of 128 KB and more end in; below 0: in none, or not in one."""
        last = self.then.end == self.window.end
        ends = np.full(len(self.catalogue), -1)
        ends[self.then.object[last]] = self.then.storage_class[last]
        counted = tiered(self.catalogue.size) & (ends >= 0)
        lowest, highest = np.full(len(self.videos), len(WATERFALL)), np.full(len(self.videos), -1)
        np.minimum.at(lowest, self.catalogue.group[counted], ends[counted])
        np.maximum.at(highest, self.catalogue.group[counted], ends[counted])
        return ints(np.where(lowest == highest, highest, -1))

    @property
    def undecided(self) -> int:
        return int((self._ends[self.catalogue.group] < 0).sum())

    def placed(self) -> Iterator[Placed]:
        ends = self._ends
        for number in np.unique(ends[(ends >= 0) & (ends != self.number)]):
            chosen = (ends[self.catalogue.group] == number) & tiered(self.catalogue.size)
            yield self._placed(WATERFALL[number], ends == number, chosen)

    def _placed(self, storage_class: StorageClass, videos: Bools, objects: Bools) -> Placed:
        part = self.catalogue.only(objects)
        now, then = _only(self.now, objects), _only(self.then, objects)
        saved = _usd(part, now, self.window, self.prices) - _usd(part, then, self.window, self.prices)
        doubled = replace(part, reads=twice(part.reads))
        more = _usd(doubled, now, self.window, self.prices) - _usd(doubled, then, self.window, self.prices)
        return Placed(
            storage_class,
            tuple(name for name, is_in in zip(self.videos, videos, strict=True) if is_in),
            len(part),
            int(part.size.sum()),
            round(float(part.reads.gets.sum())),
            by_part(meter(part, now, self.window).meters, self.prices),
            by_part(meter(part, then, self.window).meters, self.prices),
            money(float(saved.min())),
            money(float(more.sum()) * MONTH_DAYS / self.window.days),
        )


def _only(schedule: Schedule, objects: Bools) -> Schedule:
    place = np.cumsum(objects) - 1
    some = schedule.where(objects[schedule.object])
    return replace(some, object=ints(place[some.object]))
