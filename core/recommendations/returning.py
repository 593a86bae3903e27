"""Returning: which videos lie where reads cost extra, and have been read so much since that they had better come back.

It is what the simulated policies do (`policies/guard.py`), of objects where they really lie: the same ledger, kept
since the day on which each came there, with the same model saying what was to be expected.
"""

from dataclasses import dataclass

import numpy as np

from core.recommendations.history import History
from core.recommendations.policies.fits import Fits
from core.recommendations.policies.guard import Guard
from core.recommendations.policies.habits import WEEK, habits_of
from core.recommendations.policies.learned import Learned
from core.recommendations.policies.places import ENTERED
from core.recommendations.policies.walk import Week
from core.recommendations.simulator.arrays import Bools, Floats, Ints, floats, ints
from core.recommendations.simulator.classes import tiered
from core.recommendations.simulator.prices import S3Prices


@dataclass(frozen=True)
class Ledger:
    """By video, in USD."""

    owing: Floats  #: what reads have cost beyond what storage has cost less there, since it came there
    borne: Floats  #: how much of that is borne before it comes back

    @property
    def due(self) -> Bools:
        """Which ones come back."""
        return (self.borne > 0) & (self.owing >= self.borne)


def ledger_of(history: History, prices: S3Prices, number: int, since: Ints) -> Ledger:
    """Of a class in which each object lies since a day. A video's renditions are moved, and so reckoned, together."""
    guard = _kept_since(history, prices, number, since)
    large, group = tiered(history.catalogue.size), history.catalogue.group
    owing, borne = (
        floats(np.bincount(group[large], each[large], len(history.videos))) for each in guard.reckoned(history.end)
    )
    return Ledger(owing, borne)


def _kept_since(history: History, prices: S3Prices, number: int, since: Ints) -> Guard:
    """After all days of the history; weeks are such that one ends with it."""
    catalogue, guard = history.catalogue, Guard(history.catalogue, prices)
    aligned = history.end - WEEK * ((history.end - history.first) // WEEK)
    habits = habits_of(catalogue, history.first, aligned, history.end)
    learned = Learned(catalogue, habits, Fits(catalogue, habits, prices), history.first)
    guard.moved(np.arange(len(catalogue)), np.full(len(catalogue), number), since)
    for week in range(len(habits.states)):
        day = habits.day_of(week)
        there = ints(np.flatnonzero((catalogue.created < day) & tiered(catalogue.size)))
        of = Week(week, day, there, np.full(len(there), ENTERED[number]), np.zeros(len(there), bool))
        learned.targets(of)  # it looks at the weeks before, and may find that its model is wrong
        guard.begin(there, learned.outlook(of))
        for each in range(day + 1, day + WEEK + 1):
            guard.due(each)
    return guard
