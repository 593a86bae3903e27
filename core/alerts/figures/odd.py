"""Odd: what odd days of costs, of which nobody has said whether they were expected, came to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from core.alerts import words
from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse
from core.alerts.figures import links
from core.costs.anomalies import TOTAL, Anomaly, anomalies
from core.costs.causes import causes
from core.costs.dimensions import TAG, Dimension, Filter
from core.costs.judged import all_judgements
from core.costs.past import past_costs
from core.costs.period import Period, midnight
from core.errors import NoBillingData
from core.warehouse import Warehouse

#: From that share on a value tells nothing apart.
_ALL = 0.995
_BEFORE, _AFTER = timedelta(21), timedelta(8)  #: days around an event that are shown with it
_DIMENSIONS = (*map(str, Dimension), TAG)

ODD = About(
    "odd_days", "Cost of odd days", Unit.MONEY, Worse.HIGHER,
    "See what explains it. Where it was expected, say so: then it is not told again.",
    filters=_DIMENSIONS, by=_DIMENSIONS, gone="its days are no news any more, or were said to be expected",
)  # fmt: skip


class OddDays:
    """By how much the newest odd days of each service, or of another dimension, were beyond what was expected.

    The window is until when days that are over are news, back from the newest whole day of the bills. What was odd
    about all costs together is told only where no part of them was odd on those days.
    """

    about = ODD

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        warehouse, judged = self._handles.warehouse, all_judgements(self._handles.database)
        by, currency = scope.by or Dimension.SERVICE, scope.currency or None
        try:
            past = past_costs(warehouse, by, filters=scope.filters, currency=currency)
        except NoBillingData as error:
            return [Reading(None, detail=error.message)]
        past = past.before(min(now.date(), past.until))  # what was known at that instant
        since = past.until - max(scope.window, timedelta(days=1))
        told = [each for each in anomalies(past, judged).events if each.last >= since]
        return [_reading(warehouse, each, scope) for each in _largest_of_each(told)]


def _largest_of_each(told: Sequence[Anomaly]) -> list[Anomaly]:
    """One event of each label that nobody has judged."""
    odd = {day.day for each in told if each.label != TOTAL for day in each.days}
    found: dict[str, Anomaly] = {}
    for each in sorted(told, key=lambda each: -each.impact):
        if each.judgement is None and (each.label != TOTAL or odd.isdisjoint(day.day for day in each.days)):
            found.setdefault(each.label, each)
    return list(found.values())


def _reading(warehouse: Warehouse, event: Anomaly, scope: Scope) -> Reading:
    actual, expected = (
        words.amount(sum(amounts, Decimal(0)), Unit.MONEY, event.currency)
        for amounts in ([day.actual for day in event.days], [day.expected for day in event.days])
    )
    days = words.days(event.first, event.last)
    told = f"{days} it was {actual}{' so far' if event.ongoing else ''} where {expected} was expected."
    because = _because(warehouse, event)
    since = midnight(event.first)
    return Reading(round(event.impact, 2), event.label, told + because, since, event.currency, _link(event, scope))


def _link(event: Anomaly, scope: Scope) -> str:
    """The event, opened; where only some charges are asked about, what they came to on the days around it, as the page
    of odd days has all of a value.
    """
    around = Period(event.first - _BEFORE, event.last + _AFTER)
    if not scope.filters:
        shown = {"section": "odd-days", "event": f"{event.first}={event.label}"}
        return links.costs(around, (), event.by, event.currency, shown)
    own = () if event.label == TOTAL else (Filter(event.by, event.label),)
    return links.costs(around, (*scope.filters, *own), event.by, event.currency)


def _because(warehouse: Warehouse, event: Anomaly) -> str:
    """What explains the most of it, beside what all of it has in common."""
    found = next((each for each in causes(warehouse, event) if each.share < _ALL), None)
    return f" {found.share:.0%} of it is {found.dimension.replace('_', ' ')} {found.value}." if found else ""
