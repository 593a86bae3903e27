"""Anomalies: odd days of costs, those that follow one another as one event, and what they have cost so far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from core.costs.amounts import GRAIN
from core.costs.judged import Judgement
from core.costs.past import PastCosts
from core.costs.portions import Portion, portions_of, whole
from core.forecasting.level import WEEK
from core.forecasting.odd_days import LEAST_DAYS, Least, OddDay, events, odd_days
from core.forecasting.series import LeftOut

TOTAL = "total"
#: What a day has to be off at least, as a share of what all costs come to on a usual day.
LEAST_MONEY = 0.05
_TOLD_FOR = timedelta(90)
_MOST_OF_IT = Decimal("0.8")


@dataclass(frozen=True)
class OddCost:
    """One day that cost far more or less than was expected of it the day before."""

    day: date
    actual: Decimal  #: as billed, without charges for whole months
    expected: Decimal
    lo: Decimal  #: from here to hi it would have been no news
    hi: Decimal

    @property
    def impact(self) -> Decimal:
        """By how much it was more than expected; below 0: less."""
        return self.actual - self.expected


@dataclass(frozen=True)
class Anomaly:
    """Odd days of one series that follow one another in the same direction."""

    by: str
    label: str  #: TOTAL for all costs
    currency: str
    days: tuple[OddCost, ...]
    ongoing: bool  #: its last day is the newest that is whole in the bill
    judgement: Judgement | None = None  #: the newest that somebody gave of one of its days

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def impact(self) -> Decimal:
        """What its days came to beyond what was expected, so far; below 0: less."""
        return sum((day.impact for day in self.days), Decimal(0))

    @property
    def is_expected(self) -> bool:
        """Whether somebody said that it was."""
        return self.judgement is not None and self.judgement.expected


@dataclass(frozen=True)
class Anomalies:
    """What was odd about costs."""

    by: str
    currency: str
    least_money: Decimal  #: what a day had to be off at least
    events: tuple[Anomaly, ...]  #: newest first; what is expected left out, unless it was asked for
    left_out: tuple[LeftOut, ...]  #: what cannot be judged yet, and why


def anomalies(
    past: PastCosts,
    judged: Iterable[Judgement] = (),
    since: date | None = None,
    least: Least | None = None,
    with_expected: bool = False,
) -> Anomalies:
    """Odd days of each label and of the total from `since` on (of the last 90 days without it), each judged by what
    was known the day before. Charges for whole months are no part of it.
    """
    since, by_label = since or past.until - _TOLD_FOR, _by_label(judged, past.by)
    portions, left_out = portions_of(past)
    every = [each for each in (*portions, whole(past)) if each.series]
    least = least or usual_least(past)
    # a week more, so that an event that had begun before is whole
    latest = max((past.until - since).days + WEEK, WEEK)
    found = odd_days([each.series for each in every if each.series], least, latest)
    told = [
        _anomaly(past, portion, event, by_label.get(portion.label, {}))
        for portion in every
        for event in events([day for day in found.days if day.unique_id == portion.label])
        if event[-1].day >= since
    ]
    expected = [each for each in told if each.is_expected]
    kept = [each for each in told if with_expected or not (each.is_expected or _is_explained(each, expected))]
    kept.sort(key=lambda each: (each.last, abs(each.impact)), reverse=True)
    unjudged = {each.unique_id: each for each in (*found.left_out, *left_out)}
    amount = Decimal(least.amount).quantize(GRAIN)
    return Anomalies(past.by, past.currency, amount, tuple(kept), tuple(unjudged.values()))


def event_on(found: Anomalies, label: str, day: date) -> Anomaly | None:
    """The event of a label that a day is one of."""
    return next((each for each in found.events if each.label == label and each.first <= day <= each.last), None)


def without_echoes(events: Sequence[Anomaly]) -> tuple[Anomaly, ...]:
    """All but those of the total that are, for the most part, what its labels had on these days."""
    return tuple(each for each in events if not _is_explained(each, events))


def _is_explained(total: Anomaly, by: Iterable[Anomaly]) -> bool:
    """Whether an event of the total is, for the most part, what some events of labels are."""
    days = {each.day for each in total.days}
    known = [day for each in by if each.label != TOTAL for day in each.days]
    impact = sum((day.impact for day in known if day.day in days), Decimal(0))
    return total.label == TOTAL and impact * total.impact > 0 and abs(impact) >= _MOST_OF_IT * abs(total.impact)


def usual_least(past: PastCosts) -> Least:
    """What makes a day of costs worth telling, unless something else is asked for."""
    series = whole(past).series
    if series is None or len(series.values) < LEAST_DAYS:
        return Least()
    return Least(amount=LEAST_MONEY * max(float(np.nan_to_num(series.values[-4 * WEEK :]).mean()), 0.0))


def _by_label(judged: Iterable[Judgement], by: str) -> dict[str, dict[date, Judgement]]:
    found: dict[str, dict[date, Judgement]] = {}
    for each in judged:
        if each.by == by:
            found.setdefault(each.label, {})[each.day] = each
    return found


def _anomaly(past: PastCosts, portion: Portion, event: Sequence[OddDay], judged: Mapping[date, Judgement]) -> Anomaly:
    said = [judged[each.day] for each in event if each.day in judged]
    newest = max(said, key=lambda each: each.at, default=None)
    days = tuple(_odd_cost(portion, each) for each in event)
    return Anomaly(past.by, portion.label, past.currency, days, event[-1].day == portion.until - timedelta(1), newest)


def _odd_cost(portion: Portion, day: OddDay) -> OddCost:
    middle, lo, hi = (Decimal(value).quantize(GRAIN) for value in (day.expected, day.lo, day.hi))
    return OddCost(day.day, portion.costs.get(day.day, Decimal(0)), middle, lo, hi)
