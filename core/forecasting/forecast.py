"""Forecasts: what daily series will come to, and how sure that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from core.forecasting.bands import Widths, between, instead, unseen, widths
from core.forecasting.earlier import Past, Range, earlier_days, look_back, together
from core.forecasting.level import WEEK
from core.forecasting.model import expected
from core.forecasting.robust import Array
from core.forecasting.series import LeftOut, Series
from core.forecasting.windows import History

LEAST_DAYS = 4 * WEEK  #: of history
_LEAST_KNOWN = 2 * WEEK  #: of the last four weeks
#: Series whose earlier forecasts tell what is usual; of more, as many that lie evenly among them.
_POOLED = 200
_AT_ONCE = 64  #: series whose windows are rows of one matrix, which the processor's cache holds


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
    apart = max(-(-len(fit) // _POOLED), 1)
    groups = [
        _Group.of(fit[start : start + _AT_ONCE], h, levels, ranges, np.arange(-start % apart, _AT_ONCE, apart))
        for start in range(0, len(fit), _AT_ONCE)
    ]
    usual = _usual([group.pooled for group in groups], levels, h, ranges)
    found = [each for group in groups for each in group.forecasts(usual, levels, ranges)]
    return Answer(tuple(found), tuple(LeftOut(unique_id, reason) for unique_id, reason in wrong.items()))


def _usual(pasts: Sequence[Past], levels: Sequence[int], h: int, ranges: Sequence[Range]) -> Widths:
    guessed = unseen(levels, h, ranges)
    return instead(widths(together(pasts), levels, ranges), guessed) if pasts else guessed


def _too_little(series: Series) -> str:
    days, known = len(series.values), int(np.sum(~np.isnan(series.values[-LEAST_DAYS:])))
    if days < LEAST_DAYS:
        return f"It begins on {series.first}: {days} days are too few, {LEAST_DAYS} are needed."
    if known < _LEAST_KNOWN:
        return f"Only {known} of its last {LEAST_DAYS} days are known; {_LEAST_KNOWN} are needed."
    return ""


@dataclass(frozen=True)
class _Group:
    """Some series that are forecast together."""

    series: Sequence[Series]
    middle: Array  #: (series, h)
    unit: Array  #: (series,): what bands are measured in
    own: Widths  #: by the earlier forecasts of each
    earlier: Sequence[int]  #: how many these were
    pooled: Past  #: what was missed of some of them

    @classmethod
    def of(
        cls, series: Sequence[Series], h: int, levels: Sequence[int], ranges: Sequence[Range], pooled: NDArray[np.intp]
    ) -> "_Group":
        history = History.of(series, int(earlier_days(h)[-1]))
        past = look_back(history, h, ranges)
        middle = expected(history.windows, history.after, h)
        own, some = widths(past, levels, ranges), past.some(pooled[pooled < len(series)])
        return cls(series, middle, history.scale, own, past.made.tolist(), some)

    def forecasts(self, usual: Widths, levels: Sequence[int], ranges: Sequence[Range]) -> Iterator[Forecast]:
        """Of each series, with bands by its own earlier forecasts and by all."""
        width, totals = between(self.own, usual), np.cumsum(self.middle, axis=1)
        sums = [self.middle[:, start:end].sum(axis=1, keepdims=True) for start, end in ranges]
        of_ranges = np.concatenate([self.middle[:, :0], *sums], axis=1)
        told = ((self.middle, width.days), (totals, width.totals), (of_ranges, width.ranges))
        for n, each in enumerate(self.series):
            days, up_to, spans = (self._bands(n, middle[n], halves[n], levels) for middle, halves in told)
            first = each.first + timedelta(len(each.values))
            yield Forecast(each.unique_id, first, self.middle[n], days, up_to, spans, self.earlier[n])

    def _bands(self, n: int, middle: Array, halves: Array, levels: Sequence[int]) -> dict[int, Band]:
        """By level, of one series; what was never below 0 is not expected to be."""
        least = 0.0 if np.nanmin(self.series[n].values) >= 0 else -np.inf
        far = self.unit[n] * halves
        return {
            level: Band(np.maximum(middle - half, least), middle + half)
            for level, half in zip(levels, far, strict=True)
        }
