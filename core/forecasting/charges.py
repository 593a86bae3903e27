"""Charges that fall on the first of each month: fees, support, commitments."""

import numpy as np
from numpy.typing import NDArray

from core.forecasting.level import MAD, Array
from core.forecasting.robust import median

Days = NDArray[np.datetime64]

_AROUND = np.array([-3, -2, -1, 1, 2, 3])
_LATEST = 4  #: months that are looked at
_ALIKE = 0.5  #: of the middle charge may a charge differ and still agree
_CLEAR = 4.0  #: spreads of a usual day, above which a charge is none by chance


def is_first(days: Days) -> NDArray[np.bool_]:
    """Which days are the first of a month."""
    return days == days.astype("M8[M]").astype("M8[D]")


def first_charge(steady: Array, days: Days) -> Array:
    """What the first of a month has more than the days around it, for each window without a rhythm; 0 where that is
    not so in at least two months alike. `days` are the days of the values, in their shape.
    """
    found = _excess(steady, is_first(days))
    middle = median(found)
    alike = np.sum(np.abs(found - middle[:, None]) <= _ALIKE * np.abs(middle)[:, None], axis=1)
    months = np.sum(~np.isnan(found), axis=1)
    usual = MAD * median(np.abs(np.diff(steady, axis=1)))
    clear = np.abs(middle) > _CLEAR * usual
    return np.where((alike >= 2) & (2 * alike > months) & clear, middle, 0.0)


def _excess(steady: Array, firsts: NDArray[np.bool_]) -> Array:
    """The latest firsts of each window against the middle of the days around them; NaN where there are fewer."""
    window, at = np.nonzero(firsts[:, 3:-3])
    at = at + 3
    excess = steady[window, at] - median(steady[window[:, None], at[:, None] + _AROUND])
    found = np.full((len(steady), _LATEST), np.nan)
    nth_last = np.bincount(window, minlength=len(steady))[window] - 1 - _nth(window)
    late = nth_last < _LATEST
    found[window[late], nth_last[late]] = excess[late]
    return found


def _nth(sorted_ids: NDArray[np.intp]) -> NDArray[np.intp]:
    """0, 1, 2 ... within each run of equal ids."""
    starts = np.flatnonzero(np.diff(sorted_ids, prepend=-1))
    runs = np.diff(np.append(starts, len(sorted_ids)))
    return np.arange(len(sorted_ids)) - np.repeat(starts, runs)
