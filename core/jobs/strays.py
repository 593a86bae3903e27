"""Strays: runs that are this worker's by the store, and that nothing in its process does, are begun again."""

import logging
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Condition
from typing import Protocol

from core.jobs.heartbeat import EVERY

#: So many looks in a row have to find a run idle: it may just have been claimed, or its end may not be on record yet.
_LOOKS = 3

log = logging.getLogger(__name__)


class AtWork:
    """The runs that this process does now, each of them once at a time."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._runs: set[str] = set()

    def __contains__(self, run: str) -> bool:
        with self._changed:
            return run in self._runs

    @contextmanager
    def doing(self, run: str) -> Iterator[None]:
        """Where the process does that run already, as it was begun again too early, wait until that is over."""
        with self._changed:
            self._changed.wait_for(lambda: run not in self._runs)
            self._runs.add(run)
        try:
            yield
        finally:
            with self._changed:
                self._runs.remove(run)
                self._changed.notify_all()


@dataclass(frozen=True)
class Claim:
    """A run that a worker has taken out of its queue."""

    run: str
    queue: str | None
    claimed_at: int | None  #: another one each time that it is claimed


class OwnRuns(Protocol):
    """What one worker has by the store."""

    def idle(self) -> Collection[Claim]:
        """Its claims that nothing in its process works on."""
        ...

    def put_back(self, claims: Collection[Claim]) -> None:
        """Have them claimed anew."""
        ...

    def let_go(self) -> None:
        """Forget what was asked for and can come to no end any more."""
        ...


class Strays:
    """Watches for what is at work by the store only.

    The library takes up what a dead process left once, when it starts, and what it claims it begins once; whatever goes
    wrong in between, the run stays as if it was at work.
    """

    def __init__(self, runs: OwnRuns, every: timedelta = EVERY) -> None:
        self._runs = runs
        self._every = every
        self._seen = Counter[Claim]()
        self._last: datetime | None = None

    def look(self, now: datetime) -> None:
        """Put back what was idle at several looks in a row, let go of what failed; not more often than is needed."""
        if self._last and timedelta(0) <= now - self._last < self._every:
            return
        self._last = now
        self._runs.let_go()
        self._seen = Counter({claim: self._seen[claim] + 1 for claim in self._runs.idle()})
        if strays := [claim for claim, times in self._seen.items() if times >= _LOOKS]:
            log.warning("Nothing does what this worker has at work; it is begun again: %s", _named(strays))
            self._runs.put_back(strays)


def _named(strays: list[Claim]) -> str:
    return ", ".join(sorted(stray.run for stray in strays))
