"""Earlier: what forecasts of series from their earlier days missed, of many series at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.forecasting.level import WEEK, quiet
from core.forecasting.model import expected
from core.forecasting.robust import Array
from core.forecasting.windows import History, days_after, scale, windows_before

_SOME, _ENOUGH = 4 * WEEK, 8 * WEEK  #: days of history from which an earlier forecast is made
_STEP, _ORIGINS = 3, 42  #: days from one earlier forecast to the next, and how many are made at most
_NEAR = 60  #: days ahead up to which that is so; twice as far, twice as many days
_GROWN = 4.0  #: times by which a series may have grown since an earlier forecast

Range = tuple[int, int]  # days ahead, 0 the first; the end is not included


@dataclass(frozen=True)
class Past:
    """What earlier forecasts of some series missed, each in units of its series' scale; NaN where none was made, or
    nothing is known yet.
    """

    days: Array  #: (series, origins, h): |actual - expected|
    totals: Array  #: (series, origins, h): the same of the sums up to each day
    ranges: Array  #: (series, origins, ranges): the same of the sums of some days
    made: NDArray[np.intp]  #: (series,): how many there were
    step: int  #: days from one of them to the next

    def some(self, chosen: NDArray[np.intp]) -> "Past":
        """Of some of the series."""
        return Past(self.days[chosen], self.totals[chosen], self.ranges[chosen], self.made[chosen], self.step)


def together(pasts: Sequence[Past]) -> Past:
    """What earlier forecasts of several series missed, as if they were one."""
    days, totals, ranges = (
        np.concatenate([each.reshape(1, len(each) * _ORIGINS, each.shape[2]) for each in some], axis=1)
        for some in zip(*((past.days, past.totals, past.ranges) for past in pasts), strict=True)
    )
    return Past(days, totals, ranges, np.array([sum(past.made.sum() for past in pasts)]), pasts[0].step)


def look_back(history: History, h: int, ranges: Sequence[Range] = ()) -> Past:
    """Forecast series from their earlier days, and compare.

    Of sums, a day far from all others counts as far as three times any other: what came once or twice would widen the
    sums of months.
    """
    ago = earlier_days(h)
    least = np.clip(history.lengths // 2, _SOME, _ENOUGH)
    of, turn = np.nonzero(history.lengths[:, None] - ago >= least[:, None])
    back = ago[turn]
    middle = expected(windows_before(history.rows, of, back), history.after[of] - back, h)
    with quiet():
        unit = _units(windows_before(history.calm, of, back), history.scale[of])
        missed = np.abs(days_after(history.rows, of, back, h) - middle)
        sums = _Sums.of(days_after(history.calm, of, back, h) - middle, back)
        made = np.bincount(of, minlength=len(history.rows))
        days, totals, of_ranges = (
            _placed(each / unit, of, turn, len(made))
            for each in (missed, sums.of_ranges([(0, n + 1) for n in range(h)]), sums.of_ranges(ranges))
        )
        return Past(days, totals, of_ranges, made, int(ago[0]))


def earlier_days(h: int) -> NDArray[np.intp]:
    """How many days ago earlier forecasts are made. Who looks far ahead looks back as far: from days that lie wider
    apart.
    """
    return _STEP * -(-h // _NEAR) * np.arange(1, _ORIGINS + 1)


def _units(windows: Array, now: Array) -> Array:
    """The scale of each window; of times when a series was far smaller than now, not all: what was missed while it
    took off would count a hundred times.
    """
    unit = scale(windows)
    return np.where(unit > 0, np.fmax(unit, now / _GROWN), np.nan)[:, None]


def _placed(found: Array, of: NDArray[np.intp], turn: NDArray[np.intp], series: int) -> Array:
    placed = np.full((series, _ORIGINS, found.shape[1]), np.nan)
    placed[of, turn] = found
    return placed


@dataclass(frozen=True)
class _Sums:
    """What forecasts missed, added up from the first day on."""

    missed: Array  #: (forecasts, h + 1): up to each day, of those that are known
    known: Array  #: (forecasts, h + 1): how many these are
    passed: NDArray[np.intp]  #: (forecasts,): days that are over

    @classmethod
    def of(cls, missed: Array, passed: NDArray[np.intp]) -> "_Sums":
        start, known = np.zeros((len(missed), 1)), ~np.isnan(missed)
        summed, counted = (
            np.concatenate([start, np.cumsum(each, axis=1)], axis=1) for each in (np.where(known, missed, 0.0), known)
        )
        return cls(summed, counted, passed)

    def of_ranges(self, ranges: Sequence[Range]) -> Array:
        """Of some days each, without a sign; days in between that are not known are taken to be like the others, up to
        half of them.
        """
        starts, ends = (np.array(each, dtype=np.intp) for each in (zip(*ranges, strict=True) if ranges else ((), ())))
        days, known = ends - starts, self.known[:, ends] - self.known[:, starts]
        found = np.abs(self.missed[:, ends] - self.missed[:, starts]) * days / known
        return np.where((ends <= self.passed[:, None]) & (2 * known >= days), found, np.nan)
