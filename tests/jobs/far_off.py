"""Far off: a job whose own hour is months away, so that nothing runs but what a test starts."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core.jobs.job import Job


@dataclass(frozen=True)
class FarOff(Job):
    """It is overdue as often as it says; by the clock alone, it begins on the first of a month half a year from now."""

    @property
    def cron(self) -> str:
        return f"0 0 1 {(datetime.now(UTC).month + 5) % 12 + 1} *"
