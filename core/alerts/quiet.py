"""Quiet hours: the time of a day at which nobody wants to be told."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import RuleRefused

_MINUTE = timedelta(minutes=1)
_WRITTEN = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d) (\S+)")


@dataclass(frozen=True)
class QuietHours:
    """From one time of a clock until another, over midnight where that is earlier."""

    start: time
    end: time
    zone: str  #: of the clock, like Europe/Berlin

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M} {self.zone}"

    def hold(self, at: datetime) -> bool:
        """Whether the clock says so at that instant; an hour that comes twice is quiet twice."""
        clock = at.astimezone(ZoneInfo(self.zone)).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def over(self, at: datetime) -> datetime:
        """The first whole minute from then on that is not quiet; the instant itself where it is not."""
        if not self.hold(at):
            return at
        minute = at.replace(second=0, microsecond=0)
        while self.hold(minute):  # a day has few minutes, and clocks jump
            minute += _MINUTE
        return minute


def quiet_hours(text: str) -> QuietHours | None:
    """What `22:00-07:00 Europe/Berlin` says; None where it is empty. Raises RuleRefused."""
    if not text.strip():
        return None
    advice = "Write them like 22:00-07:00 Europe/Berlin."
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        raise RuleRefused(f"{text!r} are no quiet hours.", advice)
    try:
        start, end = time.fromisoformat(found[1]), time.fromisoformat(found[2])
        ZoneInfo(found[3])
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise RuleRefused(f"{text!r} has a time or a time zone that there is not.", advice) from None
    if start == end:
        raise RuleRefused(f"{text!r} would be quiet for ever, or never.", advice)
    return QuietHours(start, end, found[3])
