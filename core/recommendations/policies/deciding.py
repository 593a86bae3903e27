"""Deciding: dynamic programming over some days for a chunk of objects, with everything about them known.

What a stay in a class costs is a sum over days, so a stay that began on day s and is left on day t costs C[t] - C[s]:
it is enough to keep, for each s, what it took to begin it less C[s]. Only what is owed for leaving early (IA, GIR) and
the tier (Intelligent-Tiering) depend on s itself, and only as long as a stay is young.
"""

import numpy as np
from numpy.typing import NDArray

from core.billing.class_rules import LIFECYCLE_IA_DAYS
from core.recommendations.simulator.arrays import Bools, Floats, Ints, floats, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import (
    INFREQUENT,
    INSTANT,
    LEAST_DAYS,
    MAY_FALL,
    STANDARD,
    TIERING,
    TO_ARCHIVE_INSTANT_DAYS,
    TO_INFREQUENT_DAYS,
    WATERFALL,
    billed_bytes,
    tiered,
)
from core.recommendations.simulator.meters import Kind, Tier
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.schedule import Changes, Entry
from core.recommendations.simulator.window import Window
from core.storage.provider import StorageClass

#: The classes that an object can be read from at once, by their number.
CLASSES = (STANDARD, INFREQUENT, TIERING, INSTANT)
_AGED = (INFREQUENT, INSTANT)
_RETRIEVED = {INFREQUENT, INSTANT}
_Steps = NDArray[np.int16]


