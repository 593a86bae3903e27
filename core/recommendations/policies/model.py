"""Model: a small Markov decision process of where an object of some size and state is best kept, week by week."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.recommendations.policies.habits import AGE, IDLE, SHAPE, STATES, WEEK, Habits
from core.recommendations.simulator.arrays import Floats, Ints, floats, ints
from core.recommendations.simulator.classes import (
    INFREQUENT,
    INSTANT,
    LEAST_DAYS,
    MAY_FALL,
    SMALLEST_BYTES,
    STANDARD,
    TIERING,
    WATERFALL,
)
from core.recommendations.simulator.meters import Kind, Tier
from core.recommendations.simulator.prices import S3Prices
from core.storage.provider import StorageClass

#: Where an object lies, as the model sees it: its class and for how many weeks, as far as that matters.
_WEEKS = {STANDARD: 1, INFREQUENT: 6, TIERING: 14, INSTANT: 14}
PLACES = tuple((number, weeks) for number, most in _WEEKS.items() for weeks in range(most))
CLASS_OF = ints([number for number, _ in PLACES])
ENTERED = {number: PLACES.index((number, 0)) for number in _WEEKS}
#: The place of an object that stayed for another week.
STAYED = ints([PLACES.index((number, min(weeks + 1, _WEEKS[number] - 1))) for number, weeks in PLACES])
STAY = -1
_DISCOUNT = 0.95
_MONTHS_A_WEEK = WEEK * 12 / 365
#: Object-weeks at which a state's own reads count as much as those of its kind.
_PRIOR = 50.0
_AHEAD = 60  #: weeks that are looked ahead; what comes later counts less than a twentieth
_OLD_ENOUGH = int(np.flatnonzero(AGE >= 5)[0])  #: the first step of age at which a lifecycle rule may move to IA
#: Sizes that are decided on: each bin holds up to sixteen times its least, and is decided on as if four times it.
SIZES = floats(SMALLEST_BYTES * 16.0 ** np.arange(7))


@dataclass(frozen=True)
class Model:
    """What a week in each state brings, as it was in some weeks."""

    gets: Floats  #: by state: GETs of an object
    bytes: Floats  #: bytes that are read of each that is stored
    read: Floats  #: the chance of any read
    follows: Floats  #: (states, states): the chance of the next week's state

    @classmethod
    def of(cls, habits: Habits, first: int, end: int) -> "Model":
        """What the weeks from `first` until before `end` have shown, each of which was over before week `end`."""
        weeks = slice(max(0, first), end)
        objects, kept = habits.objects[weeks].sum(0), habits.bytes[weeks].sum(0)
        gets, read_bytes, read = (each[weeks].sum(0) for each in (habits.gets, habits.read_bytes, habits.read))
        mean = kept.sum() / max(objects.sum(), 1)
        followed = habits.followed[slice(max(0, first), max(0, end - 1))].sum(0)
        return cls(
            _smoothed(gets, objects, _PRIOR),
            _smoothed(read_bytes, kept, _PRIOR * mean),
            _smoothed(read, objects, _PRIOR),
            _chances(followed),
        )

    def decided(self, prices: S3Prices) -> Ints:
        """The class to move to, or STAY: by size, state and place."""
        return _Values(self, prices).decided()


def _smoothed(amount: Floats, of: Floats, prior: float) -> Floats:
    """Amount per unit; where little was seen, as in states with as many reads, or as long without one."""
    amounts, units = amount.reshape(SHAPE), of.reshape(SHAPE)
    rate = np.full(SHAPE, amounts.sum() / max(units.sum(), 1e-9))
    for axes in ((1, 2), (2,), ()):
        seen, among = amounts.sum(axes, keepdims=True), units.sum(axes, keepdims=True)
        rate = (seen + prior * rate) / (among + prior) if prior else rate
    return floats(np.broadcast_to(rate, SHAPE).reshape(-1))


def _chances(followed: Floats) -> Floats:
    """What was never seen is taken to last."""
    with_itself = followed + 1e-6 * np.eye(STATES)
    return with_itself / with_itself.sum(1, keepdims=True)


@dataclass(frozen=True)
class _Values:
    """Value iteration: the discounted cost of all weeks to come, for each size, state and place."""

    model: Model
    prices: S3Prices

    @cached_property
    def weekly(self) -> Floats:
        """(states, sizes, places): USD of a week."""
        usd = np.zeros((STATES, len(SIZES), len(PLACES)))
        for place, (number, weeks) in enumerate(PLACES):
            kept = self._tiers(weeks) if number == TIERING else self._kept(number)
            bytes_usd = kept * _MONTHS_A_WEEK + self.model.bytes * self._retrieval(number)
            each = self.model.gets * self.prices.usd(Kind.GET, WATERFALL[number])
            monitoring = self.prices.usd(Kind.MONITORING, StorageClass.INTELLIGENT_TIERING) * _MONTHS_A_WEEK
            usd[:, :, place] = np.outer(bytes_usd, SIZES * 4) + (each + monitoring * (number == TIERING))[:, None]
        return usd

    def _kept(self, number: int) -> Floats:
        return np.full(STATES, self.prices.usd(Kind.STORAGE, WATERFALL[number]))

    def _tiers(self, weeks: int) -> Floats:
        """Of a byte in Intelligent-Tiering: a read brings it to the frequent tier, for half of the week on average."""
        idle = np.minimum(np.repeat(IDLE, STATES // len(IDLE)), weeks)
        usd = {tier: self.prices.usd(Kind.STORAGE, tier) for tier in Tier}
        unread = np.where(
            idle < 4, usd[Tier.FREQUENT], np.where(idle < 13, usd[Tier.INFREQUENT], usd[Tier.ARCHIVE_INSTANT])
        )
        return unread + self.model.read * (usd[Tier.FREQUENT] - unread) / 2

    def _retrieval(self, number: int) -> float:
        return self.prices.usd(Kind.RETRIEVAL, WATERFALL[number]) if number in (INFREQUENT, INSTANT) else 0.0

    def _fee(self, place: int, to: int) -> Floats:
        """(states, sizes): USD to move there; none where no lifecycle rule may."""
        number, weeks = PLACES[place]
        size = SIZES[None, :] * 4
        owed = max(0, int(LEAST_DAYS[number]) - WEEK * weeks) * 12 / 365
        leaving = size * owed * self._kept(number)[0] if owed else 0 * size
        if (number, to) in MAY_FALL:
            young = (np.arange(STATES) % SHAPE[2] < _OLD_ENOUGH) & (to == INFREQUENT)
            return leaving + np.where(young, np.inf, self.prices.usd(Kind.TRANSITION, WATERFALL[to]))[:, None]
        copying = self.prices.usd(Kind.PUT, WATERFALL[to]) + size * self._retrieval(number)
        return leaving + copying + np.zeros((STATES, 1))

    @cached_property
    def _fees(self) -> dict[int, Floats]:
        """By the class that is moved to: (states, sizes, places)."""
        return {to: np.stack([self._fee_or_never(place, to) for place in range(len(PLACES))], 2) for to in ENTERED}

    def _fee_or_never(self, place: int, to: int) -> Floats:
        if PLACES[place][0] == to:
            return np.full((STATES, len(SIZES)), np.inf)
        return self._fee(place, to)

    def decided(self) -> Ints:
        """By size, state and place."""
        value = np.zeros_like(self.weekly)
        for _ in range(_AHEAD):
            value = self._best(self._ahead(value))[0]
        return self._best(self._ahead(value))[1].transpose(1, 0, 2)

    def _ahead(self, value: Floats) -> Floats:
        """USD of a week in a place and of all that follow, once the week's move is done."""
        followed = self.model.follows @ value.reshape(STATES, -1)
        return self.weekly + _DISCOUNT * np.take(followed.reshape(value.shape), STAYED, 2)

    def _best(self, ahead: Floats) -> tuple[Floats, Ints]:
        least, choice = ahead, np.full(ahead.shape, STAY)
        for to, fee in self._fees.items():
            moved = fee + ahead[:, :, ENTERED[to], None]
            better = moved < least * (1 - 1e-9)
            least, choice = np.where(better, moved, least), np.where(better, to, choice)
        return least, choice
