"""Deciding: dynamic programming over some days for a chunk of objects, with everything about them known.

What a stay in a class costs is a sum over days, so a stay that began on day s and is left on day t costs C[t] - C[s]:
it is enough to keep, for each s, what it took to begin it less C[s]. Only what is owed for leaving early (IA, GIR) and
the tier (Intelligent-Tiering) depend on s itself, and only as long as a stay is young.
"""

import numpy as np

from core.recommendations.policies.costing import CLASSES, Costing
from core.recommendations.policies.tracing import Steps, Trace
from core.recommendations.simulator.arrays import Floats, Ints, floats, ints
from core.recommendations.simulator.classes import (
    INFREQUENT,
    INSTANT,
    LEAST_DAYS,
    STANDARD,
    TIERING,
    TO_ARCHIVE_INSTANT_DAYS,
)
from core.recommendations.simulator.schedule import Changes

_AGED = (INFREQUENT, INSTANT)


def cheapest(costing: Costing) -> Changes:
    """Where the cheapest schedule of each object begins, and its moves."""
    return _Deciding(costing).changes()


class _Deciding:
    """What it has taken until a step, at least, to be in each class."""

    def __init__(self, costing: Costing) -> None:
        self.costing, self.days, self.trace = costing, costing.days, Trace(costing)
        n, steps = len(costing.place), len(costing.days)
        self.spent = {number: np.zeros(n) for number in CLASSES}  #: C of the classes without tiers, until today
        #: of each step what it took to begin there, less C, and of tiers above the archive's what they took beyond it
        self.begun = {number: np.full((steps, n), np.inf) for number in (*_AGED, TIERING)}
        self.settled = {number: np.full(n, np.inf) for number in CLASSES}  #: the best of those that owe nothing
        self.settled[STANDARD][costing.was_held()] = 0.0
        self.settled_at: dict[int, Steps] = {number: np.zeros(n, np.int16) for number in CLASSES}
        self.began_at: Steps = np.zeros((steps, n), np.int16)  #: when the stay began whose clock began at a step

    def changes(self) -> Changes:
        for step in range(len(self.days) - 1):
            self._move(step)
            self._pass(step)
        return self.trace.changes(*self._ends())

    # what a day's moves come to

    def _move(self, step: int) -> None:
        left = {number: self._leaving(number, step) for number in CLASSES}
        entered = {number: self._entering(number, step, left) for number in CLASSES}
        for number, (cost, source, began) in entered.items():
            self.trace.note(step, number, source, began)
            self._enter(number, step, cost)

    def _leaving(self, number: int, step: int) -> tuple[Floats, Steps]:
        """The least that it takes to leave a class today, and when that stay began."""
        cost, began = self.settled[number], self.settled_at[number]
        low = self._low(number, step)
        if number in self.begun and low < step:
            young = self.begun[number][low:step]
            young = young + self.costing.owed(number, low, step) if number in _AGED else young
            best = young.argmin(0)
            least = np.take_along_axis(young, best[None], 0)[0]
            earlier = best + low if number != TIERING else self._began(best + low)
            began = np.where(least < cost, earlier, began).astype(np.int16)
            cost = np.minimum(cost, least)
        return cost + self.spent[number], began

    def _began(self, clock: Ints) -> Steps:
        return np.take_along_axis(self.began_at, clock[None], 0)[0]

    def _low(self, number: int, step: int) -> int:
        """The first step whose stays are young today."""
        young = TO_ARCHIVE_INSTANT_DAYS if number == TIERING else int(LEAST_DAYS[number])
        return int(np.searchsorted(self.days, self.days[step] - young, side="right"))

    def _entering(self, to: int, step: int, left: dict[int, tuple[Floats, Steps]]) -> tuple[Floats, Ints, Steps]:
        cost = np.full(len(self.costing.place), np.inf)
        source, began = np.full(len(cost), -1), np.zeros(len(cost), np.int16)
        for number, (leaving, since) in left.items():
            if number == to:
                continue
            total = leaving + self.costing.move(number, to, step)
            better = total < cost
            cost, source = np.where(better, total, cost), np.where(better, number, source)
            began = np.where(better, since, began).astype(np.int16)
        new = self.costing.created == self.days[step]  # what is written today may be written into any class
        return floats(np.where(new, self.costing.writing(to), cost)), source, began

    def _enter(self, number: int, step: int, cost: Floats) -> None:
        if number == TIERING:
            self.began_at[step] = step
        if number in self.begun:
            self.begun[number][step] = cost - self.spent[number]
        else:
            self._settle(number, cost - self.spent[number], np.full(len(cost), step, np.int16))

    def _settle(self, number: int, cost: Floats, began: Steps) -> None:
        better = cost < self.settled[number]
        self.settled[number] = np.where(better, cost, self.settled[number])
        self.settled_at[number] = np.where(better, began, self.settled_at[number])

    # what the days until the next step come to

    def _pass(self, step: int) -> None:
        for number in (STANDARD, *_AGED):
            self.spent[number] += self.costing.stay(number, step)
        self._pass_tiers(step)
        for number in self.begun:
            self._settle_all(number, range(self._low(number, step), self._low(number, step + 1)))

    def _settle_all(self, number: int, steps: range) -> None:
        for step in steps:
            began = self.began_at[step] if number == TIERING else np.full(self.began_at.shape[1], step, np.int16)
            self._settle(number, self.begun[number][step], began)

    def _pass_tiers(self, step: int) -> None:
        """Intelligent-Tiering: a read today sets every clock to today; then each stay pays for its tier."""
        self._reset(step)
        low = self._low(TIERING, step)
        self.begun[TIERING][low : step + 1] += self.costing.above(self.days[low : step + 1], step)
        self.spent[TIERING] += self.costing.archived(step)

    def _reset(self, step: int) -> None:
        read = self.costing.read_on(step)
        if not read.any():
            return
        cost, began = self._leaving(TIERING, step)
        cost = cost - self.spent[TIERING]
        begun, low = self.begun[TIERING], self._low(TIERING, step)
        better = read & (cost < begun[step])
        self.began_at[step] = np.where(better, began, self.began_at[step])
        begun[step] = np.where(better, cost, begun[step])
        begun[low:step, read] = np.inf
        self.settled[TIERING] = np.where(read, np.inf, self.settled[TIERING])

    def _ends(self) -> tuple[Ints, Ints]:
        """The class that each object ends in at the least cost, and the step at which it came there."""
        last = len(self.days) - 1
        for number in self.begun:
            self._settle_all(number, range(self._low(number, last), last))
        best = np.argmin([self.settled[number] + self.spent[number] for number in CLASSES], 0)
        began = np.choose(best, [self.settled_at[number] for number in CLASSES]).astype(np.int64)
        return ints(CLASSES)[best], began
