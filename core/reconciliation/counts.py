"""Counts: what the bill and each counter have of a line, a day and a place."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce

from core.costs.period import Period, add_months
from core.reconciliation.reconciled import Counter
from core.warehouse import Warehouse

#: What was counted at a place on a day; the place is a distribution, or empty.
Days = Mapping[tuple[str, date], int]


@dataclass(frozen=True)
class Counts:
    """What one counter has."""

    by: Counter
    values: Days
    gaps: frozenset[date] = frozenset()  #: days that it has in part, which are left out
    first: date | None = None  #: day that it has anything of, at any time
    last: date | None = None
    lines_a_request: float = 1.0  #: less where its log is a sample
    padding: Days = field(default_factory=dict[tuple[str, date], int])  #: of the values
    lists_versions: bool = True
    looked: frozenset[date] | None = None  #: days that it looked on, the others being taken from those; None: each

    @property
    def days(self) -> frozenset[date]:
        return frozenset(day for _, day in self.values)


@dataclass(frozen=True)
class Billed:
    """What the bill has."""

    days: frozenset[date]  #: that it covers whole
    values: Days
    estimated: bool = False
    flat_rate: bool = False  #: some of it is a flat-rate plan's, which itemises nothing
    padding: Days = field(default_factory=dict[tuple[str, date], int])

    @property
    def total(self) -> int:
        return sum(self.values.values())


def billed_days(warehouse: Warehouse, period: Period) -> frozenset[date]:
    """The days of a period that AWS's bills cover whole: of a month that is filling, those before its last usage."""
    found: set[date] = set()
    for month, filling, until in warehouse.standing("""
        SELECT billing_period_start, bool_and(delivered_at < billing_period_start + INTERVAL 1 MONTH),
            max(usage_until)::DATE
        FROM bills WHERE counted AND provider_name = 'AWS' GROUP BY ALL
    """):
        end = (until or month) if filling else add_months(month, 1)
        found |= days_of(max(month, period.start), min(end, period.end))
    return frozenset(found)


def days_of(start: date, end: date) -> frozenset[date]:
    """From start up to, and without, end; none where that is not after it."""
    return frozenset(start + timedelta(n) for n in range(max((end - start).days, 0)))


def merged(counts: Iterable[Counts]) -> Counts:
    """What one counter has of several lines, as one; its gaps are those of any."""
    return reduce(_merge, counts)


def _merge(one: Counts, other: Counts) -> Counts:
    return replace(
        one,
        values=added(one.values, other.values),
        gaps=one.gaps | other.gaps,
        first=_known(min, one.first, other.first),
        last=_known(max, one.last, other.last),
        padding=added(one.padding, other.padding),
        lists_versions=one.lists_versions and other.lists_versions,
        looked=one.looked
        if other.looked is None
        else other.looked & (other.looked if one.looked is None else one.looked),
    )


def added(one: Days, other: Days) -> Days:
    """Both, those of the same place and day together."""
    return {key: one.get(key, 0) + other.get(key, 0) for key in one.keys() | other.keys()}


def _known(choose: Callable[[Iterable[date]], date], *days: date | None) -> date | None:
    known = [day for day in days if day]
    return choose(known) if known else None


def without_places(values: Days) -> Days:
    """Each day's sum."""
    found: dict[tuple[str, date], int] = {}
    for (_, day), value in values.items():
        found["", day] = found.get(("", day), 0) + value
    return found
