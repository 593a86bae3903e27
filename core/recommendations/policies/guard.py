"""Guard: what lies where reads cost extra is brought back once its reads have cost a few times what that costs.

Whoever rents until the rent has come to the price, and buys then, pays a small multiple of what somebody who knew it
all would have paid, whatever comes; so does an object whose reads cost extra, whatever a model expects of it. What its
storage has cost less is taken off, as far as Intelligent-Tiering would not have come to cost as little by itself.
"""

from dataclasses import dataclass

import numpy as np

from core.recommendations.policies.drift import is_alarming
from core.recommendations.simulator.arrays import Bools, Floats, Ints, floats, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import (
    INFREQUENT,
    INSTANT,
    LEAST_DAYS,
    MAY_FALL,
    TIERING,
    TO_ARCHIVE_INSTANT_DAYS,
    TO_INFREQUENT_DAYS,
)
from core.recommendations.simulator.meters import Kind, Tier
from core.recommendations.simulator.prices import S3Prices
from core.storage.waterfall import WATERFALL

#: The classes whose reads cost extra.
AGED = (INFREQUENT, INSTANT)
#: Reads may cost so many times what bringing back costs: while all are read as expected, as chance has a few more ...
_PATIENCE = 3.0
#: ... and while they are read far more.
_LITTLE_PATIENCE = 0.5
_DAYS_A_MONTH = 365 / 12


@dataclass(frozen=True)
class Outlook:
    """What whoever decides expects of a week."""

    read_bytes: Floats | None = None  #: of each of its objects; None: they have no idea
    is_warm: bool = False  #: cold objects are read far more than they expected


class Guard:
    """Of a catalogue's objects, day by day."""

    def __init__(self, catalogue: Catalogue, prices: S3Prices) -> None:
        n, reads = len(catalogue), catalogue.reads
        self._size, self._reads, self._costs = catalogue.size, reads, _Costs(prices)
        self._lies = np.full(n, -1)  #: the class that each lies in, or -1 where reads cost nothing extra
        self.since = np.full(n, -1)  #: day of its last move
        self._until = np.zeros(n, np.int64)  #: day until which it is reckoned
        self._owing = np.zeros(n)  #: USD that reads have cost beyond what storage has cost less
        self.back: Bools = np.zeros(n, bool)  #: has been brought back from where reads cost extra, by whomever
        self._order = np.argsort(reads.day, kind="stable")
        self._days = reads.day[self._order]
        self._expected, self._read, self._readers, self._is_warm = np.inf, 0.0, 0, False

    def begin(self, objects: Ints, outlook: Outlook) -> None:
        """A week begins, of which somebody expects something."""
        self._read, self._readers, self._is_warm = 0.0, 0, outlook.is_warm
        there = self._lies[objects] >= 0
        self._expected = np.inf if outlook.read_bytes is None else float(outlook.read_bytes[there].sum())

    def moved(self, objects: Ints, into: Ints, day: Ints | int) -> None:
        """Objects have come into classes."""
        if not len(objects):
            return
        aged = np.isin(into, AGED)
        self.back[objects[(self._lies[objects] >= 0) & ~aged]] = True
        self._lies[objects] = np.where(aged, into, -1)
        self.since[objects] = self._until[objects] = day
        self._owing[objects] = 0.0

    def due(self, day: int) -> Ints:
        """Objects to be brought back on a day, by the reads of the days before it."""
        rows = self._order[np.searchsorted(self._days, day - 1) : np.searchsorted(self._days, day)]
        there = self._reads.object[rows]
        rows = rows[(self._lies[there] >= 0) & (self.since[there] < day)]  # a read may be told of before its object is
        if not len(rows):
            return ints([])
        self._see(rows)
        objects = ints(self._reads.object[rows])
        fees = self._costs.fees(self._lies[objects], self._reads.gets[rows], self._reads.bytes[rows])
        self._owing[objects] = self._owed(objects, day) + fees
        self._until[objects] = day
        return objects[self._owing[objects] >= self._borne(objects, day)]

    def reckoned(self, day: int) -> tuple[Floats, Floats]:
        """By object: USD that it owes when a day begins, and from how many on it is brought back; none and infinitely
        many of what does not lie where reads cost extra."""
        owing, borne = np.zeros(len(self._lies)), np.full(len(self._lies), np.inf)
        there = ints(np.flatnonzero(self._lies >= 0))
        owing[there], borne[there] = self._owed(there, day), self._borne(there, day)
        return owing, borne

    def _owed(self, objects: Ints, day: int) -> Floats:
        days = day - self._until[objects]
        return floats(
            (self._owing[objects] - self._size[objects] * self._costs.saved(self._lies[objects], days)).clip(0)
        )

    def _borne(self, objects: Ints, day: int) -> Floats:
        most = _LITTLE_PATIENCE if self._is_warm else _PATIENCE
        return most * self._costs.back(self._lies[objects], self._size[objects], day - self.since[objects])

    def _see(self, rows: Ints) -> None:
        self._read += float(self._reads.bytes[rows].sum())
        self._readers += len(rows)
        self._is_warm = self._is_warm or is_alarming(self._read, self._readers, self._expected)


class _Costs:
    """USD by a class's number."""

    def __init__(self, prices: S3Prices) -> None:
        self._get, self._retrieval, self._storage, self._asked, self._read_out = np.zeros((5, len(WATERFALL)))
        for number in AGED:
            name = WATERFALL[number]
            self._get[number] = prices.usd(Kind.GET, name) - prices.usd(Kind.GET, WATERFALL[TIERING])
            self._retrieval[number] = prices.usd(Kind.RETRIEVAL, name)
            self._storage[number] = prices.usd(Kind.STORAGE, name) / _DAYS_A_MONTH
            falls = (number, TIERING) in MAY_FALL  # a lifecycle rule reads nothing
            self._asked[number] = prices.usd(Kind.TRANSITION if falls else Kind.PUT, WATERFALL[TIERING])
            self._read_out[number] = 0.0 if falls else self._retrieval[number]
        self._tiers = [prices.usd(Kind.STORAGE, tier) / _DAYS_A_MONTH for tier in Tier]

    def fees(self, lies: Ints, gets: Floats, read_bytes: Floats) -> Floats:
        """What reads cost more than in Intelligent-Tiering."""
        return gets * self._get[lies] + read_bytes * self._retrieval[lies]

    def saved(self, lies: Ints, days: Ints) -> Floats:
        """What a byte has cost less than in Intelligent-Tiering, which would have had it so long without a read."""
        first = np.minimum(days, TO_INFREQUENT_DAYS)
        then = np.minimum(days, TO_ARCHIVE_INSTANT_DAYS) - first
        tiered = first * self._tiers[0] + then * self._tiers[1] + (days - first - then) * self._tiers[2]
        return floats(tiered - days * self._storage[lies])

    def back(self, lies: Ints, size: Ints, days: Ints) -> Floats:
        """What it takes to leave a class after so many days there, with what is left of its least days."""
        owed = (LEAST_DAYS[lies] - days).clip(0) * self._storage[lies]
        return floats(self._asked[lies] + size * (self._read_out[lies] + owed))
