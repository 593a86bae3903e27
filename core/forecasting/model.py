"""The model: what the next days of many series will be, by where each stands, its week, its trend and its fees."""

import numpy as np

from core.forecasting.charges import Days, first_charge, is_first
from core.forecasting.level import DAYS, Array, Calm, has_stopped, level, quiet, rhythm, trend


def expected(windows: Array, nexts: Days, h: int) -> Array:
    """The middle of what is expected on the h days from `nexts`, the day after each window: (windows, h).

    A window is the row of `DAYS` values before that day, NaN where there is none; at least 28 of them are known.
    A series that was never below 0 is not expected to be, and one that has stopped is expected not to come back.
    """
    with quiet():
        week = rhythm(windows)
        steady = week.without(windows)
        past = nexts[:, None] + np.arange(-DAYS, 0)
        ahead = nexts[:, None] + np.arange(h)
        charge = first_charge(steady, past)[:, None]
        calm = Calm.of(steady - charge * is_first(past))
        middle = level(calm)[:, None] + trend(calm).rise(h) + charge * is_first(ahead)
        found = week.onto(middle)
        never_below = np.nanmin(windows, axis=1, keepdims=True) >= 0
        found = np.where(has_stopped(windows)[:, None], 0.0, found)
    return np.where(never_below, np.maximum(found, 0.0), found)
