"""Level: where a daily series stands and goes, read off many windows of its past at once.

A window is a row of `DAYS` values that ends on the day before the first one to be forecast; days without a value are
NaN. Everything is robust: a single odd day moves nothing, a step is followed within a week.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.forecasting.robust import Array, median

WEEK = 7
DAYS = 26 * WEEK  #: what a forecast looks back on: half a year holds six first days of a month
_STOPPED = 4 * WEEK  #: days of nothing
_PROFILE = 8 * WEEK
_LEAST_ALIKE = 3  #: days of one weekday that tell what it is like
_HALF_LIVES = (1.5, 5.0, 15.0)  #: days after which an observation counts half as much
_SURE = 8  #: how much more those count that were less wrong
_CLIP = 3.0  #: spreads
_DAMPED, _LASTING = 0.9, 0.98  #: of a trend is left after each week, and of one that every week agrees with
_AGREE = 0.7  #: share of the weeks that have to go where the trend goes
MAD = 1.4826  #: makes a median deviation a standard one, of a normal distribution


@dataclass(frozen=True)
class Rhythm:
    """What a week looks like: one value for each day of the seven after the window, for each window."""

    factor: Array  #: (windows, 7); 1 where the rhythm is added
    added: Array  #: (windows, 7); 0 where it is a factor

    def without(self, values: Array) -> Array:
        """Values that end before the rhythm's first day, without it."""
        turns = -(-values.shape[1] // WEEK)
        cut = turns * WEEK - values.shape[1]
        return (values - np.tile(self.added, turns)[:, cut:]) / np.tile(self.factor, turns)[:, cut:]

    def onto(self, values: Array) -> Array:
        """Values that begin on the rhythm's first day, with it."""
        turns = -(-values.shape[1] // WEEK)
        days = values.shape[1]
        return values * np.tile(self.factor, turns)[:, :days] + np.tile(self.added, turns)[:, :days]


@contextmanager
def quiet() -> Iterator[None]:
    """Windows in which nothing is known give NaN, and no warning."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def has_stopped(windows: Array) -> NDArray[np.bool_]:
    """Whether there was nothing in the last four weeks, where on most days before there was something."""
    late, before = windows[:, -_STOPPED:], windows[:, :-_STOPPED]
    silent = np.all((late == 0) | np.isnan(late), axis=1) & np.any(late == 0, axis=1)
    return silent & (median(np.abs(before)) > 0)


def rhythm(windows: Array) -> Rhythm:
    """How the days of a week differ, over the last eight of them; a factor where all values are above 0."""
    recent = windows[:, -_PROFILE:]
    middle = _centred_means(recent)
    factors = np.nanmin(np.where(np.isnan(recent), np.inf, recent), axis=1) > 0
    ratio = _profile(recent / middle, 1.0)
    added = _profile(recent - middle, 0.0)
    return Rhythm(np.where(factors[:, None], ratio, 1.0), np.where(factors[:, None], 0.0, added))


def _centred_means(values: Array) -> Array:
    half = WEEK // 2
    wide = np.pad(values, ((0, 0), (half, half)), constant_values=np.nan)
    return np.nanmean(np.lib.stride_tricks.sliding_window_view(wide, WEEK, axis=1), axis=2)


def _profile(values: Array, neutral: float) -> Array:
    """The median of each day of the week, drawn to the neutral value as far as it may be chance."""
    weeks = _weeks(values)
    alike = np.sum(~np.isnan(weeks), axis=1)
    enough = alike >= _LEAST_ALIKE
    middle = np.where(enough, median(weeks.swapaxes(1, 2)), np.nan)
    middle = middle - np.nanmean(middle, axis=1, keepdims=True)
    spread = MAD * median(np.abs(weeks - neutral - middle[:, None, :]).reshape(values.shape))
    known = np.where(enough, alike, _PROFILE).min(axis=1)
    chance = 1.57 * spread**2 / known  # a median's variance, of a normal distribution
    seen = np.nanvar(middle, axis=1)
    kept = np.where(seen > 0, np.clip(1 - chance / seen, 0, 1), 0.0)
    return neutral + np.nan_to_num(middle * kept[:, None])


def _weeks(values: Array) -> Array:
    return values.reshape(len(values), values.shape[1] // WEEK, WEEK)


@dataclass(frozen=True)
class Calm:
    """The last eight weeks of windows, without a rhythm and without days far from what was around them."""

    values: Array  #: (windows, days)
    reach: Array  #: (windows, 1): how far a day may lie from the median of the known days around it

    @classmethod
    def of(cls, steady: Array) -> "Calm":
        """Days that lie farther off are as far off as a day may be. Where there are gaps, the days around one lie
        farther from it.
        """
        recent = steady[:, -_PROFILE:]
        middle = around(recent)
        reach = _CLIP * MAD * median(np.abs(recent - middle))[:, None]
        return cls(np.clip(recent, middle - reach, middle + reach), reach)


def around(values: Array) -> Array:
    """The median of the seven known days around each, which a single one does not move."""
    half, order = WEEK // 2, _known_last(values)
    wide = np.pad(np.take_along_axis(values, order, axis=1), ((0, 0), (half, half)), constant_values=np.nan)
    found = np.empty_like(values)
    np.put_along_axis(found, order, median(np.lib.stride_tricks.sliding_window_view(wide, WEEK, axis=1)), axis=1)
    return found


def _known_last(values: Array) -> NDArray[np.intp]:
    """Where the days of each window stand when those that are not known go first."""
    return np.argsort(~np.isnan(values), axis=1, kind="stable")


def level(calm: Calm) -> Array:
    """Where series without a rhythm stand at the end of their windows.

    A mean that forgets: how fast, is what would have told the weeks after each of the last days best.
    """
    values = calm.values
    paths = np.stack([_forgetting(values, half_life) for half_life in _HALF_LIVES])
    after = _weeks_after(values)
    missed = np.nanmean(np.abs(paths[:, :, : after.shape[1]] - after), axis=2)
    weights = (missed / np.nanmin(missed, axis=0)) ** -_SURE
    weights = np.where(np.isnan(weights), 1.0, weights)
    since = np.where(_stepped(calm)[:, None], _forgotten(values), values)
    ends = np.stack([_forgetting(since, half_life)[:, -1] for half_life in _HALF_LIVES])
    return np.sum(ends * weights, axis=0) / weights.sum(axis=0)


def _stepped(calm: Calm) -> NDArray[np.bool_]:
    """Whether all of the last seven known days lie beyond what the three weeks before them were around."""
    known = np.take_along_axis(calm.values, _known_last(calm.values), axis=1)
    week, before = known[:, -WEEK:], median(known[:, -4 * WEEK : -WEEK])[:, None]
    above, below = week - before - calm.reach, week - before + calm.reach
    return (np.nanmin(above, axis=1) > 0) | (np.nanmax(below, axis=1) < 0)


def _forgotten(values: Array) -> Array:
    """Only the last seven known days."""
    still_to_come = np.cumsum(~np.isnan(values)[:, ::-1], axis=1)[:, ::-1]
    return np.where(still_to_come <= WEEK, values, np.nan)


def _forgetting(values: Array, half_life: float) -> Array:
    """The mean of all values up to each day, in which a value counts half as much every `half_life` days."""
    age = np.arange(values.shape[1])
    weights = np.where(age[:, None] <= age, 0.5 ** ((age - age[:, None]) / half_life), 0.0)
    known = ~np.isnan(values)
    return (np.where(known, values, 0.0) @ weights) / (known @ weights)


def _weeks_after(values: Array) -> Array:
    """The mean of the second week after each day, as far as it is known."""
    return np.nanmean(np.lib.stride_tricks.sliding_window_view(values[:, WEEK + 1 :], WEEK, axis=1), axis=2)


@dataclass(frozen=True)
class Trend:
    """Where series without a rhythm go."""

    weekly: Array  #: (windows,): rise in a week
    kept: Array  #: (windows,): share of it that is left after each further week

    def rise(self, days: int) -> Array:
        """How far each of the next days lies above the level."""
        weeks = (np.arange(days) + 1) / WEEK
        kept = self.kept[:, None]
        return self.weekly[:, None] * kept * (1 - kept**weeks) / (1 - kept)


def trend(calm: Calm) -> Trend:
    """The middle of all pairs of the last eight weeks; it lasts where each week went that way, else it is damped, and
    where the weeks disagree it is hardly believed.
    """
    weeks = median(_weeks(calm.values))
    early, late = np.triu_indices(weeks.shape[1], 1)
    slope = np.nan_to_num(median((weeks[:, late] - weeks[:, early]) / (late - early)))
    steps = np.diff(weeks, axis=1)
    along = np.nanmean(np.where(np.isnan(steps), np.nan, np.sign(steps) == np.sign(slope)[:, None]), axis=1)
    return Trend(np.where(along >= _AGREE, slope, slope / 4), np.where(along == 1, _LASTING, _DAMPED))
