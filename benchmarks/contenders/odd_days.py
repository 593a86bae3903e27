"""Odd days: which ones ours tells, and which ones a robust z-score of each weekday does."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from core.forecasting.level import MAD, WEEK, Array, quiet
from core.forecasting.odd_days import LEAST_DAYS, odd_days
from core.forecasting.series import Series, read_series

_WEEKS, _LEAST_WEEKS = (4, 8), 4  #: that a weekday is compared with
_USUAL = 8 * WEEK  #: days whose deviations tell what is usual
_FAR = tuple(np.arange(2, 12.1, 0.5).tolist())
_SHARES = (0.0, 0.1, 0.2, 0.3, 0.5)  #: of what was expected


def ours(file: str) -> dict[str, list[int]]:
    """Contender: the places of odd days, by series."""
    series, _ = read_series(Path(file))
    firsts = {each.unique_id: each.first for each in series}
    told: dict[str, list[int]] = {}
    for day in odd_days(series).days:
        told.setdefault(day.unique_id, []).append((day.day - firsts[day.unique_id]).days)
    return told


def weekday_z(file: str) -> list[dict[str, Any]]:
    """Contender: the same with every threshold, so that the best one can be chosen afterwards."""
    series, _ = read_series(Path(file))
    return [
        {"weeks": weeks, "far": far, "share": share, "told": {name: _beyond(*off, far, share) for name, off in scored}}
        for weeks in _WEEKS
        for scored in ([(each.unique_id, _scored(each, weeks)) for each in series],)
        for far, share in product(_FAR, _SHARES)
    ]


def _scored(series: Series, weeks: int) -> tuple[Array, Array]:
    """How far each day lies from the median of its weekday's last ones: in usual deviations, and as a share of it."""
    days = len(series.values)
    wide = np.concatenate([np.full(weeks * WEEK, np.nan), series.values])
    before = np.stack([wide[number * WEEK : number * WEEK + days] for number in range(weeks)])
    with quiet():
        enough = np.sum(~np.isnan(before), axis=0) >= _LEAST_WEEKS
        middle = np.where(enough, np.nanmedian(before, axis=0), np.nan)
        off = np.abs(series.values - middle)
        recent = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.full(_USUAL, np.nan), off]), _USUAL)[:-1]
        return off / np.maximum(MAD * np.nanmedian(recent, axis=1), 1e-9), off / np.abs(middle)


def _beyond(score: Array, share: Array, far: float, least: float) -> list[int]:
    places = np.flatnonzero((score > far) & (share > least))
    return places[places >= LEAST_DAYS].tolist()
