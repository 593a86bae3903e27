"""Bins: percentiles from counts in logarithmic bins, which add up over any period."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf, log

#: Each bin reaches to this many times where it begins; so a percentile is off by less than a tenth.
STEP = 1.1


@dataclass(frozen=True)
class Percentiles:
    """Of some requests, half, 95 and 99 in 100 are not above these."""

    p50: float
    p95: float
    p99: float


def percentiles(counts: Mapping[int, int]) -> Percentiles | None:
    """From requests by bin; None where there are none."""
    ordered = sorted(counts.items(), key=_order)
    until = list(accumulate(count for _, count in ordered))
    if not until or not until[-1]:
        return None
    return Percentiles(*(_quantile(ordered, until, share * until[-1]) for share in (0.5, 0.95, 0.99)))


def share_above(counts: Mapping[int, int], value: float) -> float | None:
    """Which share of some requests is above a value; None where there are none."""
    requests = sum(counts.values())
    place = log(value, STEP) if value > 0 else -inf
    return sum(count * _part_above(at, place) for at, count in counts.items()) / requests if requests else None


def _part_above(at: int, place: float) -> float:
    if at in (0, -1):
        return float(place < (0 if at else -inf))
    return min(max(at - place, 0.0), 1.0)


def _quantile(ordered: Sequence[tuple[int, int]], until: Sequence[int], wanted: float) -> float:
    """Within a bin requests are taken to lie evenly on the logarithmic scale."""
    place = bisect_left(until, wanted)
    at, count = ordered[place]
    if at == 0:
        return 0.0
    if at == -1:
        return 1.0
    return STEP ** (at - 1 + (wanted - (until[place] - count)) / count)


def _order(counted: tuple[int, int]) -> float:
    return 0.5 if counted[0] == -1 else counted[0]
