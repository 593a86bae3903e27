"""Tiering: in which of its tiers Intelligent-Tiering keeps objects, by how long nobody has read them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.recommendations.simulator.arrays import Ints, ints
from core.recommendations.simulator.classes import TO_ARCHIVE_INSTANT_DAYS, TO_INFREQUENT_DAYS
from core.recommendations.simulator.meters import Tier

_TIERS = (
    (Tier.FREQUENT, 0, TO_INFREQUENT_DAYS),
    (Tier.INFREQUENT, TO_INFREQUENT_DAYS, TO_ARCHIVE_INSTANT_DAYS),
    (Tier.ARCHIVE_INSTANT, TO_ARCHIVE_INSTANT_DAYS, None),
)


@dataclass(frozen=True)
class Idle:
    """Spans from a read, or from the stay's beginning, until the next read or the stay's end."""

    stay: Ints
    start: Ints
    end: Ints

    @classmethod
    def of(cls, since: Ints, end: Ints, read: Ints, day: Ints) -> "Idle":
        """Those of stays; `read` is the stay of each read, in the order of stays and then days."""
        places = np.searchsorted(read, np.arange(len(since)))
        stay = np.insert(read, places, np.arange(len(since)))
        start = np.insert(day, places, since)
        last = np.append(stay[1:] != stay[:-1], True)[: len(stay)]
        ends = np.where(last, end[stay], np.append(start[1:], 0)[: len(start)])
        return cls(ints(stay), ints(start), ints(ends))


def tier_spans(idle: Idle) -> Iterator[tuple[Tier, Idle]]:
    """What each span spends in each tier: a read brings an object back to the frequent one at once."""
    for tier, first, after in _TIERS:
        end = idle.end if after is None else np.minimum(idle.end, idle.start + after)
        start = idle.start + first
        there = end > start
        yield tier, Idle(idle.stay[there], start[there], end[there])
