"""Accuracy: how earlier forecasts of month-ends compare with what the months came to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from core.costs.expected import expected_of
from core.costs.forecast import LEVELS, Outlook, retold
from core.costs.forecasted import Bands
from core.costs.frame import Frame
from core.costs.past import ZERO, PastCosts
from core.costs.period import add_months
from core.costs.portions import whole
from core.costs.stored_forecasts import StoredMonth
from core.forecasting.forecast import LEAST_DAYS

MONTHS = 12  #: that are looked back on, at most
_ABOUT = 3  #: days by which a stored forecast may have been made earlier or later in its month


@dataclass(frozen=True)
class MonthEnd:
    """What was said of a month before it was over, and what it came to."""

    month: date
    first: date  #: the first day that was not wholly billed then
    expected: Decimal
    bands: Bands
    actual: Decimal  #: as billed today
    replayed: bool  #: nothing was stored then: worked out now from today's bills of the days before

    @property
    def error(self) -> float:
        """Of what the month came to, as a share of it; 0 where both are nothing."""
        off = abs(self.expected - self.actual)
        return float(off) / abs(float(self.actual)) if self.actual else float(bool(off))

    def is_inside(self, level: int) -> bool:
        """Whether the month came to an amount within the band."""
        return self.bands[level].lo <= self.actual <= self.bands[level].hi


@dataclass(frozen=True)
class Accuracy:
    """How good forecasts of month-ends were that were made with as many days to go as there are now."""

    days_to_go: int
    month_ends: tuple[MonthEnd, ...]  #: newest first

    def inside(self, level: int) -> int:
        """How many month-ends fell inside the band."""
        return sum(each.is_inside(level) for each in self.month_ends)

    @property
    def typical_error(self) -> float | None:
        """The middle one of all, as a share of the month; None where no month can be looked back on."""
        return median(each.error for each in self.month_ends) if self.month_ends else None

    @property
    def replayed(self) -> int:
        """How many were worked out now, as nothing was stored then."""
        return sum(each.replayed for each in self.month_ends)

    def in_words(self, level: int = 80) -> str:
        """Two sentences for people."""
        error, count = self.typical_error, len(self.month_ends)
        if error is None:
            return "No month-end can be looked back on yet."
        said = (
            f"Of the last {count} month-ends, with {self.days_to_go} days to go, {self.inside(level)} fell inside the "
            f"{level} % band; typically they were {error:.1%} off."
        )
        if not self.replayed:
            return said
        of_them = "All" if self.replayed == count else str(self.replayed)
        return f"{said} {of_them} of them replayed from today's bills, as no forecast was stored then."


def accuracy(past: PastCosts, stored: Iterable[StoredMonth] = ()) -> Accuracy:
    """Of the last twelve months that are whole in the bills, each by the stored forecast of the total that was made
    with about as many days to go; or else replayed, by the total alone.
    """
    end = add_months(past.until.replace(day=1), 1)
    days_to_go = (end - past.until).days
    by_month: dict[date, list[StoredMonth]] = {}
    for each in stored:
        by_month.setdefault(each.month, []).append(each)
    months = [add_months(past.until.replace(day=1), -ago) for ago in range(1, MONTHS + 1)]
    found = [_month_end(past, month, days_to_go, by_month.get(month, [])) for month in months]
    return Accuracy(days_to_go, tuple(each for each in found if each))


def _month_end(past: PastCosts, month: date, days_to_go: int, stored: list[StoredMonth]) -> MonthEnd | None:
    end = add_months(month, 1)
    first = max(end - timedelta(days_to_go), month)
    if not all(month in each.months for each in past.bills.values() if each.first <= month):
        return None
    near = [each for each in stored if abs((each.first - first).days) <= _ABOUT]
    actual = _came_to(past, month)
    if near:
        best = min(near, key=lambda each: abs((each.first - first).days))
        return MonthEnd(month, best.first, best.expected, best.bands, actual, replayed=False)
    return _replayed(past.before(first), month, first, actual)


def _replayed(past: PastCosts, month: date, first: date, actual: Decimal) -> MonthEnd | None:
    if not past.bills or past.until != first:
        return None
    all_ = whole(past)
    if all_.series is None or len(all_.series.values) < LEAST_DAYS:
        return None
    frame = Frame.of(first, first, 30, LEVELS)
    expected, left_out = expected_of([all_], frame.asked)
    if left_out:
        return None
    total = expected[all_.label]
    said = retold(Outlook.of(past, frame, [all_], expected, total)).total
    return MonthEnd(month, first, said.months[0].expected, said.months[0].bands, actual, True) if said else None


def _came_to(past: PastCosts, month: date) -> Decimal:
    end = add_months(month, 1)
    kinds = (past.daily, past.monthly, past.tax)
    return sum(
        (cost for costs in kinds for days in costs.values() for day, cost in days.items() if month <= day < end), ZERO
    )
