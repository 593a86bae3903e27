"""Windows: the half year before days that are forecast from, and how much a series differs from week to week in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.forecasting.charges import Days
from core.forecasting.level import DAYS, WEEK, around, has_stopped, quiet
from core.forecasting.robust import Array, median, without_spikes
from core.forecasting.series import Series

_LATELY = 8 * WEEK
_TIMES = 4.0  #: as wild as lately it may become again


@dataclass(frozen=True)
class History:
    """The last days of some series as rows, the newest day last."""

    rows: Array  #: (series, days); NaN before a series begins
    lengths: NDArray[np.intp]  #: (series,): days that each has in all
    after: Days  #: (series,): the day behind its last one

    @classmethod
    def of(cls, series: Sequence[Series], days: int) -> "History":
        """So many days before the last window of each."""
        rows = np.full((len(series), days + DAYS), np.nan)
        for row, each in zip(rows, series, strict=True):
            late = each.values[-len(row) :]
            row[len(row) - len(late) :] = late
        lengths = np.array([len(each.values) for each in series], dtype=np.intp)
        return cls(rows, lengths, np.array([each.after for each in series], dtype="M8[D]"))

    @cached_property
    def calm(self) -> Array:
        """The rows, but for single days far from all others."""
        with quiet():
            return without_spikes(self.rows, around(self.rows))

    @cached_property
    def windows(self) -> Array:
        """The last one of each series."""
        return self.rows[:, -DAYS:]

    @cached_property
    def scale(self) -> Array:
        """What bands of each series are measured in."""
        return scale(self.calm[:, -DAYS:])


def windows_before(rows: Array, of: NDArray[np.intp], ago: NDArray[np.intp]) -> Array:
    """The windows of some rows that end so many days before their ends."""
    return np.lib.stride_tricks.sliding_window_view(rows, DAYS, axis=1)[of, rows.shape[1] - DAYS - ago]


def days_after(rows: Array, of: NDArray[np.intp], ago: NDArray[np.intp], h: int) -> Array:
    """The h days behind these windows; NaN beyond the ends."""
    wide = np.pad(rows, ((0, 0), (0, h)), constant_values=np.nan)
    return np.lib.stride_tricks.sliding_window_view(wide, h, axis=1)[of, rows.shape[1] - ago]


def window_rows(values: Array, ends: np.ndarray) -> Array:
    """The windows that end before each of these places."""
    wide = np.concatenate([np.full(DAYS, np.nan), values])
    return np.lib.stride_tricks.sliding_window_view(wide, DAYS)[ends]


def nexts(after: np.datetime64, length: int, ends: np.ndarray) -> Days:
    """The days that these places of a series of this length are."""
    return after + (ends - length)


def weekly_difference(windows: Array) -> Array:
    """How much values usually differ from those a week before, for each window; where no two days lie a week apart,
    what two of its days would, if they had nothing to do with each other.
    """
    with quiet():
        weekly = np.nanmean(np.abs(windows[:, WEEK:] - windows[:, :-WEEK]), axis=1)
        apart = np.abs(windows - median(windows)[:, None])
        return np.where(np.isnan(weekly), np.sqrt(2) * np.nanmean(apart, axis=1), weekly)


def scale(windows: Array) -> Array:
    """The same as what bands are measured in: of a series that has calmed down, at most some times what it is lately;
    nothing of one that has stopped.
    """
    lately = _TIMES * weekly_difference(windows[:, -_LATELY:])
    return np.where(has_stopped(windows), 0.0, np.fmin(weekly_difference(windows), lately))
