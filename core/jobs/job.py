"""Job: something that is done again and again, in steps that are safe to repeat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: How often a cron line can say: parts of an hour, and parts of a day.
_EVERY = {minutes: f"*/{minutes} * * * *" for minutes in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)} | {
    hours * 60: f"0 */{hours} * * *" for hours in (1, 2, 3, 4, 6, 8, 12, 24)
}


def scheduled_minutes(asked: int) -> int:
    """How often a job is due: as often as asked, or a little more often where cron cannot say it."""
    return max(minutes for minutes in _EVERY if minutes <= asked)


@dataclass(frozen=True)
class Job:
    """Work for the worker; a feature's functions reach it through bootstrap."""

    name: str  #: what the job store knows it by
    every_minutes: int  #: how often it is due
    steps: Mapping[str, Callable[[], object]]  #: taken in this order, whether or not the one before failed

    @property
    def cron(self) -> str:
        """When it runs, as a cron line."""
        return _EVERY[scheduled_minutes(self.every_minutes)]
