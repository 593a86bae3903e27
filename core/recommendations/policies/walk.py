"""Walk: a schedule made week by week, by whoever decides with what was known when each week began."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.recommendations.policies.habits import Habits
from core.recommendations.policies.places import CLASS_OF, ENTERED, STAY, STAYED
from core.recommendations.simulator.arrays import Ints, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import MAY_FALL, STANDARD, tiered
from core.recommendations.simulator.schedule import Changes, Entry, Schedule, joined
from core.recommendations.simulator.window import Window
from core.storage.waterfall import WATERFALL

_FALLS = np.array([[(a, b) in MAY_FALL for b in range(len(WATERFALL))] for a in range(len(WATERFALL))])
_ENTERED = ints([ENTERED.get(number, ENTERED[STANDARD]) for number in range(len(WATERFALL))])


@dataclass(frozen=True)
class Week:
    """What may be known when a week begins, of the objects that are there."""

    number: int
    day: int
    objects: Ints
    places: Ints  #: where each lies, and for how long


class Decider(Protocol):
    """Decides with what was known before the week."""

    def targets(self, week: Week) -> Ints:
        """The class that each object moves to, or STAY."""
        ...

    def written(self, week: Week, objects: Ints) -> Ints:
        """The class that each new object is written into."""
        ...


def walk(catalogue: Catalogue, habits: Habits, window: Window, decider: Decider) -> Schedule:
    """The schedule. Before the window all objects lie in Standard; those under 128 KB are never moved."""
    return joined(list(_weeks(catalogue, habits, window, decider))).schedule(np.full(len(catalogue), window.end))


def _weeks(catalogue: Catalogue, habits: Habits, window: Window, decider: Decider) -> Iterator[Changes]:
    large, order = tiered(catalogue.size), np.argsort(catalogue.created, kind="stable")
    places = np.full(len(catalogue), ENTERED[STANDARD])
    born = catalogue.created[order]
    held = order[: np.searchsorted(born, window.first)]
    yield _begin(held, np.full(len(held), window.first), np.full(len(held), STANDARD), Entry.HELD)
    for number in range(habits.week_of(window.first), habits.week_of(window.end)):
        day, until = habits.day_of(number), min(habits.day_of(number + 1), window.end)
        there = np.sort(order[: np.searchsorted(born, day)])
        there = there[large[there]]
        week = Week(number, day, there, places[there])
        yield _moved(week, decider.targets(week), places)
        new = order[np.searchsorted(born, day) : np.searchsorted(born, until)]
        into = decider.written(week, new)
        places[new] = _ENTERED[into]
        yield _begin(new, catalogue.created[new], into, Entry.PUT)


def _begin(objects: Ints, day: Ints, into: Ints, entry: Entry) -> Changes:
    return Changes(objects, day, into, np.full(len(objects), entry))


def _moved(week: Week, targets: Ints, places: Ints) -> Changes:
    """The moves of a week; each object's place is that at the next week's beginning afterwards."""
    moves = (targets != STAY) & (targets != CLASS_OF[week.places])
    places[week.objects] = STAYED[np.where(moves, _ENTERED[targets], week.places)]
    objects, into, left = week.objects[moves], targets[moves], CLASS_OF[week.places[moves]]
    entry = np.where(_FALLS[left, into], Entry.TRANSITION, Entry.COPY)
    return Changes(objects, np.full(len(objects), week.day), into, ints(entry))
