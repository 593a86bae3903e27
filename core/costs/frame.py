"""Frame: which days, sums and months a forecast has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.costs.expected import Asked
from core.costs.period import add_months

SUMS = (30, 90)  #: days that are always forecast together
_AHEAD, _MOST_MONTHS = 3, 6  #: months after the one of today; and in all, where bills are late


@dataclass(frozen=True)
class Frame:
    """The same for every part."""

    first: date  #: the first day that is not billed
    horizon: int
    sums: tuple[int, ...]
    months: tuple[date, ...]
    asked: Asked

    @classmethod
    def of(cls, first: date, today: date, horizon: int, levels: Sequence[int]) -> "Frame":
        """From the first day that is not billed, to the end of the third month after today's, and of the horizon's."""
        month = first.replace(day=1)
        wanted = min(max(_months_from(month, today) + 1, 1) + _AHEAD, _MOST_MONTHS)
        touched = _months_from(month, first + timedelta(horizon - 1)) + 1
        months = tuple(add_months(month, n) for n in range(max(wanted, touched)))
        sums = tuple(sorted({*SUMS, horizon}))
        days = max(sums[-1], (add_months(months[-1], 1) - first).days)
        of_months = (((max(each, first) - first).days, (add_months(each, 1) - first).days) for each in months)
        ranges = (*((0, days) for days in sums), *of_months)
        return cls(first, horizon, sums, months, Asked(first, days, tuple(levels), ranges))

    def day(self, ahead: int) -> date:
        """The day that is so many after the first."""
        return self.first + timedelta(ahead)

    @property
    def spans(self) -> list[tuple[date, int, int]]:
        """Each month, and which days ahead are in it."""
        return [(month, *span) for month, span in zip(self.months, self.asked.ranges[len(self.sums) :], strict=True)]


def _months_from(month: date, day: date) -> int:
    return (day.year - month.year) * 12 + day.month - month.month