class Chunk:
    """Some objects, on some days; the last of them is the day after the window."""

    def __init__(self, catalogue: Catalogue, chunk: Ints, days: Ints, prices: S3Prices, window: Window) -> None:
        self.place, self.days, self.prices = chunk, days, prices
        self.size, self.created = catalogue.size[chunk], catalogue.created[chunk]
        self.large, self.window = tiered(self.size), window
        self.fractions = np.append(0, np.cumsum(24 / window.hours_in_month))  #: months from the window's first day
        self.gets, self.read_bytes = self._reads(catalogue)
        n, steps = len(chunk), len(days)
        self.spent = {number: np.zeros(n) for number in CLASSES}  #: C of the classes without tiers, until today
        #: of each step what it took to begin there, less C, and of tiers above the archive's what they took beyond it
        self.begun = {number: np.full((steps, n), np.inf) for number in (*_AGED, TIERING)}
        self.settled = {number: np.full(n, np.inf) for number in CLASSES}  #: the best of those that owe nothing
        self.settled[STANDARD][self.created < window.first] = 0.0
        self.settled_at: dict[int, _Steps] = {number: np.zeros(n, np.int16) for number in CLASSES}
        self.began_at: _Steps = np.zeros((steps, n), np.int16)  #: when the stay began whose clock began at a step
        self.came_from = np.full((steps, len(WATERFALL), n), -1, np.int8)
        self.came_at: _Steps = np.zeros((steps, len(WATERFALL), n), np.int16)

    def _reads(self, catalogue: Catalogue) -> tuple[Floats, Floats]:
        n, reads = len(self.place), catalogue.reads
        row = np.searchsorted(self.place, reads.object).clip(0, n - 1)
        mine = self.place[row] == reads.object
        cell = np.searchsorted(self.days, reads.day[mine]) * n + row[mine]
        tables = (np.bincount(cell, each[mine], n * len(self.days)) for each in (reads.gets, reads.bytes))
        gets, read_bytes = (floats(each.reshape(-1, n)) for each in tables)
        return gets, read_bytes

    def changes(self) -> Changes:
        """Where the cheapest schedule begins, and its moves."""
        for step in range(len(self.days) - 1):
            self._move(step)
            self._pass(step)
        return self._traced()

    # what a day's moves come to

    def _move(self, step: int) -> None:
        left = {number: self._leaving(number, step) for number in CLASSES}
        entered = {number: self._entering(number, step, left) for number in CLASSES}
        for number, (cost, source, began) in entered.items():
            self.came_from[step, number], self.came_at[step, number] = source, began
            self._enter(number, step, cost)

    def _leaving(self, number: int, step: int) -> tuple[Floats, _Steps]:
        """The least that it takes to leave a class today, and when that stay began."""
        cost, began = self.settled[number], self.settled_at[number]
        low = self._low(number, step)
        if number in self.begun and low < step:
            young = self.begun[number][low:step] + self._owed(number, low, step)
            best = young.argmin(0)
            least = np.take_along_axis(young, best[None], 0)[0]
            earlier = best + low if number != TIERING else self._began(best + low)
            began = np.where(least < cost, earlier, began).astype(np.int16)
            cost = np.minimum(cost, least)
        return cost + self.spent[number], began

    def _began(self, clock: Ints) -> _Steps:
        return np.take_along_axis(self.began_at, clock[None], 0)[0]

    def _low(self, number: int, step: int) -> int:
        """The first step whose stays are young today."""
        young = TO_ARCHIVE_INSTANT_DAYS if number == TIERING else int(LEAST_DAYS[number])
        return int(np.searchsorted(self.days, self.days[step] - young, side="right"))

    def _owed(self, number: int, low: int, step: int) -> Floats:
        if number == TIERING:
            return np.zeros((1, 1))
        left = LEAST_DAYS[number] - (self.days[step] - self.days[low:step])
        today = 24 / self.window.hours_in_month[self.days[step] - self.window.first]
        return floats(np.outer(left * today, self._month_usd(number)))

    def _month_usd(self, number: int) -> Floats:
        return billed_bytes(self.size, number) * self.prices.usd(Kind.STORAGE, WATERFALL[number])

    def _entering(self, to: int, step: int, left: dict[int, tuple[Floats, _Steps]]) -> tuple[Floats, Ints, _Steps]:
        cost = np.full(len(self.place), np.inf)
        source, began = np.full(len(cost), -1), np.zeros(len(cost), np.int16)
        for number, (leaving, since) in left.items():
            if number == to:
                continue
            total = leaving + self._fee(number, to, step)
            better = total < cost
            cost, source = np.where(better, total, cost), np.where(better, number, source)
            began = np.where(better, since, began).astype(np.int16)
        return self._begin(to, step, cost), source, began

    def _fee(self, number: int, to: int, step: int) -> Floats:
        """What the cheaper way costs: by copy, or where a lifecycle rule may do it."""
        copy = np.full(len(self.place), self.prices.usd(Kind.PUT, WATERFALL[to]))
        if number in _RETRIEVED:
            copy += self.size * self.prices.usd(Kind.RETRIEVAL, WATERFALL[number])
        return np.where(self._falls(number, to, step), self._transition(to), copy).clip(None, copy)

    def _transition(self, to: int) -> float:
        return self.prices.usd(Kind.TRANSITION, WATERFALL[to]) if to != STANDARD else 0.0

    def _falls(self, number: int, to: int, step: int) -> Bools:
        young = self.days[step] - self.created < LIFECYCLE_IA_DAYS
        return self.large & ((number, to) in MAY_FALL) & ~(young & (to == INFREQUENT))

    def _begin(self, to: int, step: int, cost: Floats) -> Floats:
        """What is written today may be written into any class."""
        return floats(np.where(self.created == self.days[step], self.prices.usd(Kind.PUT, WATERFALL[to]), cost))

    def _enter(self, number: int, step: int, cost: Floats) -> None:
        if number == TIERING:
            self.began_at[step] = step
        if number in self.begun:
            self.begun[number][step] = cost - self.spent[number]
        else:
            self._settle(number, cost - self.spent[number], np.full(len(cost), step, np.int16))

    def _settle(self, number: int, cost: Floats, began: _Steps) -> None:
        better = cost < self.settled[number]
        self.settled[number] = np.where(better, cost, self.settled[number])
        self.settled_at[number] = np.where(better, began, self.settled_at[number])

    # what the days until the next step come to

    def _pass(self, step: int) -> None:
        months = self._months(int(self.days[step]), int(self.days[step + 1]))
        for number in (STANDARD, INFREQUENT, INSTANT):
            self.spent[number] += self._month_usd(number) * months + self._read_usd(number, step)
        self._pass_tiers(step, months)
        for number in self.begun:
            self._settle_all(number, range(self._low(number, step), self._low(number, step + 1)))

    def _settle_all(self, number: int, steps: range) -> None:
        for step in steps:
            began = self.began_at[step] if number == TIERING else np.full(len(self.place), step, np.int16)
            self._settle(number, self.begun[number][step], began)

    def _months(self, start: int, end: int) -> float:
        first = self.window.first
        return float(self.fractions[end - first] - self.fractions[start - first]) if end > start else 0.0

    def _read_usd(self, number: int, step: int) -> Floats:
        usd = self.gets[step] * self.prices.usd(Kind.GET, WATERFALL[number])
        if number in _RETRIEVED:
            usd = usd + self.read_bytes[step] * self.prices.usd(Kind.RETRIEVAL, WATERFALL[number])
        return usd

    def _pass_tiers(self, step: int, months: float) -> None:
        """Intelligent-Tiering: a read today sets every clock to today; then each stay pays for its tier."""
        self._reset(step)
        low, begun = self._low(TIERING, step), self.begun[TIERING]
        monitored = self.prices.usd(Kind.MONITORING, StorageClass.INTELLIGENT_TIERING) * months * self.large
        small = self.size * ~self.large * (self.prices.usd(Kind.STORAGE, Tier.FREQUENT) * months)
        archived = self.prices.usd(Kind.STORAGE, Tier.ARCHIVE_INSTANT) * months
        beyond = [self._tier_usd(int(self.days[clock]), step) - archived for clock in range(low, step + 1)]
        begun[low : step + 1] += np.outer(beyond, self.size * self.large)
        self.spent[TIERING] += archived * (self.size * self.large) + monitored + small + self._read_usd(TIERING, step)

    def _reset(self, step: int) -> None:
        read = self.gets[step] + self.read_bytes[step] > 0
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

    def _tier_usd(self, clock: int, step: int) -> float:
        """USD for a byte until the next step, of a stay that was last read on a day."""
        start, end = int(self.days[step]), int(self.days[step + 1])
        usd = {tier: self.prices.usd(Kind.STORAGE, tier) for tier in Tier}
        first, second = clock + TO_INFREQUENT_DAYS, clock + TO_ARCHIVE_INSTANT_DAYS
        return (
            usd[Tier.FREQUENT] * self._months(start, min(end, first))
            + usd[Tier.INFREQUENT] * self._months(max(start, first), min(end, second))
            + usd[Tier.ARCHIVE_INSTANT] * self._months(max(start, second), end)
        )

    # the way back

    def _traced(self) -> Changes:
        number, began = self._ends()
        rows = np.arange(len(self.place))
        found: list[tuple[Ints, ...]] = []
        while len(rows):
            source = self.came_from[began, number, rows].astype(np.int64)
            found.append((self.place[rows], self.days[began], number, self._entry(rows, source, number, began)))
            earlier = self.came_at[began, number, rows].astype(np.int64)
            goes_on = source >= 0
            rows, number, began = rows[goes_on], source[goes_on], earlier[goes_on]
        return Changes(*(ints(np.concatenate(each)) for each in zip(*reversed(found), strict=True)))

    def _ends(self) -> tuple[Ints, Ints]:
        """The class that each object ends in at the least cost, and the step at which it came there."""
        last = len(self.days) - 1
        for number in self.begun:
            self._settle_all(number, range(self._low(number, last), last))
        best = np.argmin([self.settled[number] + self.spent[number] for number in CLASSES], 0)
        began = np.choose(best, [self.settled_at[number] for number in CLASSES]).astype(np.int64)
        return ints(CLASSES)[best], began

    def _entry(self, rows: Ints, source: Ints, number: Ints, began: Ints) -> Ints:
        held = np.where(self.created[rows] < self.window.first, Entry.HELD, Entry.PUT)
        falls = self._fell(rows, source, number, began)
        return ints(np.where(source < 0, held, np.where(falls, Entry.TRANSITION, Entry.COPY)))

    def _fell(self, rows: Ints, source: Ints, number: Ints, began: Ints) -> Bools:
        """Whether a move was done by a lifecycle rule: where that may be, and costs no more than a copy."""
        fell = np.zeros(len(rows), dtype=bool)
        for step, start, to in {*zip(began.tolist(), source.tolist(), number.tolist(), strict=True)}:
            if start >= 0:
                same = (began == step) & (source == start) & (number == to)
                cheaper = self._transition(to) <= self._fee(start, to, step)[rows[same]]
                fell[same] = self._falls(start, to, step)[rows[same]] & cheaper
        return fell
