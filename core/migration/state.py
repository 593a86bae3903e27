"""State: what is known of a migration and of each of its videos."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.access.roles import Via

#: The work of workers: to move a video, to remove what has arrived of it, and what is left of it at the source. The
#: argument names the migration and the video.
MOVE, DISCARD, RETIRE = "migrate", "migrate-discard", "migrate-retire"
#: To ask some links of what was moved; the argument names the migration.
SAMPLE = "migrate-sample"


class Phase(StrEnum):
    """Where a migration is."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class State(StrEnum):
    """Where a video of a migration is."""

    BLOCKED = "blocked"  #: the plan says why it cannot be moved
    WAITING = "waiting"
    COPYING = "copying"
    UPLOADED = "uploaded"  #: all objects are at the target, and are being checked
    VERIFIED = "verified"  #: they are as they should be, and links are about to be switched
    DONE = "done"  #: viewers get the target's copy
    FAILED = "failed"  #: set aside, with the reason
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled back"  #: viewers get the source's copy again
    RETIRING = "retiring"  #: the source's copy is being removed
    RETIRED = "retired"  #: only the target's copy is left

    @property
    def moves(self) -> bool:
        """Whether its move is not over."""
        return self in MOVING


MOVING = (State.WAITING, State.COPYING, State.UPLOADED, State.VERIFIED)
#: What can be given up.
CANCELLABLE = (*MOVING, State.FAILED)


def startable(phase: Phase) -> tuple[State, ...]:
    """What is moved when a migration in that phase is started, or goes on."""
    return (*MOVING, State.CANCELLED) if phase is Phase.CANCELLED else MOVING


@dataclass(frozen=True)
class Migration:
    """Which videos go from one provider to another."""

    id: str
    name: str
    source: str
    target: str
    target_prefix: str  #: where another tool has put what it moved
    adopts: bool  #: nothing is copied: what another tool moved is checked
    timetable: str  #: bandwidth by the hour; empty: no limit
    grace_days: int  #: from a cut-over until its source may be retired
    phase: Phase
    created_by: str
    created_at: datetime
    started_by: str  #: who began it, or went on with it last; empty before
    started_via: Via
    started_at: datetime | None
    spent_usd: Decimal  #: what moving has cost so far, at list price
    saved_monthly_usd: Decimal  #: by what viewers get from the target now, at list price


@dataclass(frozen=True)
class Item:
    """A video of a migration."""

    migration_id: str
    video_id: str
    position: int  #: the lowest is moved first
    state: State
    wanted: bool  #: somebody has asked that it be moved
    request: str  #: the work that moves or retires it; empty where none is asked for
    objects: int
    size_bytes: int  #: of all objects, as planned
    done_bytes: int  #: that have arrived
    attempts: int  #: since it was asked for
    problem: str  #: what is wrong; empty while all is well
    advice: str
    monthly_before_usd: Decimal
    monthly_after_usd: Decimal
    one_off_usd: Decimal
    paid: bool  #: that is part of what the migration has spent
    began_at: datetime | None
    cut_over_at: datetime | None
    changed_at: datetime

    @property
    def share(self) -> float:
        """Of its bytes that have arrived, 0 to 1."""
        if self.state in (State.DONE, State.RETIRING, State.RETIRED, State.ROLLED_BACK):
            return 1.0
        return min(self.done_bytes / self.size_bytes, 1.0) if self.size_bytes else 0.0

    def bytes_per_s(self, now: datetime) -> float | None:
        """How fast it has arrived since it was begun last; None where it is not under way, and was not moved."""
        ended = self.cut_over_at or (now if self.state in (State.COPYING, State.UPLOADED, State.VERIFIED) else None)
        if self.began_at is None or ended is None or ended <= self.began_at:
            return None
        moved = self.size_bytes if self.cut_over_at else self.done_bytes
        return moved / (ended - self.began_at).total_seconds()

    @property
    def argument(self) -> str:
        """What names it to the worker."""
        return f"{self.migration_id}/{self.video_id}"
