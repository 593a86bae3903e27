"""Odd days: which ones ours tells, and which ones a robust z-score of the same weekday does."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from core.forecasting.level import MAD, WEEK, Array, quiet
from core.forecasting.odd_days import LEAST_DAYS, odd_days
from core.forecasting.series import Series, read_series

_WEEKS, _LEAST_WEEKS = 8, 4  #: that a weekday is compared with
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
    scored = {each.unique_id: _scored(each) for each in series}
    return [
        {"far": far, "share": share, "told": {name: _beyond(*found, far, share) for name, found in scored.items()}}
        for far, share in product(_FAR, _SHARES)
    ]


def _scored(series: Series) -> tuple[Array, Array]:
    """For each day, how many usual deviations it lies from the median of that weekday's last eight, and which share."""
    wide = np.concatenate([np.full(_WEEKS * WEEK, np.nan), series.values])
    before = np.stack([wide[weeks * WEEK : weeks * WEEK + len(series.values)] for weeks in range(_WEEKS)])
    with quiet():
        before = np.where(np.sum(~np.isnan(before), axis=0) >= _LEAST_WEEKS, before, np.nan)
        middle = np.nanmedian(before, axis=0)
        usual = MAD * np.nanmedian(np.abs(before - middle), axis=0)
        off = np.abs(series.values - middle)
        return off / np.maximum(usual, 1e-9), off / np.abs(middle)


def _beyond(score: Array, share: Array, far: float, least: float) -> list[int]:
    places = np.flatnonzero((score > far) & (share > least))
    return places[places >= LEAST_DAYS].tolist()
