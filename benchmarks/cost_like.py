"""Cost-like series: what real usage might be billed at, with the things that happen to a bill."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from core.forecasting.charges import is_first
from core.forecasting.level import Array
from core.forecasting.series import Series

DAYS = 450  #: that a cost-like series has at most
_WHOLE = 0.95  #: of its days have to be known


@dataclass(frozen=True)
class CostLike:
    """USD a day, and where something happened that is news."""

    series: Series
    news: tuple[range, ...]  #: the days of each price step, launch and credit


def cost_like(usage: Series, seed: int, days: int = DAYS) -> CostLike:
    """What a stretch of the usage costs: one or two price steps, up to two launches that ramp up, a charge on the 1st
    of each month in three of five series, credits in two of five.
    """
    dice = np.random.default_rng(seed)
    stretch = _stretch(usage, min(days, len(usage.values)), dice)
    a_day = np.exp(dice.uniform(np.log(5), np.log(3000)))
    changes = [_price_step(dice, stretch) for _ in range(dice.integers(1, 3))]
    changes += [_launch(dice, stretch) for _ in range(dice.integers(3))]
    values = a_day * np.maximum(stretch.values, 0) / np.nanmedian(stretch.values)
    for change in changes:
        values = values * change.factor
    if dice.random() < 0.6:
        values = values + a_day * dice.uniform(0.5, 5) * is_first(days_of(stretch))
    credited = (
        dice.choice(len(values), dice.integers(1, 4), replace=False) if dice.random() < 0.4 else np.array([], int)
    )
    values[credited] -= a_day * dice.uniform(0.3, 1.5, len(credited))
    news = [change.days for change in changes] + [range(at, at + 1) for at in credited.tolist()]
    return CostLike(Series(f"{usage.unique_id} in USD, {seed}", stretch.first, np.round(values, 2)), tuple(news))


def days_of(series: Series) -> np.ndarray:
    """The day of each value."""
    return np.arange(series.after - len(series.values), series.after)


def _stretch(usage: Series, length: int, dice: np.random.Generator) -> Series:
    """Some of its days in a row, of which nearly all are known."""
    known = np.convolve(~np.isnan(usage.values), np.ones(length), "valid")
    start = int(dice.choice(np.flatnonzero(known >= _WHOLE * length)))
    return Series(usage.unique_id, usage.first + timedelta(start), usage.values[start : start + length])


@dataclass(frozen=True)
class _Change:
    factor: Array  #: of each day
    days: range  #: on which it is news


def _price_step(dice: np.random.Generator, series: Series) -> _Change:
    at = int(dice.integers(len(series.values)))
    since = np.arange(len(series.values)) >= at
    return _Change(np.where(since, dice.uniform(0.7, 1.4), 1.0), range(at, at + 3))


def _launch(dice: np.random.Generator, series: Series) -> _Change:
    at, ramp = int(dice.integers(len(series.values))), int(dice.integers(5, 26))
    grown = np.clip((np.arange(len(series.values)) - at) / ramp, 0, 1)
    return _Change(1 + dice.uniform(0.2, 1) * grown, range(at, at + ramp))
