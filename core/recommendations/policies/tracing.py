"""Tracing: the cheapest schedule of each object, from its end back to its beginning."""

import numpy as np
from numpy.typing import NDArray

from core.recommendations.policies.costing import Costing
from core.recommendations.simulator.arrays import Bools, Ints, ints
from core.recommendations.simulator.classes import WATERFALL
from core.recommendations.simulator.schedule import Changes, Entry

#: Numbers of steps; a window has no more than so many days.
Steps = NDArray[np.int16]


class Trace:
    """Where an object would best have come from, by step and class that it may have come to."""

    def __init__(self, costing: Costing) -> None:
        self._costing = costing
        shape = (len(costing.days), len(WATERFALL), len(costing.place))
        self._from, self._at = np.full(shape, -1, np.int8), np.zeros(shape, np.int16)

    def note(self, step: int, number: int, source: Ints, began: Steps) -> None:
        """Who comes to a class at a step comes from a class (below 0: from none), where its stay began at a step."""
        self._from[step, number], self._at[step, number] = source, began

    def changes(self, number: Ints, began: Ints) -> Changes:
        """By the class that each object ends in, and the step at which it came there."""
        rows, place = np.arange(len(number)), self._costing.place
        found: list[tuple[Ints, ...]] = []
        while len(rows):
            source = self._from[began, number, rows].astype(np.int64)
            found.append((place[rows], self._costing.days[began], number, self._entry(rows, source, number, began)))
            earlier = self._at[began, number, rows].astype(np.int64)
            goes_on = source >= 0
            rows, number, began = rows[goes_on], source[goes_on], earlier[goes_on]
        return Changes(*(ints(np.concatenate(each)) for each in zip(*reversed(found), strict=True)))

    def _entry(self, rows: Ints, source: Ints, number: Ints, began: Ints) -> Ints:
        held = np.where(self._costing.was_held()[rows], Entry.HELD, Entry.PUT)
        moved = np.where(self._fell(rows, source, number, began), Entry.TRANSITION, Entry.COPY)
        return ints(np.where(source < 0, held, moved))

    def _fell(self, rows: Ints, source: Ints, number: Ints, began: Ints) -> Bools:
        fell = np.zeros(len(rows), dtype=bool)
        for step, start, to in {*zip(began.tolist(), source.tolist(), number.tolist(), strict=True)}:
            if start >= 0:
                same = (began == step) & (source == start) & (number == to)
                fell[same] = self._costing.falls(start, to, step)[rows[same]]
        return fell
