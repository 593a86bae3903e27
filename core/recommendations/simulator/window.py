"""Window: the days that are priced, and the months that they are told by."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from core.recommendations.simulator.arrays import Floats, Ints, ints
from core.units import hours_in_month

_EPOCH = date(1970, 1, 1)


def number_of(day: date) -> int:
    """A day as the simulator counts them: since 1970-01-01."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """The day of a number."""
    return _EPOCH + timedelta(int(number))


@dataclass(frozen=True)
class Window:
    """Days from `first` until before `end`, UTC, as numbers."""

    first: int
    end: int

    @property
    def days(self) -> int:
        """How many they are."""
        return self.end - self.first

    @cached_property
    def hours_in_month(self) -> Floats:
        """Of each day, the hours of its calendar month: S3 divides byte-hours by them."""
        days = (day_of(number) for number in range(self.first, self.end))
        return np.fromiter((hours_in_month(day) for day in days), float, self.days)

    @cached_property
    def months(self) -> Ints:
        """First day of each month: counted back from the end, so that the last ones are whole."""
        return ints(month_starts(self.first, self.end))


def month_starts(first: int, end: int) -> list[int]:
    """Days from `first` on at which months begin that go back from `end`; the first month may be shorter."""
    last, starts, back = day_of(end), list[int](), 1
    while (start := number_of(months_before(last, back))) > first:
        starts.append(start)
        back += 1
    return [first, *reversed(starts)]


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
