"""Period: a span of whole UTC days, and the span to compare it with."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True)
class Period:
    """The days from start up to, and without, end."""

    start: date
    end: date  #: exclusive

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period must end after it starts: {self.start} to {self.end}")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def whole_months(self) -> int:
        """How many calendar months it is exactly; 0 when it is not whole months."""
        if self.start.day != 1 or self.end.day != 1:
            return 0
        return _month_number(self.end) - _month_number(self.start)

    @property
    def previous(self) -> "Period":
        """What to compare with.

        Whole months: as many months before. Days from the first of a month: the same days of the
        month before (or all of it, where it is shorter). Anything else: as many days before.
        """
        if self.whole_months:
            return Period(add_months(self.start, -self.whole_months), self.start)
        if self.start.day == 1 and self.end <= add_months(self.start, 1):
            before = add_months(self.start, -1)
            return Period(before, min(before + timedelta(self.days), self.start))
        return Period(self.start - timedelta(self.days), self.start)


def add_months(first_of_month: date, months: int) -> date:
    """The first of the month that many months later."""
    number = _month_number(first_of_month) + months
    return date(number // 12, number % 12 + 1, 1)


def month_of(day: date) -> Period:
    """The calendar month that the day is in."""
    first = day.replace(day=1)
    return Period(first, add_months(first, 1))


def month_to_date(today: date) -> Period:
    """The days of this month that are over; on the first of a month, that day itself."""
    first = today.replace(day=1)
    return Period(first, max(today, first + timedelta(1)))


def midnight(day: date) -> datetime:
    """The instant, in UTC, that the day begins at."""
    return datetime.combine(day, time(), UTC)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1
