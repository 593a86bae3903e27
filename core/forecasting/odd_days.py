"""Odd days: those on which a series was far from what was expected of it the day before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.forecasting.level import MAD, WEEK, Array, quiet
from core.forecasting.model import expected
from core.forecasting.robust import median
from core.forecasting.series import LeftOut, Series
from core.forecasting.windows import nexts, window_rows

LEAST_DAYS = 5 * WEEK  #: of history: four weeks to expect something from, and one to know how wrong that is
_KNOWN_FOR = 4 * WEEK  #: days whose errors tell how wrong it usually is, at least
_USUAL = 8 * WEEK  #: days whose errors are remembered
_FAR = 3.0  #: usual errors
_FARTHEST = 100.0  #: times as much is odd, however wrong it usually was


@dataclass(frozen=True)
class Least:
    """What makes a day worth telling, besides being far from what is usual."""

    share: float = 0.2  #: of what was expected
    amount: float = 0.0  #: in the units of the series


@dataclass(frozen=True)
class OddDay:
    """A day far from what was expected of it."""

    unique_id: str
    day: date
    actual: float
    expected: float
    lo: float  #: from here to hi it would have been no news
    hi: float

    @property
    def impact(self) -> float:
        """By how much it was more than expected; below 0: less."""
        return self.actual - self.expected


@dataclass(frozen=True)
class Odd:
    """What was odd about some series."""

    days: tuple[OddDay, ...]  #: by series, oldest first
    left_out: tuple[LeftOut, ...]


def odd_days(series: Iterable[Series], least: Least | None = None, latest: int | None = None) -> Odd:
    """The odd days of each series, each judged by what was known before it; of the latest so many days only, or all."""
    found, left_out = list[OddDay](), list[LeftOut]()
    for each in series:
        if len(each.values) < LEAST_DAYS:
            reason = f"It begins on {each.first}: {len(each.values)} days are too few, {LEAST_DAYS} are needed."
            left_out.append(LeftOut(each.unique_id, reason))
        else:
            found += _of(each, least or Least(), latest or len(each.values))
    return Odd(tuple(found), tuple(left_out))


def events(days: Sequence[OddDay]) -> list[tuple[OddDay, ...]]:
    """Odd days of one series that follow one another in the same direction."""
    found: list[list[OddDay]] = []
    for each in days:
        last = found[-1][-1] if found else None
        if last and last.day + timedelta(1) == each.day and (last.impact > 0) == (each.impact > 0):
            found[-1].append(each)
        else:
            found.append([each])
    return [tuple(each) for each in found]


def _of(series: Series, least: Least, latest: int) -> list[OddDay]:
    values, first = series.values, len(series.values) - latest
    places = np.arange(max(_KNOWN_FOR, first - _USUAL), len(values))
    windows = window_rows(values, places)
    middle = expected(windows, nexts(series.after, len(values), places), 1)[:, 0]
    lowest = _lowest(windows)
    lo, hi = _usual(lowest, values[places], middle)
    far = np.maximum(least.share * np.abs(middle), least.amount)
    lo, hi = np.minimum(lo, middle - far), np.maximum(hi, middle + far)
    lo = np.where(lowest >= 0, np.maximum(lo, 0), lo)
    beyond = ((values[places] < lo) | (values[places] > hi)) & (np.abs(values[places] - middle) >= far)
    odd = np.flatnonzero(beyond & (places >= first))
    return [_told(series, int(places[at]), float(middle[at]), float(lo[at]), float(hi[at])) for at in odd]


def _lowest(windows: Array) -> Array:
    with quiet():
        return np.nanmin(windows, axis=1)


def _usual(lowest: Array, actual: Array, middle: Array) -> tuple[Array, Array]:
    """From where to where each day is as usual. A series that was above 0 for half a year is wrong by factors, so that
    a third is as far as three times; any other is by amounts.
    """
    with quiet():
        missed = _usually(np.abs(np.log(np.maximum(actual, 0) / middle)))
        factor = np.minimum(np.exp(_FAR * missed), _FARTHEST)
        amount = _FAR * _usually(np.abs(actual - middle))
        by_factor = (lowest > 0) & (middle > 0) & ~np.isnan(factor)
    lo = np.where(by_factor, middle / factor, middle - amount)
    return lo, np.where(by_factor, middle * factor, middle + amount)


def _usually(missed: Array) -> Array:
    """How wrong it was on the days before each, as a standard deviation; NaN where fewer than a week is known."""
    wide = np.concatenate([np.full(_USUAL, np.nan), missed])
    before = np.lib.stride_tricks.sliding_window_view(wide, _USUAL)[:-1]
    with quiet():
        enough = np.sum(~np.isnan(before), axis=1) >= WEEK
        return np.where(enough, MAD * median(before), np.nan)


def _told(series: Series, place: int, middle: float, lo: float, hi: float) -> OddDay:
    day = series.first + timedelta(place)
    return OddDay(series.unique_id, day, float(series.values[place]), middle, lo, hi)
