"""Rolling origins: series cut at days that are forecast from, and how good forecasts of what came were."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from core.forecasting.level import WEEK, Array, quiet
from core.forecasting.series import Series

HISTORY, AHEAD, TURNS = 180, 30, 24  #: days known, days forecast, and how often each series is forecast at most
LATE = slice(23, 30)  #: days 24 to 30
_GAPS = WEEK  #: days of four weeks that may be unknown


@dataclass(frozen=True)
class Cut:
    """One series up to a day, and what came."""

    history: Series
    actual: Array

    @property
    def unit(self) -> float:
        """How much days of the history differ from those a week before: what errors are measured in."""
        with quiet():
            return float(np.nanmean(np.abs(self.history.values[WEEK:] - self.history.values[:-WEEK])))


def turns(series: Iterable[Series]) -> list[list[Cut]]:
    """All series are forecast together, once from their latest possible day, and then from earlier ones: evenly over
    all of a series, but at least as far apart as is forecast.
    """
    cuts = [_cuts(each) for each in series]
    return [[each[turn] for each in cuts if turn < len(each)] for turn in range(max(map(len, cuts)))]


def _cuts(series: Series) -> list[Cut]:
    latest = len(series.values) - AHEAD
    step = max(AHEAD, (latest - HISTORY) // (TURNS - 1))
    cuts = [_cut(series, origin) for origin in range(latest, HISTORY - 1, -step)]
    return [cut for cut in cuts if _known(cut)]


def _cut(series: Series, origin: int) -> Cut:
    start = origin - HISTORY
    history = Series(series.unique_id, series.first + timedelta(start), series.values[start:origin])
    return Cut(history, series.values[origin : origin + AHEAD])


def _known(cut: Cut) -> bool:
    gaps = max(np.isnan(cut.history.values[-4 * WEEK :]).sum(), np.isnan(cut.actual).sum())
    return bool(gaps <= _GAPS and not np.isnan(cut.history.values[-1]))


def write_series(path: Path, series: Iterable[Series]) -> Path:
    """A CSV file with the columns unique_id, ds, y; y is empty where it is not known."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("unique_id", "ds", "y"))
        for each in series:
            for number, value in enumerate(each.values.tolist()):
                rows.writerow((each.unique_id, each.first + timedelta(number), "" if np.isnan(value) else value))
    return path


@dataclass(frozen=True)
class Scores:
    """Means over series of the means over their forecasts, so that each series counts the same."""

    forecasts: int
    series: int
    mase: float  #: mean absolute error, in the history's units
    covered: dict[int, float]  #: share of days within each level's band
    late_covered: dict[int, float]  #: the same of days 24 to 30
    total_error: float  #: of the sum of all days, as a share of it
    totals_covered: dict[int, float]  #: share of sums within their bands; NaN where a contender has none


def score(cut: Sequence[Sequence[Cut]], told: Sequence[Mapping[str, Any]], levels: Sequence[int]) -> Scores:
    """How good the answers of one contender were; one of each turn, by series: mean, lo-80, ..., total-lo-80, ..."""
    by_series: dict[str, list[Array]] = {}
    for cuts, answers in zip(cut, told, strict=True):
        for each in cuts:
            by_series.setdefault(each.history.unique_id, []).append(_row(each, answers[each.history.unique_id], levels))
    with quiet():
        means = np.nanmean([np.nanmean(rows, axis=0) for rows in by_series.values()], axis=0).tolist()
    mase, total, *shares = means
    days, late, totals = (dict(zip(levels, shares[n::3], strict=True)) for n in range(3))
    return Scores(sum(map(len, by_series.values())), len(by_series), mase, days, late, total, totals)


def _row(cut: Cut, answer: Mapping[str, Any], levels: Sequence[int]) -> Array:
    """Error, error of the sum, and for each level: days inside, late days inside, sum inside. NaN: not known."""
    with quiet():
        missed, total = np.nanmean(np.abs(cut.actual - answer["mean"])) / cut.unit, cut.actual.sum()
        found = [missed, abs(np.sum(answer["mean"]) - total) / abs(total)]
        for level in levels:
            inside = _inside(cut.actual, answer[f"lo-{level}"], answer[f"hi-{level}"])
            sums = _inside(total, answer.get(f"total-lo-{level}", np.nan), answer.get(f"total-hi-{level}", np.nan))
            found += [np.nanmean(inside), np.nanmean(inside[LATE]), float(sums)]
    return np.array(found)


def _inside(actual: Any, lo: Any, hi: Any) -> Array:
    unknown = np.isnan(actual) | np.isnan(lo) | np.isnan(hi)
    return np.where(unknown, np.nan, (actual >= np.asarray(lo)) & (actual <= np.asarray(hi)))
