"""Values: the class to move to from each state and place, by value iteration over the weeks to come."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from core.recommendations.policies.habits import AGE, IDLE, NEW, SHAPE, STATES, WEEK
from core.recommendations.policies.model import Model
from core.recommendations.policies.places import ENTERED, PLACES, STAY, STAYED
from core.recommendations.policies.sizes import Sizes
from core.recommendations.simulator.arrays import Floats, Ints, floats, ints
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
)
from core.recommendations.simulator.meters import Kind, Tier
from core.recommendations.simulator.prices import S3Prices
from core.storage.provider import StorageClass

#: What a dollar next week counts today: objects stay for years.
_DISCOUNT = 0.98
_AHEAD = 104  #: weeks that are looked ahead
_MONTHS_A_WEEK = WEEK * 12 / 365
_OLD_ENOUGH = int(np.flatnonzero(AGE >= 5)[0])  #: the first step of age at which a lifecycle rule may move to IA


def decided(model: Model, prices: S3Prices, sizes: Sizes) -> Ints:
    """The class to move to, or STAY: by size, state and place."""
    table = np.full((len(sizes.bytes), STATES, len(PLACES)), STAY)
    table[sizes.bins] = _Values(model, prices, sizes.bytes[sizes.bins], sizes.gets[sizes.bins]).decided()
    return table


def promised(model: Model, prices: S3Prices, sizes: Sizes, objects: Floats) -> float:
    """What is saved of the cost of Intelligent-Tiering by the model's own reckoning, as a share, of objects of the
    usual size that lie in Standard now, so many in each state."""
    usual = slice(sizes.usual, sizes.usual + 1)
    values = _Values(model, prices, sizes.bytes[usual], sizes.gets[usual])
    tiered = objects @ values.tiered()
    return float(1 - objects @ values.least()[:, 0, ENTERED[STANDARD]] / tiered) if tiered else 0.0


def _unread_shares(weeks: int) -> Floats:
    """(steps of idle, tiers): the part of a week without a read that an object spends in each tier, so many weeks after
    it came. Its last read was in the middle of a week."""
    idle = (np.arange(first, end) for first, end in pairwise((*IDLE, 2 * IDLE[-1])))
    return floats([_tier_shares(np.minimum(WEEK * each + WEEK / 2, WEEK * weeks)) for each in idle])


def _tier_shares(clock: Floats) -> list[float]:
    """Of weeks that begin so many days after the last read or the stay's beginning."""
    edges = pairwise((0, TO_INFREQUENT_DAYS, TO_ARCHIVE_INSTANT_DAYS, np.inf))
    spans = (np.minimum(clock + WEEK, end) - np.maximum(clock, start) for start, end in edges)
    return [float(span.clip(0).mean()) / WEEK for span in spans]


