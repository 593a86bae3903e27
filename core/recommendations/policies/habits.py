"""Habits: in which state each object is at the beginning of each week, and how states are read and follow each other.

A state is how long nobody has read the object, on how many days it was read in the 13 weeks before, and its age: all
of it known when the week begins. Objects that are written in a week are in a state of their own until the next one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.recommendations.simulator.arrays import Floats, Ints, floats, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import tiered

WEEK = 7
#: Least weeks without a read, least days with reads in 13 weeks, least weeks of age, of each step.
IDLE, RECENT, AGE = ints([0, 1, 2, 3, 5, 9, 13, 26, 52]), ints([0, 1, 2, 4, 9, 21]), ints([0, 5, 13, 52])
SHAPE = (len(IDLE), len(RECENT), len(AGE))
#: The state of an object in the week in which it is written; and what stands for one that is not there yet.
NEW, ABSENT = len(IDLE) * len(RECENT) * len(AGE), 255
STATES = NEW + 1
_REMEMBERED = 13
_States = NDArray[np.uint8]


@dataclass(frozen=True)
class Habits:
    """States by week and object; what was read and what followed by week and state, of objects of 128 KB and more."""

    origin: int  #: day on which week 0 begins
    states: _States  #: (weeks, objects)
    objects: Floats  #: (weeks, states): how many were in it
    bytes: Floats  #: and their bytes
    gets: Floats
    read_bytes: Floats
    read: Floats  #: objects that were read at all
    followed: Floats  #: (weeks, states, states)

    def week_of(self, day: int) -> int:
        """The week that begins on a day, or the next one."""
        return -((self.origin - day) // WEEK)

    def day_of(self, week: int) -> int:
        """The day on which a week begins."""
        return self.origin + WEEK * week


def habits_of(catalogue: Catalogue, first: int, aligned: int, end: int) -> Habits:
    """From the week of the first read until the end; weeks are such that one begins on the day `aligned`."""
    origin = aligned - WEEK * max(0, -((first - aligned) // WEEK))
    weeks = -((origin - end) // WEEK)
    counts = _read_days(catalogue, origin, weeks)
    states = _states(catalogue, counts, origin)
    objects, kept, gets, read_bytes, read = _sums(catalogue, states, origin)
    return Habits(origin, states, objects, kept, gets, read_bytes, read, _followed(catalogue, states))


def _read_days(catalogue: Catalogue, origin: int, weeks: int) -> _States:
    """Days with reads, by week and object."""
    reads, counts = catalogue.reads, np.zeros((weeks, len(catalogue)), np.uint8)
    week = (reads.day - origin) // WEEK
    inside = (week >= 0) & (week < weeks)
    np.add.at(counts, (week[inside], reads.object[inside]), 1)
    return counts


def _states(catalogue: Catalogue, counts: _States, origin: int) -> _States:
    n, found = len(catalogue), np.empty_like(counts)
    idle, recent = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for week in range(len(counts)):
        day = origin + WEEK * week
        age, there, coming = (day - catalogue.created) // WEEK, catalogue.created < day, catalogue.created >= day + WEEK
        if week:
            recent += counts[week - 1]
            idle = np.where((counts[week - 1] > 0) | ~there, 0, idle + 1)
        if week > _REMEMBERED:
            recent -= counts[week - 1 - _REMEMBERED]
        found[week] = np.where(there, state_of(idle, recent, age.clip(0)), np.where(coming, ABSENT, NEW))
    return found


def state_of(idle: Ints, recent: Ints, age: Ints) -> Ints:
    """The state's number."""
    steps = (np.searchsorted(each, value, "right") - 1 for each, value in ((IDLE, idle), (RECENT, recent), (AGE, age)))
    return ints(np.ravel_multi_index(tuple(steps), SHAPE))


def _sums(catalogue: Catalogue, states: _States, origin: int) -> tuple[Floats, ...]:
    weeks, large, size = len(states), tiered(catalogue.size), floats(catalogue.size)
    objects = np.array([np.bincount(row[large], minlength=256) for row in states])[:, :STATES]
    kept = np.array([np.bincount(row[large], size[large], 256) for row in states])[:, :STATES]
    reads = catalogue.reads
    week = (reads.day - origin) // WEEK
    inside = (week >= 0) & (week < weeks) & large[reads.object]
    reader, week = reads.object[inside], week[inside]
    cell = week * 256 + states[week, reader]
    first = np.append(True, (reader[1:] != reader[:-1]) | (week[1:] != week[:-1]))[: len(week)]
    weights = (reads.gets[inside], reads.bytes[inside], floats(first))
    read = [np.bincount(cell, each, weeks * 256).reshape(-1, 256)[:, :STATES] for each in weights]
    return tuple(map(floats, (objects, kept, *read)))


def _followed(catalogue: Catalogue, states: _States) -> Floats:
    large = tiered(catalogue.size)
    found = np.zeros((len(states), STATES, STATES), np.float64)
    for week, (now, then) in enumerate(zip(states[:, large], states[1:, large], strict=False)):
        there = now != ABSENT
        pair = now[there].astype(np.int64) * STATES + then[there]
        found[week] = np.bincount(pair, minlength=STATES**2).reshape(STATES, STATES)
    return found
