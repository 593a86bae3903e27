"""Expected: what the model says of each portion's days, aligned on one first day, and how far it may be off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.costs.portions import Portion
from core.costs.spikes import spikes_share
from core.forecasting.earlier import Range
from core.forecasting.forecast import Band, Forecast, forecast
from core.forecasting.level import Array
from core.forecasting.series import LeftOut

_EXCEPTIONS = 0.02  #: share of days


@dataclass(frozen=True)
class Asked:
    """What is to be forecast of every portion."""

    first: date  #: the day that is forecast first, unless a portion has it billed
    h: int
    levels: tuple[int, ...]
    ranges: tuple[Range, ...]  #: days of which the sums are asked for, counted from `first`


@dataclass(frozen=True)
class Expected:
    """What is expected of one portion, from the first day on."""

    mean: Array  #: (h,): what is billed already, then what is forecast
    days: Mapping[int, Array]  #: by level: half the width of each day's band
    ranges: Mapping[int, Array]  #: the same of the sums of the ranges
    billed_days: int  #: at its beginning
    stays_above: bool  #: whether days below 0, such as refunds, are exceptions
    earlier: int
    spikes: float = 0.0  #: what spikes add to usual days, as a share of these; it is in `mean`


def expected_of(portions: Sequence[Portion], asked: Asked) -> tuple[dict[str, Expected], list[LeftOut]]:
    """By label; bands are pooled among those whose bills end on the same day."""
    found, left_out = dict[str, Expected](), list[LeftOut]()
    for until in sorted({each.until for each in portions}):
        ahead = (until - asked.first).days
        group = [each for each in portions if each.until == until]
        ranges = [(max(start - ahead, 0), max(end - ahead, 0)) for start, end in asked.ranges]
        answer = forecast([each.series for each in group if each.series], asked.h, asked.levels, ranges)
        by_label = {each.unique_id: each for each in answer.forecasts}
        left_out += answer.left_out
        for each in group:
            found[each.label] = _aligned(each, by_label.get(each.label), ranges, asked)
    return found, left_out


def _aligned(portion: Portion, found: Forecast | None, ranges: Sequence[Range], asked: Asked) -> Expected:
    ahead = min((portion.until - asked.first).days, asked.h)
    billed = [float(portion.costs.get(asked.first + timedelta(day), 0)) for day in range(ahead)]
    stays_above = sum(cost < 0 for cost in portion.costs.values()) <= _EXCEPTIONS * len(portion.costs)
    if found is None:
        nothing, no_sums = np.zeros(asked.h), np.zeros(len(asked.ranges))
        mean = np.concatenate([billed, nothing])[: asked.h]
        return Expected(mean, dict.fromkeys(asked.levels, nothing), dict.fromkeys(asked.levels, no_sums), ahead,
                        stays_above, 0)  # fmt: skip
    spikes = spikes_share(portion.series.values) if portion.series else 0.0
    mean = np.concatenate([billed, found.mean * (1 + spikes)])[: asked.h]
    sums = np.array([found.mean[start:end].sum() for start, end in ranges])
    days = {level: np.concatenate([np.zeros(ahead), _half(found.days[level], found.mean)]) for level in asked.levels}
    halves = {level: _growing(_half(found.ranges[level], sums), asked.ranges) for level in asked.levels}
    return Expected(mean, days, halves, ahead, stays_above, found.earlier,
                    spikes)  # fmt: skip


def _half(band: Band, middle: Array) -> Array:
    """Below the middle a band may be cut off at 0."""
    return np.nan_to_num(np.maximum(band.hi - middle, 0.0))


def _growing(halves: Array, ranges: Sequence[Range]) -> Array:
    """What lies later is no surer, by its length."""
    grown = halves.copy()
    for later, (start, end) in enumerate(ranges):
        for sooner, (begin, stop) in enumerate(ranges):
            if begin <= start and stop <= end and stop > begin:
                grown[later] = max(grown[later], halves[sooner] * min((end - start) / (stop - begin), 1.0))
    return grown
