"""What if: a forecast under a scenario, at once, and what was assumed, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from core.costs.currencies import usual_currency
from core.costs.dimensions import Dimension, Metric
from core.costs.expected import Expected
from core.costs.forecast import LEVELS, Outlook, look_ahead, retold
from core.costs.forecasted import OTHERS, CostForecast, KnownChange
from core.costs.frame import Frame
from core.costs.mix import Kind, Mix, mix_of
from core.costs.past import past_costs
from core.costs.portions import Portion
from core.costs.scenario import STORED, UPLOADED, VIEWED, Prices, Scenario
from core.costs.supposed import in_words
from core.forecasting.level import Array
from core.warehouse import Warehouse

#: Where what leaves Supabase is paid for afterwards.
_S3, _CLOUDFRONT, _SUPABASE = "Amazon Simple Storage Service", "Amazon CloudFront", "Supabase"


@dataclass(frozen=True)
class Base:
    """What scenarios change: worked out once, kept while somebody moves sliders."""

    outlook: Outlook
    mix: Mix
    prices: Prices

    @property
    def forecast(self) -> CostForecast:
        """What is expected without any scenario."""
        return retold(self.outlook)


@dataclass(frozen=True)
class WhatIf:
    """What costs come to under a scenario."""

    scenario: Scenario
    forecast: CostForecast
    assumptions: tuple[str, ...]  #: one sentence each


def base_of(
    warehouse: Warehouse,
    prices: Prices,
    now: datetime,
    by: str = Dimension.SERVICE,
    horizon: int = 90,
    levels: Sequence[int] = LEVELS,
    known: Sequence[KnownChange] = (),
    currency: str | None = None,
) -> Base:
    """The slow step: history and forecast. Raises what `forecast_costs` does."""
    past = past_costs(warehouse, by, Metric.BILLED, (), currency or usual_currency(warehouse))
    return Base(look_ahead(past, now.date(), horizon, levels, known), mix_of(warehouse, past), prices)


def what_if(base: Base, scenario: Scenario) -> WhatIf:
    """The quick step, for each change of a slider: some ten milliseconds."""
    outlook = base.outlook
    if outlook.total is None:
        return WhatIf(scenario, base.forecast, ())
    portions, expected = _with_others(outlook, scenario)
    before = sum((each.mean for each in expected.values()), np.zeros(outlook.frame.asked.h))
    changed = {each.label: _changed(each, expected[each.label], base, scenario) for each in portions}
    if scenario.migrated_by:
        changed = _arrived(changed, _leaving(portions, expected, base), base, scenario.migrated_by)
    after = sum((each.mean for each in changed.values()), np.zeros(outlook.frame.asked.h))
    total = _scaled(outlook.total, before, after)
    found = replace(outlook, portions=tuple(portions), expected=changed, total=total)
    return WhatIf(scenario, retold(found), in_words(scenario, base.prices))


def _with_others(outlook: Outlook, scenario: Scenario) -> tuple[list[Portion], dict[str, Expected]]:
    """Whatever arrives somewhere without a part of its own is with the others."""
    portions, expected = list(outlook.portions), dict(outlook.expected)
    if scenario.migrated_by and OTHERS not in expected:
        any_ = next(iter(expected.values()))
        nothing = {level: np.zeros_like(half) for level, half in any_.days.items()}
        no_sums = {level: np.zeros_like(half) for level, half in any_.ranges.items()}
        portions.append(Portion(OTHERS, (), outlook.past.until, {}, None))
        expected[OTHERS] = Expected(np.zeros_like(any_.mean), nothing, no_sums, 0, True, 0)
    return portions, expected


def _changed(portion: Portion, expected: Expected, base: Base, scenario: Scenario) -> Expected:
    kinds = [each for label in _labels(portion, base) for each in base.mix.get(label, {}).items()]
    daily = sum(usage.daily for _, usage in kinds)
    if daily <= 0 or not expected.mean.any():
        return expected
    frame, known = base.outlook.frame, expected.billed_days
    factors, added = np.zeros(frame.asked.h), np.zeros(frame.asked.h)
    for kind, usage in kinds:
        price = 1 + scenario.prices.get(kind.service, 0.0) / 100
        factors += usage.daily / daily * price * _factor(kind, frame, scenario) * _moved(kind, base, scenario)
        growth = (scenario.uploads - 1) * max(usage.slope, 0.0)
        added += growth * price * np.arange(1, frame.asked.h + 1)
    if scenario.migrated_by:
        factors -= sum(usage.daily / daily for kind, usage in kinds if leaves(kind)) * _gone(
            frame, scenario.migrated_by
        )
    mean = np.concatenate([expected.mean[:known], (expected.mean * factors + added)[known:]])
    return replace(_scaled(expected, expected.mean, mean), mean=mean)


def _labels(portion: Portion, base: Base) -> set[str]:
    return {key.label for key in portion.keys} if portion.label == OTHERS else {portion.label}


def _factor(kind: Kind, frame: Frame, scenario: Scenario) -> Array:
    """Times as much on each day."""
    if kind.family in UPLOADED:
        return np.full(frame.asked.h, scenario.uploads)
    if kind.family not in VIEWED:
        return np.ones(frame.asked.h)
    days = np.full(frame.asked.h, scenario.viewing)
    for event in scenario.events:
        start = max((event.day - frame.first).days, 0)
        days[start : max((event.day - frame.first).days + event.days, 0)] *= event.factor
    return days


def _moved(kind: Kind, base: Base, scenario: Scenario) -> float:
    """What is left of the price of bytes of a class of which some lie in another."""
    if kind.family != STORED:
        return 1.0
    prices, left = base.prices.by_class, 1.0
    for move in scenario.moves:
        if kind.storage_class == move.source and move.source in prices and move.target in prices:
            left -= move.share * (1 - float(prices[move.target] / prices[move.source]))
    return max(left, 0.0)


def leaves(kind: Kind) -> bool:
    """Whether it ends with a migration away from Supabase: its plan does not."""
    return kind.provider == _SUPABASE and kind.family in {STORED, *VIEWED}


def _gone(frame: Frame, by: date) -> Array:
    """How much has left on each day: evenly, from the first day to the last."""
    span = max((by - frame.first).days, 1)
    return np.minimum(np.arange(1, frame.asked.h + 1) / span, 1.0)


def _leaving(portions: Sequence[Portion], expected: Mapping[str, Expected], base: Base) -> tuple[Array, Array]:
    """What storage, and what sending, is expected to cost at Supabase each day if nothing leaves."""
    h = base.outlook.frame.asked.h
    stored, sent = np.zeros(h), np.zeros(h)
    for portion in portions:
        kinds = [each for label in _labels(portion, base) for each in base.mix.get(label, {}).items()]
        daily = sum(usage.daily for _, usage in kinds)
        for kind, usage in kinds:
            if daily > 0 and leaves(kind):
                part = usage.daily / daily * expected[portion.label].mean
                stored, sent = (stored + part, sent) if kind.family == STORED else (stored, sent + part)
    return stored, sent


def _arrived(
    expected: Mapping[str, Expected], leaving: tuple[Array, Array], base: Base, by: date
) -> dict[str, Expected]:
    """What has left costs its part at S3 and CloudFront."""
    found, gone = dict(expected), _gone(base.outlook.frame, by)
    ratios = (base.prices.storage_after, base.prices.egress_after)
    for label, amounts, ratio in zip((_S3, _CLOUDFRONT), leaving, ratios, strict=True):
        to = label if label in found else OTHERS
        known = found[to].billed_days
        more = np.concatenate([np.zeros(known), (amounts * ratio * gone)[known:]])
        found[to] = replace(found[to], mean=found[to].mean + more)
    return found


def _scaled(expected: Expected, before: Array, after: Array) -> Expected:
    """Bands grow and shrink with what they are around."""
    times = abs(float(after.sum()) / float(before.sum())) if before.sum() else 1.0
    return replace(
        expected,
        days={level: halves * times for level, halves in expected.days.items()},
        ranges={level: halves * times for level, halves in expected.ranges.items()},
    )
