"""Daily: what the worker looks at once a day, as a figure reads it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from core.alerts.figure import STALE, Reading
from core.alerts.words import instant


class _Checked(Protocol):
    @property
    def checked_at(self) -> datetime: ...


_Check = TypeVar("_Check", bound=_Checked)


def of_latest(
    check: _Check | None, now: datetime, readings: Callable[[_Check], Iterable[Reading]]
) -> Sequence[Reading]:
    """What the latest check says; where there is none, or none of late, that nothing is known and why."""
    if check is None:
        return [Reading(None, detail="It was not looked yet; the worker does so once a day.")]
    if now - check.checked_at > STALE:
        return [Reading(None, detail=f"It was last looked at {instant(check.checked_at)}: no worker runs.")]
    return list(readings(check))
