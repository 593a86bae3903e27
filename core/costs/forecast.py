"""Forecast: what costs will come to by day and by month, split along one dimension, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from core.costs.amounts import Rates, amounts_of, together
from core.costs.dimensions import Filter, Metric
from core.costs.expected import Expected, expected_of
from core.costs.forecasted import OTHERS, CostForecast, KnownChange
from core.costs.frame import Frame
from core.costs.known import unknown_to, with_known
from core.costs.monthly import in_words
from core.costs.past import PastCosts, past_costs
from core.costs.portions import Portion, portions_of, whole
from core.costs.told import told
from core.forecasting.forecast import LEAST_DAYS
from core.forecasting.series import LeftOut
from core.warehouse import Warehouse

LEVELS = (80, 95)
_TOLD_FROM = 0.01  #: share of usual days that spikes come to


def forecast_costs(
    warehouse: Warehouse,
    by: str,
    now: datetime,
    horizon: int = 30,
    levels: Sequence[int] = LEVELS,
    known: Sequence[KnownChange] = (),
    metric: Metric = Metric.BILLED,
    filters: tuple[Filter, ...] = (),
    currency: str | None = None,
) -> CostForecast:
    """What costs will come to, split along one dimension: a Dimension, or `tag:<key>`.

    Only days that are whole in the bills count as history. Charges for whole months (fees, support, tax) are forecast
    apart from the days. The total is the sum of its parts; its bands are made of how wrong totals were.

    Raises what `break_down` does.
    """
    past = past_costs(warehouse, by, metric, filters, currency)
    return expect(past, now.date(), horizon, levels, known)


def expect(
    past: PastCosts, today: date, horizon: int = 30, levels: Sequence[int] = LEVELS, known: Sequence[KnownChange] = ()
) -> CostForecast:
    """The same of costs that were read before."""
    return retold(look_ahead(past, today, horizon, levels, known))


@dataclass(frozen=True)
class Outlook:
    """All that a forecast is told from: what takes time to work out, once, so that scenarios can change it at once."""

    past: PastCosts
    frame: Frame
    portions: tuple[Portion, ...]
    expected: Mapping[str, Expected]  #: by label; empty where there is too little history
    total: Expected | None
    left_out: tuple[LeftOut, ...]
    known: tuple[str, ...]
    rates: Rates
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        past: PastCosts,
        frame: Frame,
        portions: Sequence[Portion],
        expected: Mapping[str, Expected],
        total: Expected | None,
        left_out: Sequence[LeftOut] = (),
        known: Sequence[KnownChange] = (),
    ) -> "Outlook":
        rates, words = Rates.of(past, portions, frame), tuple(each.words for each in known)
        notes = (*in_words(past), *_of_spikes(expected)) if total else ()
        return cls(past, frame, tuple(portions), expected, total, tuple(left_out), words, rates, notes)


def look_ahead(
    past: PastCosts, today: date, horizon: int = 30, levels: Sequence[int] = LEVELS, known: Sequence[KnownChange] = ()
) -> Outlook:
    """What the model and known changes say of costs: the slow step."""
    frame = Frame.of(past.until, today, horizon, levels)
    portions, left_out = portions_of(past)
    all_ = whole(past)
    if reason := _too_little(all_):
        wrong = (LeftOut("total", reason), *(LeftOut(label, reason) for label in past.labels))
        return Outlook.of(past, frame, (), {}, None, wrong)
    expected, unsure = expected_of(portions, frame.asked)
    known = unknown_to(known, past.by, expected, past.until)
    if known and OTHERS not in expected:
        portions.append(Portion(OTHERS, (), past.until, {}, None))
        expected[OTHERS] = expected_of(portions[-1:], frame.asked)[0][OTHERS]
    for label, changes in _placed(known, past.by, expected).items():
        expected[label] = replace(
            _changed(expected[label], changes, frame), stays_above=label != OTHERS and expected[label].stays_above
        )
    total = expected_of([all_], frame.asked)[0][all_.label]
    return Outlook.of(past, frame, portions, expected, total, (*left_out, *unsure), known)


def retold(outlook: Outlook) -> CostForecast:
    """The amounts and bands of an outlook: the quick step."""
    past, frame = outlook.past, outlook.frame
    amounts = amounts_of(past, outlook.portions, outlook.expected, frame, outlook.rates) if outlook.portions else []
    parts = tuple(
        told(portion.label, each, outlook.expected[portion.label], frame)
        for portion, each in zip(outlook.portions, amounts, strict=True)
    )
    total = told("total", together(amounts), outlook.total, frame) if outlook.total and amounts else None
    return CostForecast(
        past.by, past.metric, past.currency, past.until, frame.asked.levels, total, parts, outlook.left_out,
        outlook.known, outlook.notes,
    )  # fmt: skip


def _of_spikes(expected: Mapping[str, Expected]) -> tuple[str, ...]:
    return tuple(
        f"{label}: what its spikes of the last half year came to ({each.spikes:+.1%}) is spread over all days."
        for label, each in expected.items()
        if abs(each.spikes) >= _TOLD_FROM
    )


def _too_little(all_: Portion) -> str:
    if all_.series is None:
        return f"Nothing was charged by the day in the {LEAST_DAYS} days before {all_.until}."
    days = len(all_.series.values)
    if days < LEAST_DAYS:
        return f"The bills begin on {all_.series.first}: {days} whole days are too few, {LEAST_DAYS} are needed."
    known = int(np.sum(~np.isnan(all_.series.values[-LEAST_DAYS:])))
    if 2 * known < LEAST_DAYS:
        return f"Bills cover only {known} of the last {LEAST_DAYS} days; {LEAST_DAYS // 2} are needed."
    return ""


def _placed(known: Sequence[KnownChange], by: str, labels: Mapping[str, Expected]) -> dict[str, list[KnownChange]]:
    """Where each change belongs; what has no part of its own is with the others, and multiplies nothing there."""
    found: dict[str, list[KnownChange]] = {}
    for change in known:
        label = change.at.get(by, "")
        own = label in labels
        found.setdefault(label if own else OTHERS, []).append(
            change if own else replace(change, factor=1.0, under_way=False)
        )
    return found


def _changed(expected: Expected, changes: Sequence[KnownChange], frame: Frame) -> Expected:
    return replace(expected, mean=with_known(expected.mean, frame.first, changes, expected.billed_days))
