"""Portions: the labels that are forecast by themselves, all others together, and what of each the model sees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

import numpy as np

from core.costs.forecasted import OTHERS
from core.costs.past import ZERO, Key, PastCosts
from core.costs.period import add_months
from core.forecasting.forecast import LEAST_DAYS
from core.forecasting.level import Array
from core.forecasting.series import LeftOut, Series

#: Labels that are forecast by themselves.
MOST = 30


@dataclass(frozen=True)
class Portion:
    """Some keys that are forecast as one."""

    label: str
    keys: tuple[Key, ...]
    until: date  #: the first day that is not wholly billed by all providers of it
    costs: dict[date, Decimal]  #: of daily charges, before that day
    series: Series | None  #: None where daily charges of the last four weeks come to nothing

    def shares(self, past: PastCosts) -> dict[Key, float]:
        """How the daily charges of the last four weeks are divided among the keys."""
        since = self.until - timedelta(LEAST_DAYS)
        recent = {key: float(_between(past, key, since, self.until)) for key in self.keys}
        whole = sum(recent.values())
        return {key: cost / whole if whole else 0.0 for key, cost in recent.items()}


def portions_of(past: PastCosts, most: int = MOST) -> tuple[list[Portion], list[LeftOut]]:
    """The dearest labels, then what is left of all; and why some are not forecast by themselves."""
    keys = keys_of(past)
    portions, left_out, others = list[Portion](), list[LeftOut](), list[Key]()
    for label in past.labels:
        portion = _portion(past, label, keys[label])
        if reason := _why_not(past, portion, len(portions) >= most):
            left_out.append(LeftOut(label, reason))
        if portion.series and (len(portions) >= most or _days(portion) < LEAST_DAYS):
            others += keys[label]
        elif portion.series or _is_in_the_newest_months(past, keys[label]):
            portions.append(portion)
    if others:
        portions.append(_portion(past, OTHERS, others, past.until, past.start))
    return portions, left_out


def keys_of(past: PastCosts) -> dict[str, list[Key]]:
    """The keys of each label."""
    found: dict[str, list[Key]] = {}
    for key in dict.fromkeys((*past.daily, *past.monthly, *past.tax)):
        found.setdefault(key.label, []).append(key)
    return found


def whole(past: PastCosts) -> Portion:
    """All there is."""
    return _portion(past, "total", chain.from_iterable(keys_of(past).values()), past.until)


def _days(portion: Portion) -> int:
    return len(portion.series.values) if portion.series else 0


def _why_not(past: PastCosts, portion: Portion, is_late: bool) -> str:
    ended = [past.ended[key.provider] for key in portion.keys if key.provider in past.ended]
    if len(ended) == len(portion.keys):
        return f"Its bills end on {max(ended) - timedelta(1)}; it counts as nothing from then on."
    if 0 < _days(portion) < LEAST_DAYS:
        first = portion.series.first if portion.series else past.until
        return f"It begins on {first}: {_days(portion)} days are too few, {LEAST_DAYS} are needed."
    if portion.series and is_late:
        return f"It is none of the {MOST} dearest; it is forecast together with the others."
    return ""


def _is_in_the_newest_months(past: PastCosts, keys: Iterable[Key]) -> bool:
    """Whether the month that is under way, or the one before, has anything of them."""
    since = add_months(past.until.replace(day=1), -1)
    kinds = (past.daily, past.monthly, past.tax)
    return any(day >= since for key in keys for costs in kinds for day in costs.get(key, ()))


def _portion(
    past: PastCosts, label: str, keys: Iterable[Key], until: date | None = None, first: date | None = None
) -> Portion:
    keys = tuple(keys)
    billing = [past.bills[key.provider].until for key in keys if key.provider in past.bills]
    end = until or max(min(billing, default=past.until), past.until)
    costs: dict[date, Decimal] = {}
    for key in keys:
        for day, cost in past.daily.get(key, {}).items():
            if day < end:
                costs[day] = costs.get(day, ZERO) + cost
    return Portion(label, keys, end, costs, _series(past, label, keys, costs, end, first))


def _series(
    past: PastCosts, label: str, keys: Sequence[Key], costs: dict[date, Decimal], until: date, first: date | None
) -> Series | None:
    """From its first charge on; days that no bill covers are not known."""
    charged = [day for day, cost in costs.items() if cost]
    if not charged or max(charged) < until - timedelta(LEAST_DAYS):
        return None
    first = first or min(charged)
    values = np.zeros((until - first).days)
    for day, cost in costs.items():
        if day >= first:
            values[(day - first).days] = float(cost)
    return Series(label, first, _without_gaps(past, {key.provider for key in keys}, first, values))


def _without_gaps(past: PastCosts, providers: set[str], first: date, values: Array) -> Array:
    month, end = first.replace(day=1), first + timedelta(len(values))
    while month < end:
        after = add_months(month, 1)
        billing = (past.bills[name] for name in providers if name in past.bills)
        if any(each.first < month and month not in each.months for each in billing):
            values[max((month - first).days, 0) : (after - first).days] = np.nan
        month = after
    return values


def _between(past: PastCosts, key: Key, start: date, end: date) -> Decimal:
    return sum((cost for day, cost in past.daily.get(key, {}).items() if start <= day < end), ZERO)
