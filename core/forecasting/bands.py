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
_ENDS = (7, 14, 21)  #: days ahead after which another bucket of errors begins


@dataclass(frozen=True)
class Past:
    """What earlier forecasts of one series missed, in units of its scale."""

    days: Array  #: (origins, h): |actual - expected|, NaN where it is not known yet
    totals: Array  #: (origins, h): the same of the sums up to each day

    def spans(self, days: int) -> float:
        """How many stretches of so many days the earlier forecasts are worth; each may overlap half of the next."""
        return 2 * len(self.days) * _STEP / days


def scale(windows: Array) -> Array:
    """How much values usually differ from those a week before, for each window."""
    with quiet():
        return np.nanmean(np.abs(windows[:, WEEK:] - windows[:, :-WEEK]), axis=1)


def look_back(values: Array, after: np.datetime64, h: int) -> Past:
    """Forecast a series (ending on the day before `after`) from earlier days, and compare."""
    least = min(max(len(values) // 2, _SOME), _ENOUGH)
    ends = np.arange(len(values) - _STEP, least - 1, -_STEP)[:_ORIGINS]
    if not len(ends):
        return Past(np.empty((0, h)), np.empty((0, h)))
    windows = window_rows(values, ends)
    missed = _following(values, ends, h) - expected(windows, nexts(after, len(values), ends), h)
    with quiet():
        unit = scale(windows)[:, None]
        unit = np.where(unit > 0, unit, np.nan)
        return Past(np.abs(missed) / unit, np.abs(np.cumsum(missed, axis=1)) / unit)


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


def widths(past: Past, levels: Sequence[float]) -> Widths:
    """Bands that would have held so many of earlier forecasts; NaN where none reached so far."""
    h = past.days.shape[1]
    days = np.empty((len(levels), h))
    for ahead in np.split(np.arange(h), [end for end in _ENDS if end < h]):
        days[:, ahead] = _held(past.days[:, ahead], levels, past.spans(_ENDS[0]))[:, None]
    totals = [_held(past.totals[:, n], levels, past.spans(n + 1)) for n in range(h)]
    return Widths(np.maximum.accumulate(days, axis=1), np.stack(totals, axis=1))


def unseen(levels: Sequence[float], h: int) -> Widths:
    """What is taken where nothing is known: values wander by the scale in each week."""
    ahead = np.arange(1.0, h + 1)
    far = np.array([NormalDist().inv_cdf((1 + level) / 2) for level in levels])[:, None]
    days = far * np.sqrt(1 + ahead / WEEK)
    return Widths(days, days * ahead)


def between(own: Widths, all_: Widths) -> Widths:
    """Half of what one series asks for, half of what all do; where one has nothing to say, what the other one does."""
    return Widths(_half(own.days, all_.days), _half(own.totals, all_.totals))


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
    return Past(np.concatenate([past.days for past in pasts]), np.concatenate([past.totals for past in pasts]))
