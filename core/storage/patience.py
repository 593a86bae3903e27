"""Patience: what fails by something that may be over soon is tried again, ever later."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from core.errors import StorageBusy, StorageUnreachable

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Patience:
    """How often something is tried, and how long is waited in between: twice as long each time, more or less."""

    pause: Callable[[float], object]  #: waits so many seconds, or until there is no point in waiting
    given_up: Callable[[], bool] = lambda: False  #: nothing is tried again once that is so
    attempts: int = 6
    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0

    def persist(self, work: Callable[[], _Result], *also: type[Exception]) -> _Result:
        """The result; raises what the last attempt raised."""
        for attempt in range(self.attempts):
            try:
                return work()
            except (StorageBusy, StorageUnreachable, *also):
                if attempt + 1 == self.attempts or self.given_up():
                    raise
                self.pause(min(self.first_pause_s * 2**attempt, self.longest_pause_s) * random.uniform(0.5, 1))
        raise AssertionError  # the last attempt returns or raises
