"""Forecasts: what daily series will come to, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.forecasting.bands import (
    Past,
    Range,
    Widths,
    between,
    look_back,
    nexts,
    scale,
    together,
    unseen,
    widths,
    window_rows,
)
from core.forecasting.level import WEEK, Array
from core.forecasting.model import expected
from core.forecasting.series import LeftOut, Series

LEAST_DAYS = 4 * WEEK  #: of history
_LEAST_KNOWN = 2 * WEEK  #: of the last four weeks
#: Series whose earlier forecasts tell what is usual; of more, as many that lie evenly among them.
_POOLED = 200


@dataclass(frozen=True)
class Band:
    """What holds so many of a hundred, by earlier forecasts; NaN where there was none."""

    lo: Array
    hi: Array


@dataclass(frozen=True)
class Forecast:
    """What a series will come to on each of the next days."""

    unique_id: str
    first: date  #: the day behind the last known one
    mean: Array  #: (h,)
    days: dict[int, Band]  #: by level in percent: (h,) each
    totals: dict[int, Band]  #: the same of the sums of the days up to each
    ranges: dict[int, Band]  #: the same of the sums of some days, as they were asked for
    earlier: int  #: forecasts of the same series that the bands are made of


@dataclass(frozen=True)
class Answer:
    """What can be said of some series."""

    forecasts: tuple[Forecast, ...]
    left_out: tuple[LeftOut, ...]


def forecast(
    series: Sequence[Series], h: int = 30, levels: Sequence[int] = (80, 95), ranges: Sequence[Range] = ()
) -> Answer:
    """The next h days of each series, and the sums of some ranges of them. Bands are as wide as forecasts made from
    its earlier days were wrong, half by its own, half by those of all series together; those of sums by the sums.

    The one place that knows the model: whoever has a better one puts it here.
    """
    wrong = {each.unique_id: reason for each in series if (reason := _too_little(each))}
    fit = [each for each in series if each.unique_id not in wrong]
    pasts = [look_back(each.values, each.after, h, ranges) for each in fit]
    shares = [level / 100 for level in levels]
    usual = _usual(pasts, shares, h, ranges)
    found = [
        _forecast(each, past, between(widths(past, shares, ranges), usual), h, levels, ranges)
        for each, past in zip(fit, pasts, strict=True)
    ]
    return Answer(tuple(found), tuple(LeftOut(unique_id, reason) for unique_id, reason in wrong.items()))


def _usual(pasts: Sequence[Past], shares: Sequence[float], h: int, ranges: Sequence[Range]) -> Widths:
    guessed = unseen(shares, h, ranges)
    if not pasts:
        return guessed
    known = widths(together(pasts[:: -(-len(pasts) // _POOLED)]), shares, ranges)
    return Widths(
        np.where(np.isnan(known.days), guessed.days, known.days),
        np.where(np.isnan(known.totals), guessed.totals, known.totals),
        np.where(np.isnan(known.ranges), guessed.ranges, known.ranges),
    )


def _too_little(series: Series) -> str:
    days, known = len(series.values), int(np.sum(~np.isnan(series.values[-LEAST_DAYS:])))
    if days < LEAST_DAYS:
        return f"It begins on {series.first}: {days} days are too few, {LEAST_DAYS} are needed."
    if known < _LEAST_KNOWN:
        return f"Only {known} of its last {LEAST_DAYS} days are known; {_LEAST_KNOWN} are needed."
    return ""


def _forecast(
    series: Series, past: Past, width: Widths, h: int, levels: Sequence[int], ranges: Sequence[Range]
) -> Forecast:
    ends = np.array([len(series.values)])
    window = window_rows(series.values, ends)
    mean = expected(window, nexts(series.after, len(series.values), ends), h)[0]
    unit, least = scale(window)[0], 0.0 if np.nanmin(series.values) >= 0 else -np.inf
    sums = np.array([mean[start:end].sum() for start, end in ranges])
    return Forecast(
        series.unique_id,
        series.first + timedelta(len(series.values)),
        mean,
        {level: _band(mean, unit * half, least) for level, half in zip(levels, width.days, strict=True)},
        {level: _band(np.cumsum(mean), unit * half, least) for level, half in zip(levels, width.totals, strict=True)},
        {level: _band(sums, unit * half, least) for level, half in zip(levels, width.ranges, strict=True)},
        len(past.days),
    )


def _band(middle: Array, half: Array, least: float) -> Band:
    return Band(np.maximum(middle - half, least), middle + half)
