"""Costing: what a day, a read and a move cost each of a chunk of objects, by class."""

from functools import cached_property

import numpy as np

from core.billing.class_rules import LIFECYCLE_IA_DAYS
from core.recommendations.simulator.arrays import Bools, Floats, Ints, floats
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
from core.recommendations.simulator.window import Window
from core.storage.provider import StorageClass

#: The classes that an object can be read from at once, by their number.
CLASSES = (STANDARD, INFREQUENT, TIERING, INSTANT)
_RETRIEVED = (INFREQUENT, INSTANT)


class Costing:
    """Of the objects of a chunk, on its days; the last of them is the day after the window."""

    def __init__(self, catalogue: Catalogue, chunk: Ints, days: Ints, prices: S3Prices, window: Window) -> None:
        self.place, self.days, self._prices, self._window = chunk, days, prices, window
        self.size, self.created = catalogue.size[chunk], catalogue.created[chunk]
        self.large = tiered(self.size)
        self.gets, self.read_bytes = self._reads(catalogue)
        self._fractions = np.append(0, np.cumsum(24 / window.hours_in_month))  #: months from the window's first day

    def _reads(self, catalogue: Catalogue) -> tuple[Floats, Floats]:
        n, reads = len(self.place), catalogue.reads
        row = np.searchsorted(self.place, reads.object).clip(0, n - 1)
        mine = self.place[row] == reads.object
        cell = np.searchsorted(self.days, reads.day[mine]) * n + row[mine]
        tables = (np.bincount(cell, each[mine], n * len(self.days)) for each in (reads.gets, reads.bytes))
        gets, read_bytes = (floats(each.reshape(-1, n)) for each in tables)
        return gets, read_bytes

    def was_held(self) -> Bools:
        """Which objects were there before the window."""
        return self.created < self._window.first

    def read_on(self, step: int) -> Bools:
        """Which objects are read on the day of a step."""
        return self.gets[step] + self.read_bytes[step] > 0

    # lying there

    def stay(self, number: int, step: int) -> Floats:
        """USD of a class without tiers until the next step, with the reads of today."""
        months = self._months(self.days[step], self.days[step + 1])
        return self._month_usd[number] * months + self.reading(number, step)

    def reading(self, number: int, step: int) -> Floats:
        """USD of today's reads."""
        usd = self.gets[step] * self._usd(Kind.GET, number)
        if number in _RETRIEVED:
            usd = usd + self.read_bytes[step] * self._usd(Kind.RETRIEVAL, number)
        return usd

    def archived(self, step: int) -> Floats:
        """USD in Intelligent-Tiering until the next step, as if in its coldest tier, with the reads of today."""
        months, usd = self._months(self.days[step], self.days[step + 1]), self._tier_usd
        monitored = self._prices.usd(Kind.MONITORING, StorageClass.INTELLIGENT_TIERING) * months * self.large
        kept = self.size * months * np.where(self.large, usd[Tier.ARCHIVE_INSTANT], usd[Tier.FREQUENT])
        return floats(kept + monitored + self.reading(TIERING, step))

    def above(self, clock: Ints, step: int) -> Floats:
        """(clocks, objects): USD beyond that, of stays that were last read on some days."""
        start, end, usd = self.days[step], self.days[step + 1], self._tier_usd
        first, second = clock + TO_INFREQUENT_DAYS, clock + TO_ARCHIVE_INSTANT_DAYS
        frequent = self._months(start, np.minimum(end, first))
        infrequent = self._months(np.maximum(start, first), np.minimum(end, second))
        cold = usd[Tier.ARCHIVE_INSTANT]
        each = (usd[Tier.FREQUENT] - cold) * frequent + (usd[Tier.INFREQUENT] - cold) * infrequent
        return floats(np.outer(each, self.size * self.large))

    @cached_property
    def _tier_usd(self) -> dict[Tier, float]:
        return {tier: self._prices.usd(Kind.STORAGE, tier) for tier in Tier}

    @cached_property
    def _month_usd(self) -> dict[int, Floats]:
        return {n: billed_bytes(self.size, n) * self._usd(Kind.STORAGE, n) for n in (STANDARD, *_RETRIEVED)}

    def _months(self, start: Ints, end: Ints) -> Floats:
        first, last = self._window.first, len(self._fractions) - 1
        until, since = (self._fractions[np.clip(day - first, 0, last)] for day in (end, start))
        return floats((until - since).clip(0))

    def _usd(self, kind: Kind, number: int) -> float:
        return self._prices.usd(kind, WATERFALL[number])

    # coming and going

    def writing(self, number: int) -> float:
        """USD of putting an object there."""
        return self._usd(Kind.PUT, number)

    def owed(self, number: int, low: int, step: int) -> Floats:
        """(steps, objects): USD for leaving today what was entered at the steps from `low` on."""
        left = LEAST_DAYS[number] - (self.days[step] - self.days[low:step])
        today = 24 / self._window.hours_in_month[self.days[step] - self._window.first]
        return floats(np.outer(left * today, self._month_usd[number]))

    def move(self, number: int, to: int, step: int) -> Floats:
        """What the cheaper way costs: by copy, or where a lifecycle rule may do it."""
        copy = np.full(len(self.place), self.writing(to))
        if number in _RETRIEVED:
            copy += self.size * self._usd(Kind.RETRIEVAL, number)
        return np.where(self._may_fall(number, to, step), self._transition(to), copy).clip(None, copy)

    def falls(self, number: int, to: int, step: int) -> Bools:
        """Which objects a lifecycle rule moves, as it may and costs no more than a copy."""
        return self._may_fall(number, to, step) & (self._transition(to) <= self.move(number, to, step))

    def _transition(self, to: int) -> float:
        return self._usd(Kind.TRANSITION, to) if to != STANDARD else 0.0

    def _may_fall(self, number: int, to: int, step: int) -> Bools:
        young = self.days[step] - self.created < LIFECYCLE_IA_DAYS
        return self.large & ((number, to) in MAY_FALL) & ~(young & (to == INFREQUENT))
