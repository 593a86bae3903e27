"""Bins: percentiles from counts in logarithmic bins, which add up over any period."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import NDArray

#: Each bin reaches to this many times where it begins; so a percentile is off by less than a tenth.
STEP = 1.1

Ints = NDArray[np.int64]
_SHARES = (0.5, 0.95, 0.99)


@dataclass(frozen=True)
class Percentiles:
    """Of some requests, half, 95 and 99 in 100 are not above these."""

    p50: float
    p95: float
    p99: float


def in_columns(row: Ints, bins: Ints, requests: Ints, rows: int) -> Ints:
    """Requests in a matrix: those in the same bin in one column, the columns in the order of what lies in the bins.

    Of each row every bin is told once at most. The first column is that of 0, the second that of 1 and below.
    """
    columns = np.where(bins < 0, 1, bins + (bins > 0))
    counts = np.zeros((rows, max(columns.max(initial=0), 1) + 1), np.int64)
    counts[row, columns] = requests
    return counts


def percentiles(counts: Ints) -> list[Percentiles | None]:
    """Of each row; None where it has no requests."""
    until = counts.cumsum(axis=1)
    each = zip(*(_quantiles(counts, until, share) for share in _SHARES), strict=True)
    return [Percentiles(*found) if known else None for found, known in zip(each, until[:, -1].tolist(), strict=True)]


def _quantiles(counts: Ints, until: Ints, share: float) -> list[float]:
    """Within a bin requests are taken to lie evenly on the logarithmic scale."""
    wanted = share * until[:, -1]
    column = np.argmax(until >= wanted[:, None], axis=1)
    row = np.arange(len(counts))
    inside = np.maximum(counts[row, column], 1)
    place = column - 2 + (wanted - (until[row, column] - counts[row, column])) / inside
    found = [STEP**exponent for exponent in place.tolist()]
    return [value if at > 1 else float(at) for at, value in zip(column.tolist(), found, strict=True)]


def shares_above(counts: Ints, value: float) -> Sequence[float | None]:
    """Which share of each row's requests is above a value; None where it has none."""
    place = log(value, STEP) if value > 0 else -inf
    parts = np.clip(np.arange(counts.shape[1]) - 1 - place, 0.0, 1.0)
    parts[:2] = 0.0, float(place < 0)
    whole, cut = parts == 1, (parts > 0) & (parts < 1)
    above = counts[:, whole].sum(axis=1) + (counts[:, cut] * parts[cut]).sum(axis=1)
    requests = counts.sum(axis=1).tolist()
    return [some / of if of else None for some, of in zip(above.tolist(), requests, strict=True)]
