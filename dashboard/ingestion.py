"""Ingestion: an ingestion that somebody started from the page, which goes on when the page is left."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from threading import Lock, Thread

from core.access.audit import Outcome
from core.access.roles import Permission, User
from core.billing.ingest import Progress
from core.bootstrap import Platform
from core.errors import PhyghtError

log = logging.getLogger("phyght")


@dataclass
class Running:
    """One source being read."""

    started_s: float = field(default_factory=time.monotonic)
    progress: Progress | None = None  #: None until the source is listed
    ended: bool = False
    error: str = ""

    @property
    def share(self) -> float:
        """How much of what has to be read is read, 0 to 1."""
        return (
            self.progress.done_bytes / self.progress.total_bytes if self.progress and self.progress.total_bytes else 0.0
        )

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None while that says nothing yet."""
        elapsed = time.monotonic() - self.started_s
        return elapsed / self.share - elapsed if self.share > 0.05 else None


class Ingestions:
    """What this process is reading, by source."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: dict[str, Running] = {}

    def of(self, address: str) -> Running | None:
        """The last one that was started here for the source."""
        return self._running.get(address)

    def start(self, platform: Platform, user: User, address: str, clock: Callable[[], datetime]) -> None:
        """Read a source in the background, unless it is being read. Raises PermissionDenied."""
        user.require(Permission.INGEST)
        with self._lock:
            before = self._running.get(address)
            if before and not before.ended:
                return
            running = self._running[address] = Running()
        Thread(target=self._run, args=(platform, user, address, clock, running), daemon=True).start()

    def _run(
        self, platform: Platform, user: User, address: str, clock: Callable[[], datetime], running: Running
    ) -> None:
        outcome = Outcome.FAILED
        try:
            platform.ingest(address, clock, lambda progress: setattr(running, "progress", progress))
            outcome = Outcome.DONE
        except PhyghtError as error:
            running.error = str(error)
        except Exception:  # the thread's end is the only place left to say it
            log.exception("an ingestion failed")
            running.error = "It ended unexpectedly; the terminal that runs Phyght says why."
        finally:
            running.ended = True
            platform.audit.write(user, "ingest", address, clock(), outcome, running.error)


@cache
def ingestions() -> Ingestions:
    """Those of this process."""
    return Ingestions()
