"""Optimum: the cheapest schedule of instant classes for each object, by somebody who knows every read to come.

No policy can cost less, as this may move any object on any day, by a lifecycle rule or by CopyObject, whichever is
cheaper. Objects are looked at in chunks, on the days on which a move can be of use to any of a chunk.
"""

from collections.abc import Iterator

import numpy as np

from core.recommendations.policies.costing import Costing
from core.recommendations.policies.deciding import cheapest
from core.recommendations.simulator.arrays import Bools, Ints, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import INFREQUENT, LEAST_DAYS, tiered
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.schedule import Changes, Schedule, joined
from core.recommendations.simulator.window import Window, day_of

_CHUNK = 2048


def optimum(catalogue: Catalogue, window: Window, prices: S3Prices, every_day: bool = False) -> Schedule:
    """The schedule. Before the window all objects lie in Standard; new ones are written into any class."""
    during = catalogue.during(window)
    parts = [
        cheapest(Costing(during, chunk, _days(during, chunk, window, every_day), prices, window))
        for chunk in _chunks(during, window)
    ]
    nothing = Changes(*[ints([])] * 4)
    return joined([nothing, *parts]).schedule(np.full(len(catalogue), window.end))


def _chunks(catalogue: Catalogue, window: Window) -> Iterator[Ints]:
    """Objects that are alike in when they are read, so that a chunk has few days."""
    reads = np.bincount(catalogue.reads.object, minlength=len(catalogue))
    order = np.lexsort((catalogue.created.clip(window.first), reads, tiered(catalogue.size)))
    there = order[catalogue.created[order] < window.end]
    for start in range(0, len(there), _CHUNK):
        yield np.sort(there[start : start + _CHUNK])


def _days(catalogue: Catalogue, chunk: Ints, window: Window, every_day: bool) -> Ints:
    """Days on which a move may be of use: beginnings, reads and what follows them, ends of an IA class's least days,
    and the ends of calendar months, as what is owed for leaving early is less in a longer month."""
    if every_day:
        return np.arange(window.first, window.end + 1)
    read = catalogue.reads.day[_of(catalogue, chunk)]
    begins = np.concatenate([[window.first], catalogue.created[chunk], read, read + 1])
    useful = np.concatenate([begins, begins + LEAST_DAYS[INFREQUENT], _month_ends(window), [window.end]])
    return np.unique(useful.clip(window.first, window.end))


def _of(catalogue: Catalogue, chunk: Ints) -> Bools:
    mine = np.zeros(len(catalogue), dtype=bool)
    mine[chunk] = True
    return mine[catalogue.reads.object]


def _month_ends(window: Window) -> Ints:
    firsts = [day for day in range(window.first, window.end) if day_of(day).day == 1]
    return ints([edge for day in firsts for edge in (day - 1, day)])
