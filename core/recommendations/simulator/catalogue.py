"""Catalogue: objects and who read them when, as columns."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.recommendations.simulator.arrays import Bools, Floats, Ints
from core.recommendations.simulator.window import Window

#: Above any number of days: an object and a day make one sortable key.
DAY_BITS = 20


@dataclass(frozen=True)
class Reads:
    """One row for each object and day with reads, by object and then by day."""

    object: Ints  #: its place among the objects
    day: Ints
    gets: Floats
    bytes: Floats

    @cached_property
    def key(self) -> Ints:
        """Object and day in one number, in order."""
        return key_of(self.object, self.day)

    def where(self, mask: Bools | slice) -> "Reads":
        """Some of them."""
        return Reads(self.object[mask], self.day[mask], self.gets[mask], self.bytes[mask])


@dataclass(frozen=True)
class Catalogue:
    """Objects, one in each place of the columns, and their reads."""

    group: Ints  #: the video of each
    size: Ints  #: bytes
    created: Ints  #: day
    reads: Reads

    def __len__(self) -> int:
        return len(self.size)

    def during(self, window: Window) -> "Catalogue":
        """The same objects, with the reads of a window only."""
        inside = (self.reads.day >= window.first) & (self.reads.day < window.end)
        return Catalogue(self.group, self.size, self.created, self.reads.where(inside))

    def only(self, objects: Bools) -> "Catalogue":
        """Some of the objects, with their reads."""
        place = np.cumsum(objects) - 1
        reads = self.reads.where(objects[self.reads.object])
        moved = Reads(place[reads.object], reads.day, reads.gets, reads.bytes)
        return Catalogue(self.group[objects], self.size[objects], self.created[objects], moved)


def key_of(place: Ints, day: Ints) -> Ints:
    """Object and day in one sortable number."""
    return (place << DAY_BITS) + day


def added_up(place: Ints, day: Ints, gets: Floats, read_bytes: Floats) -> Reads:
    """Reads in any order, several of an object and day too, as one row for each."""
    key = key_of(place, day)
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    if not len(starts):
        return Reads(place, day, gets, read_bytes)
    rows = order[starts]
    return Reads(
        place[rows], day[rows], np.add.reduceat(gets[order], starts), np.add.reduceat(read_bytes[order], starts)
    )
