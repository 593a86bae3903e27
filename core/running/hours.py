"""Hours: what was measured in each hour since the bill, and which of several that measured is believed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.running.estimated import Moment

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Measured:
    """Amounts since the bill, by what they are told apart by."""

    by: str
    amounts: Mapping[tuple[str, ...], int]
    until: datetime
    missing: int  #: hours between the bill and `until` in which nothing was counted: quiet ones, or not told of

    @property
    def remarks(self) -> tuple[str, ...]:
        if not self.missing:
            return ()
        if self.missing == 1:
            return ("nothing was counted in one hour, which was quiet or is not told of",)
        return (f"nothing was counted in {self.missing} hours, which were quiet or are not told of",)


def measured(by: str, rows: Iterable[tuple[Any, ...]], moment: Moment) -> Measured | None:
    """From rows of an hour's begin and seconds, an amount, and what it is told apart by; None without any."""
    amounts: dict[tuple[str, ...], int] = {}
    hours: set[datetime] = set()
    for begin, seconds, amount, *key in rows:
        start = begin.replace(tzinfo=UTC)
        hours |= {start + n * _HOUR for n in range(max(round(seconds / 3600), 1))}
        amounts[tuple(key)] = amounts.get(tuple(key), 0) + round(amount)
    if not hours:
        return None
    until = min(max(hours) + _HOUR, moment.at)
    wanted = -(-(until - moment.until) // _HOUR)
    return Measured(by, amounts, until, max(wanted - len(hours), 0))


def believed(found: Iterable[Measured | None]) -> Measured | None:
    """The one that is complete, and reaches furthest; among equals the first."""
    there = [each for each in found if each]
    best: Callable[[Measured], Any] = lambda each: (each.missing == 0, each.until, -each.missing)  # noqa: E731
    return max(there, key=best, default=None)
