"""Bands: how wide they are, by how wrong forecasts from earlier days were, and so how sure one can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from core.forecasting.earlier import Past, Range
from core.forecasting.level import WEEK
from core.forecasting.robust import Array, quantiles

_ENDS = (7, 14, 21)  #: days ahead after which another bucket of errors begins


@dataclass(frozen=True)
class Widths:
    """Half the width of bands of some series, each in units of its scale."""

    days: Array  #: (series, levels, h): of each day
    totals: Array  #: (series, levels, h): of the sum up to each day
    ranges: Array  #: (series, levels, ranges): of the sum of some days


def widths(past: Past, levels: Sequence[int], ranges: Sequence[Range] = ()) -> Widths:
    """Bands that would have held so many of earlier forecasts; NaN where none reached so far."""
    h = past.days.shape[2]
    buckets = np.split(np.arange(h), [end for end in _ENDS if end < h])
    days = [
        _held(_of_bucket(past, ahead), past, np.array([_ENDS[0]]), levels).repeat(len(ahead), 2) for ahead in buckets
    ]
    lengths = np.array([end - start for start, end in ranges], dtype=np.intp)
    return Widths(
        np.maximum.accumulate(np.concatenate(days, axis=2), axis=2),
        _held(past.totals, past, np.arange(1, h + 1), levels),
        _held(past.ranges, past, lengths, levels),
    )


def _of_bucket(past: Past, ahead: NDArray[np.intp]) -> Array:
    """All errors of some days ahead, as those of one."""
    return past.days[:, :, ahead].reshape(len(past.days), -1, 1)


def _held(missed: Array, past: Past, days: NDArray[np.intp], levels: Sequence[int]) -> Array:
    """What so many do not go beyond: (series, forecasts, columns) give (series, levels, columns).

    A little more, as earlier forecasts that overlap are one and the same: of so many days of each column, all of them
    are worth some stretches, each of which may overlap half of the next.
    """
    stretches = np.maximum(2 * past.made[:, None] * past.step / np.maximum(days, 1), 1.0)
    shares = np.minimum(np.asarray(levels) / 100 * (1 + 1 / stretches[:, :, None]), 1.0)
    return quantiles(missed.swapaxes(1, 2), shares).swapaxes(1, 2)


def unseen(levels: Sequence[int], h: int, ranges: Sequence[Range] = ()) -> Widths:
    """What is taken of a series where nothing is known: its values wander by the scale in each week."""
    ahead = np.arange(1.0, h + 1)
    far = np.array([NormalDist().inv_cdf((1 + level / 100) / 2) for level in levels])[:, None]
    days = far * np.sqrt(1 + ahead / WEEK)
    sums = [days[:, start:end].sum(axis=1, keepdims=True) for start, end in ranges]
    of_ranges = np.concatenate([np.empty((len(levels), 0)), *sums], axis=1)
    return Widths(days[None], (days * ahead)[None], of_ranges[None])


def instead(known: Widths, guessed: Widths) -> Widths:
    """What is known, and what is guessed where nothing is."""
    pairs = ((known.days, guessed.days), (known.totals, guessed.totals), (known.ranges, guessed.ranges))
    return Widths(*(np.where(np.isnan(one), other, one) for one, other in pairs))


def between(own: Widths, all_: Widths) -> Widths:
    """Half of what each series asks for, half of what all do; where one has nothing to say, what the other one does."""
    return Widths(_half(own.days, all_.days), _half(own.totals, all_.totals), _half(own.ranges, all_.ranges))


def _half(own: Array, all_: Array) -> Array:
    return np.where(np.isnan(own), all_, np.where(np.isnan(all_), own, (own + all_) / 2))
