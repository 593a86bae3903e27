"""Bins: percentiles from counts in logarithmic bins, which add up over any period."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    if not sum(counts.values()):
        return None
    return Percentiles(*(_quantile(counts, share) for share in (0.5, 0.95, 0.99)))


def _quantile(counts: Mapping[int, int], share: float) -> float:
    """Within a bin requests are taken to lie evenly on the logarithmic scale."""
    wanted = share * sum(counts.values())
    below, at = 0, 0
    for at in sorted(counts, key=_order):
        if counts[at] and below + counts[at] >= wanted:
            break
        below += counts[at]
    if at == 0:
        return 0.0
    if at == -1:
        return 1.0
    return STEP ** (at - 1 + (wanted - below) / counts[at])


def _order(at: int) -> float:
    return 0.5 if at == -1 else at
