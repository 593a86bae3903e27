"""Walk: a schedule made week by week, by whoever decides with what was known when each week began."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.recommendations.policies.guard import Guard, Outlook
from core.recommendations.policies.habits import Habits
from core.recommendations.policies.places import CLASS_OF, ENTERED, STAY, STAYED
from core.recommendations.simulator.arrays import Bools, Ints, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import MAY_FALL, STANDARD, TIERING, tiered
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.schedule import Changes, Entry, Schedule, joined
from core.recommendations.simulator.window import Window
from core.storage.waterfall import WATERFALL

_FALLS = np.array([[(a, b) in MAY_FALL for b in range(len(WATERFALL))] for a in range(len(WATERFALL))])
_NONE = Changes(*[ints([])] * 4)
_ENTERED = ints([ENTERED.get(number, ENTERED[STANDARD]) for number in range(len(WATERFALL))])


@dataclass(frozen=True)
class Week:
    """What may be known when a week begins, of the objects that are there."""

    number: int
    day: int
    objects: Ints
    places: Ints  #: where each lies, and for how long
    back: Bools  #: whether it was brought back from where reads cost extra


class Decider(Protocol):
    """Decides with what was known before the week."""

    def targets(self, week: Week) -> Ints:
        """The class that each object moves to, or STAY."""
        ...

    def written(self, week: Week, objects: Ints) -> Ints:
        """The class that each new object is written into."""
        ...

    def outlook(self, week: Week) -> Outlook:
        """What is expected of the week, once its targets were asked for."""
        ...


def walk(catalogue: Catalogue, habits: Habits, window: Window, decider: Decider, prices: S3Prices) -> Schedule:
    """The schedule. Before the window all objects lie in Standard; those under 128 KB are never moved.

    Weeks are decided on by the decider; what its reads have made dear meanwhile is brought back any day by the guard.
    """
    taken = _Walk(catalogue, habits, window, decider, prices)
    return joined(list(taken.changes())).schedule(np.full(len(catalogue), window.end))


class _Walk:
    """Where everything lies, while weeks go by."""

    def __init__(
        self, catalogue: Catalogue, habits: Habits, window: Window, decider: Decider, prices: S3Prices
    ) -> None:
        self._created, self._large = catalogue.created, tiered(catalogue.size)
        self._habits, self._window, self._decider = habits, window, decider
        self._guard = Guard(catalogue, prices)
        self._order = np.argsort(catalogue.created, kind="stable")
        self._born = catalogue.created[self._order]
        self._places = np.full(len(catalogue), ENTERED[STANDARD])

    def changes(self) -> Iterator[Changes]:
        first, end = self._window.first, self._window.end
        held = self._order[: np.searchsorted(self._born, first)]
        yield _into(held, np.full(len(held), first), STANDARD, Entry.HELD)
        for number in range(self._habits.week_of(first), self._habits.week_of(end)):
            day, until = self._habits.day_of(number), min(self._habits.day_of(number + 1), end)
            yield self._back(day)
            week = self._week(number, day)
            yield self._moved(week, self._decider.targets(week))
            yield self._written(week, until)
            self._guard.begin(week.objects, self._decider.outlook(week))
            yield from (self._back(each) for each in range(day + 1, until))

    def _week(self, number: int, day: int) -> Week:
        there = np.sort(self._order[: np.searchsorted(self._born, day)])
        there = there[self._large[there]]
        return Week(number, day, there, self._places[there], self._guard.back[there])

    def _back(self, day: int) -> Changes:
        due = self._guard.due(day)
        if not len(due):
            return _NONE
        left, into = CLASS_OF[self._places[due]], np.full(len(due), TIERING)
        self._places[due] = ENTERED[TIERING]
        self._guard.moved(due, into, day)
        return Changes(due, np.full(len(due), day), into, _entry(left, into))

    def _moved(self, week: Week, targets: Ints) -> Changes:
        """The moves of a week; each object's place is that at the next week's beginning afterwards."""
        came_today = self._guard.since[week.objects] == week.day
        moves = (targets != STAY) & (targets != CLASS_OF[week.places]) & ~came_today
        self._places[week.objects] = STAYED[np.where(moves, _ENTERED[targets], week.places)]
        objects, into, left = week.objects[moves], targets[moves], CLASS_OF[week.places[moves]]
        self._guard.moved(objects, into, week.day)
        return Changes(objects, np.full(len(objects), week.day), into, _entry(left, into))

    def _written(self, week: Week, until: int) -> Changes:
        new = self._order[np.searchsorted(self._born, week.day) : np.searchsorted(self._born, until)]
        into, day = self._decider.written(week, new), self._created[new]
        self._places[new] = _ENTERED[into]
        self._guard.moved(new, into, day)
        return Changes(new, day, into, np.full(len(new), Entry.PUT))


def _into(objects: Ints, day: Ints, number: int, entry: Entry) -> Changes:
    return Changes(objects, day, np.full(len(objects), number), np.full(len(objects), entry))


def _entry(left: Ints, into: Ints) -> Ints:
    """By a lifecycle rule where one may, as that reads nothing."""
    return ints(np.where(_FALLS[left, into], Entry.TRANSITION, Entry.COPY))