@dataclass(frozen=True)
class _Values:
    """The discounted cost of all weeks to come, for each state, size and place."""

    model: Model
    prices: S3Prices
    size: Floats
    gets: Floats  #: by size, as a multiple of the model's

    def decided(self) -> Ints:
        """By size, state and place."""
        return self._chosen(self._ahead(self.least())).transpose(1, 0, 2)

    def least(self) -> Floats:
        """(states, sizes, places): USD, moves being made where they pay."""
        value = np.zeros_like(self._weekly)
        for _ in range(_AHEAD):
            value = self._ahead(value)
            for moved in self._moved(value.copy()):
                np.minimum(value, moved, out=value)
        return value

    def tiered(self) -> Floats:
        """By state: USD of what moves from Standard to Intelligent-Tiering now, and stays there; of the first size."""
        value = np.zeros_like(self._weekly)
        for _ in range(_AHEAD):
            value = self._ahead(value)
        fee = self._fees[TIERING][:, 0, ENTERED[STANDARD]]
        return floats(value[:, 0, ENTERED[TIERING]] + fee)

    def _ahead(self, value: Floats) -> Floats:
        """USD of a week in a place and of all that follow, once the week's move is done."""
        followed = value.copy()
        states, places, then, chance = self._follows
        each = value.reshape(STATES, -1)[then] * chance[:, None]
        followed[states] = np.add.reduceat(each, places).reshape(-1, *value.shape[1:])
        followed = np.take(followed, STAYED, 2)
        followed *= _DISCOUNT
        followed += self._weekly
        return followed

    @cached_property
    def _follows(self) -> tuple[Ints, Ints, Ints, Floats]:
        """Of the states that anything else follows: they, where each begins among the states that follow, and their
        chances. These are few, and a product of whole matrices would ask for more CPUs than it is worth."""
        states = ints(np.flatnonzero(self.model.follows.diagonal() < 1))
        now, then = np.nonzero(self.model.follows[states])
        return (
            states,
            ints(np.searchsorted(now, np.arange(len(states)))),
            ints(then),
            self.model.follows[states[now], then],
        )

    def _moved(self, ahead: Floats) -> list[Floats]:
        return [fee + ahead[:, :, ENTERED[to], None] for to, fee in self._fees.items()]

    def _chosen(self, ahead: Floats) -> Ints:
        least, choice = ahead, np.full(ahead.shape, STAY)
        for to, moved in zip(self._fees, self._moved(ahead), strict=True):
            better = moved < least * (1 - 1e-9)
            least, choice = np.where(better, moved, least), np.where(better, to, choice)
        return choice

    @cached_property
    def _weekly(self) -> Floats:
        """(states, sizes, places): USD of a week."""
        usd = np.zeros((STATES, len(self.size), len(PLACES)))
        monitoring = self.prices.usd(Kind.MONITORING, StorageClass.INTELLIGENT_TIERING) * _MONTHS_A_WEEK
        for place, (number, weeks) in enumerate(PLACES):
            kept = self._tiers(weeks) if number == TIERING else self._kept(number)
            bytes_usd = kept * _MONTHS_A_WEEK + self.model.bytes * self._retrieval(number)
            each = self.model.gets * self.prices.usd(Kind.GET, WATERFALL[number])
            usd[:, :, place] = np.outer(bytes_usd, self.size) + np.outer(each, self.gets)
            usd[:, :, place] += monitoring * (number == TIERING)
        return usd

    def _kept(self, number: int) -> Floats:
        return np.full(STATES, self.prices.usd(Kind.STORAGE, WATERFALL[number]))

    def _tiers(self, weeks: int) -> Floats:
        """Of a byte in Intelligent-Tiering: a read brings it to the frequent tier, for half of the week on average."""
        frequent = self.prices.usd(Kind.STORAGE, Tier.FREQUENT)
        unread = np.append(np.repeat(_unread_shares(weeks) @ self._tier_usd, NEW // len(IDLE)), frequent)
        return unread + self.model.read * (frequent - unread) / 2

    @property
    def _tier_usd(self) -> Floats:
        return floats([self.prices.usd(Kind.STORAGE, tier) for tier in Tier])

    def _retrieval(self, number: int) -> float:
        return self.prices.usd(Kind.RETRIEVAL, WATERFALL[number]) if number in (INFREQUENT, INSTANT) else 0.0

    @cached_property
    def _fees(self) -> dict[int, Floats]:
        """By the class that is moved to: (states, sizes, places)."""
        return {to: np.stack([self._fee_or_never(place, to) for place in range(len(PLACES))], 2) for to in ENTERED}

    def _fee_or_never(self, place: int, to: int) -> Floats:
        if PLACES[place][0] == to:
            return np.full((STATES, len(self.size)), np.inf)
        return self._fee(place, to)

    def _fee(self, place: int, to: int) -> Floats:
        """(states, sizes): USD to move there; none where no lifecycle rule may."""
        number, weeks = PLACES[place]
        size = self.size[None, :]
        owed = max(0, int(LEAST_DAYS[number]) - WEEK * weeks) * 12 / 365
        leaving = size * owed * self._kept(number)[0] if owed else 0 * size
        if (number, to) in MAY_FALL:
            young = (np.arange(STATES) % SHAPE[2] < _OLD_ENOUGH) & (to == INFREQUENT)
            return leaving + np.where(young, np.inf, self.prices.usd(Kind.TRANSITION, WATERFALL[to]))[:, None]
        copying = self.prices.usd(Kind.PUT, WATERFALL[to]) + size * self._retrieval(number)
        return leaving + copying + np.zeros((STATES, 1))
