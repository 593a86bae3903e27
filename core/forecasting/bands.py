"""Bands: how wrong forecasts of the same series were from earlier days, and so how sure this one can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from core.forecasting.charges import Days
from core.forecasting.level import DAYS, WEEK, Array, quiet
from core.forecasting.model import expected

_SOME, _ENOUGH = 4 * WEEK, 8 * WEEK  #: days of history from which an earlier forecast is made
_STEP, _ORIGINS = 3, 42  #: days from one earlier forecast to the next, and how many are made at most
_NEAR = 60  #: days ahead up to which that is so; twice as far, twice as many days
_GROWN = 4.0  #: times by which a series may have grown since an earlier forecast
_ENDS = (7, 14, 21)  #: days ahead after which another bucket of errors begins

Range = tuple[int, int]  # days ahead, 0 the first; the end is not included


@dataclass(frozen=True)
class Past:
    """What earlier forecasts of one series missed, in units of its scale."""

    days: Array  #: (origins, h): |actual - expected|, NaN where it is not known yet
    totals: Array  #: (origins, h): the same of the sums up to each day
    ranges: Array  #: (origins, ranges): the same of the sums of some days
    step: int = _STEP  #: days from one of them to the next

    def spans(self, days: int) -> float:
        """How many stretches of so many days the earlier forecasts are worth; each may overlap half of the next."""
        return 2 * len(self.days) * self.step / max(days, 1)


def scale(windows: Array) -> Array:
    """How much values usually differ from those a week before, for each window; where no two days lie a week apart,
    what two of its days would, if they had nothing to do with each other.
    """
    with quiet():
        weekly = np.nanmean(np.abs(windows[:, WEEK:] - windows[:, :-WEEK]), axis=1)
        apart = np.abs(windows - np.nanmedian(windows, axis=1, keepdims=True))
        return np.where(np.isnan(weekly), np.sqrt(2) * np.nanmean(apart, axis=1), weekly)


def look_back(values: Array, after: np.datetime64, h: int, ranges: Sequence[Range] = ()) -> Past:
    """Forecast a series (ending on the day before `after`) from earlier days, and compare.

    Who looks far ahead looks back as far: from days that lie wider apart.
    """
    step = _STEP * -(-h // _NEAR)
    least = min(max(len(values) // 2, _SOME), _ENOUGH)
    ends = np.arange(len(values) - step, least - 1, -step)[:_ORIGINS]
    if not len(ends):
        return Past(np.empty((0, h)), np.empty((0, h)), np.empty((0, len(ranges))), step)
    windows = window_rows(values, ends)
    missed = _following(values, ends, h) - expected(windows, nexts(after, len(values), ends), h)
    with quiet():
        unit = _units(windows, values)
        sums = [np.abs(missed[:, start:end].sum(axis=1, keepdims=True)) / unit for start, end in ranges]
        of_ranges = np.concatenate([np.empty((len(ends), 0)), *sums], axis=1)
        return Past(np.abs(missed) / unit, np.abs(np.cumsum(missed, axis=1)) / unit, of_ranges, step)


def _units(windows: Array, values: Array) -> Array:
    """The scale of each window; of times when a series was far smaller than now, not all: what was missed while it
    took off would count a hundred times.
    """
    now = scale(window_rows(values, np.array([len(values)])))[0]
    unit = scale(windows)
    return np.where(unit > 0, np.fmax(unit, now / _GROWN), np.nan)[:, None]


def window_rows(values: Array, ends: np.ndarray) -> Array:
    """The windows that end before each of these places."""
    wide = np.concatenate([np.full(DAYS, np.nan), values])
    return np.lib.stride_tricks.sliding_window_view(wide, DAYS)[ends]


def nexts(after: np.datetime64, length: int, ends: np.ndarray) -> Days:
    """The days that these places of a series of this length are."""
    return after + (ends - length)


def _following(values: Array, ends: np.ndarray, h: int) -> Array:
    wide = np.concatenate([values, np.full(h, np.nan)])
    return np.lib.stride_tricks.sliding_window_view(wide, h)[ends]


@dataclass(frozen=True)
class Widths:
    """Half the width of bands, in units of a series' scale: (levels, h)."""

    days: Array  #: of each day
    totals: Array  #: of the sum up to each day
    ranges: Array  #: of the sum of some days: (levels, ranges)


def widths(past: Past, levels: Sequence[float], ranges: Sequence[Range] = ()) -> Widths:
    """Bands that would have held so many of earlier forecasts; NaN where none reached so far."""
    h = past.days.shape[1]
    days = np.empty((len(levels), h))
    for ahead in np.split(np.arange(h), [end for end in _ENDS if end < h]):
        days[:, ahead] = _held(past.days[:, ahead], levels, past.spans(_ENDS[0]))[:, None]
    totals = [_held(past.totals[:, n], levels, past.spans(n + 1)) for n in range(h)]
    sums = [_held(past.ranges[:, n], levels, past.spans(end - start)) for n, (start, end) in enumerate(ranges)]
    of_ranges = np.stack(sums, axis=1) if sums else np.empty((len(levels), 0))
    return Widths(np.maximum.accumulate(days, axis=1), np.stack(totals, axis=1), of_ranges)


def unseen(levels: Sequence[float], h: int, ranges: Sequence[Range] = ()) -> Widths:
    """What is taken where nothing is known: values wander by the scale in each week."""
    ahead = np.arange(1.0, h + 1)
    far = np.array([NormalDist().inv_cdf((1 + level) / 2) for level in levels])[:, None]
    days = far * np.sqrt(1 + ahead / WEEK)
    sums = [days[:, start:end].sum(axis=1, keepdims=True) for start, end in ranges]
    return Widths(days, days * ahead, np.concatenate([np.empty((len(levels), 0)), *sums], axis=1))


def between(own: Widths, all_: Widths) -> Widths:
    """Half of what one series asks for, half of what all do; where one has nothing to say, what the other one does."""
    return Widths(_half(own.days, all_.days), _half(own.totals, all_.totals), _half(own.ranges, all_.ranges))


def _half(own: Array, all_: Array) -> Array:
    return np.where(np.isnan(own), all_, np.where(np.isnan(all_), own, (own + all_) / 2))


def _held(missed: Array, levels: Sequence[float], spans: float) -> Array:
    """What so many do not go beyond; a little more, as earlier forecasts that overlap are one and the same."""
    known = missed[~np.isnan(missed)]
    if not len(known):
        return np.full(len(levels), np.nan)
    return np.quantile(known, np.minimum(np.asarray(levels) * (1 + 1 / max(spans, 1.0)), 1.0))


def together(pasts: Sequence[Past]) -> Past:
    """What earlier forecasts of several series missed."""
    return Past(
        np.concatenate([past.days for past in pasts]),
        np.concatenate([past.totals for past in pasts]),
        np.concatenate([past.ranges for past in pasts]),
        pasts[0].step,
    )
