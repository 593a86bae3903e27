"""Backtest: how forecasts made from earlier days of a series compare with what came, and with the week before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.forecasting.forecast import Band, Forecast, forecast
from core.forecasting.level import WEEK, Array, quiet
from core.forecasting.series import LeftOut, Series
from core.forecasting.windows import weekly_difference, window_rows

_LEAST_DAYS = 12 * WEEK  #: of history before the first forecast
_ORIGINS = 6  #: days that are forecast from, at most
_LATE = 24  #: days ahead from which on it is told apart how many lie in the band
_ROUNDED = 1e-9  #: of a value: what sums in another order may differ by


@dataclass(frozen=True)
class Scores:
    """How good forecasts were; NaN where nothing could be compared."""

    forecasts: int
    mase: float  #: mean absolute error, in units of how much days differ from those a week before
    naive_mase: float  #: the same of the week before, repeated
    covered: dict[int, float]  #: share of days within each level's band
    late_covered: dict[int, float]  #: the same of days 24 and later
    totals_covered: dict[int, float]  #: share of sums within theirs
    total_error: float  #: mean absolute error of sums, as a share of the sum
    naive_total_error: float


@dataclass(frozen=True)
class Backtest:
    """How good forecasts of some series were."""

    scores: Scores
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Compared:
    """One forecast beside what came, and beside the week before it."""

    found: Forecast
    actual: Array
    naive: Array
    unit: float  #: how much days usually differ from those a week before

    def total_error(self, guessed: Array) -> float:
        """Of the sum of the days that are known, as a share of it; NaN where that is nothing."""
        known = ~np.isnan(self.actual)
        total = self.actual[known].sum()
        return float(abs(guessed[known].sum() - total) / abs(total)) if total else np.nan


def backtest(series: Sequence[Series], h: int = 30, levels: Sequence[int] = (80, 95)) -> Backtest:
    """Forecast from up to six days that lie h days apart, and each time all series together that were known by then."""
    least = _LEAST_DAYS + h
    left_out = [
        LeftOut(each.unique_id, f"It has {len(each.values)} days; {least} are needed.")
        for each in series
        if len(each.values) < least
    ]
    compared = list[_Compared]()
    for turn in range(1, _ORIGINS + 1):
        known = [each for each in series if len(each.values) >= _LEAST_DAYS + turn * h]
        compared += _compare(known, h, levels, turn * h)
    return Backtest(_scores(compared, levels), tuple(left_out))


def _compare(series: Sequence[Series], h: int, levels: Sequence[int], ago: int) -> list[_Compared]:
    """Forecasts that were made so many days before the end of each series."""
    earlier = {each.unique_id: replace(each, values=each.values[:-ago]) for each in series}
    came = {each.unique_id: each.values[len(each.values) - ago :][:h] for each in series}
    return [
        _Compared(found, came[id], np.resize(earlier[id].values[-WEEK:], h), _unit(earlier[id]))
        for found in forecast(list(earlier.values()), h, levels).forecasts
        for id in (found.unique_id,)
    ]


def _unit(series: Series) -> float:
    return float(weekly_difference(window_rows(series.values, np.array([len(series.values)])))[0])


def _scores(compared: Sequence[_Compared], levels: Sequence[int]) -> Scores:
    with quiet():
        return Scores(
            len(compared),
            _mean(_error(each, each.found.mean) for each in compared),
            _mean(_error(each, each.naive) for each in compared),
            {level: _mean(_inside(each.actual, each.found.days[level]) for each in compared) for level in levels},
            {
                level: _mean(_inside(each.actual, each.found.days[level])[_LATE - 1 :] for each in compared)
                for level in levels
            },
            {
                level: _mean(_inside(np.cumsum(each.actual), each.found.totals[level])[-1:] for each in compared)
                for level in levels
            },
            _mean(np.array([each.total_error(each.found.mean)]) for each in compared),
            _mean(np.array([each.total_error(each.naive)]) for each in compared),
        )


def _mean(found: Iterable[Array]) -> float:
    return float(np.nanmean(np.concatenate([np.empty(0), *found])))


def _error(each: _Compared, guessed: Array) -> Array:
    """NaN for a series that repeats itself from week to week, of which every error is infinitely large."""
    return np.abs(each.actual - guessed) / (each.unit or np.nan)


def _inside(actual: Array, band: Band) -> Array:
    """Whether it lies in the band; on its edge too, where digits of the sums that no figure has may differ."""
    slack = _ROUNDED * np.abs(actual)
    return np.where(np.isnan(actual), np.nan, (actual >= band.lo - slack) & (actual <= band.hi + slack))
