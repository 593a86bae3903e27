"""Schedule: which class each object lies in, from which day until when, and how it came there."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from core.recommendations.simulator.arrays import Bools, Ints, ints
from core.recommendations.simulator.catalogue import key_of


class Entry(IntEnum):
    """How an object came into a class."""

    HELD = 0  #: it was there before the window
    PUT = 1  #: written into it
    TRANSITION = 2  #: by a lifecycle rule: a fee, no retrieval
    COPY = 3  #: by CopyObject: a request, and retrieval from the class that it leaves


@dataclass(frozen=True)
class Schedule:
    """Stays of objects in classes, by object and then by day; each object's follow one another without a gap.

    A stay that ends before the window does, with no other after it, ends with the object's deletion.
    """

    object: Ints
    start: Ints  #: day, the first of the window for what was held before
    end: Ints  #: the day after the last
    storage_class: Ints  #: its number in WATERFALL
    entry: Ints  #: an Entry
    since: Ints  #: day on which the stay began, in or before the window

    def __len__(self) -> int:
        return len(self.object)

    @property
    def key(self) -> Ints:
        """Object and first day in one number."""
        return key_of(self.object, self.start)

    def where(self, mask: Bools | Ints) -> "Schedule":
        """Some of its stays."""
        return Schedule(
            self.object[mask], self.start[mask], self.end[mask],
            self.storage_class[mask], self.entry[mask], self.since[mask],
        )  # fmt: skip

    @property
    def goes_on(self) -> Bools:
        """Whether the same object has another stay after each."""
        return np.append(self.object[1:] == self.object[:-1], False)[: len(self)]


@dataclass(frozen=True)
class Changes:
    """Moves in any order: an object enters a class on a day. The first of each object says where it begins."""

    object: Ints
    day: Ints
    storage_class: Ints
    entry: Ints

    def schedule(self, ends: Ints) -> Schedule:
        """The stays between them; `ends` is the day after the last one of each object."""
        order = np.argsort(key_of(self.object, self.day), kind="stable")
        place, day = self.object[order], self.day[order]
        last = np.append(place[1:] != place[:-1], True)[: len(place)]
        end = np.where(last, ends[place], np.append(day[1:], 0)[: len(day)])
        return Schedule(place, day, ints(end), self.storage_class[order], self.entry[order], day)


def joined(parts: list[Changes]) -> Changes:
    """Several as one."""
    columns = (np.concatenate(each) for each in zip(*(map(ints, vars(part).values()) for part in parts), strict=True))
    return Changes(*columns)
