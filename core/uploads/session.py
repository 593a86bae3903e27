"""Session: one file on its way to being a video, and what of it has arrived."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.catalog.video import Visibility
from core.errors import SizeRefused, UploadRefused
from core.storage.provider import Part, PartLimits
from core.units import MIB

#: Parts are this large, unless so many would be needed that the provider takes them no more.
PART_BYTES = 8 * MIB
#: Between two requests of an upload that is going on; what is longer is a pause, and no part of its speed.
LONGEST_STEP = timedelta(minutes=2)


class Mode(StrEnum):
    """How the bytes travel."""

    PARTS = "parts"  #: in any order, several at once
    TUS = "tus"  #: from start to end, in chunks


class State(StrEnum):
    """How far an upload is."""

    RECEIVING = "receiving"  #: parts are wanted
    COMPLETING = "completing"  #: all are there, and are being made one object
    DUPLICATE = "duplicate"  #: whole; the library has these bytes already, and a person decides whether it keeps both
    DONE = "done"  #: it is a video
    ABORTED = "aborted"  #: somebody has called it off
    ABANDONED = "abandoned"  #: nobody went on with it for too long
    FAILED = "failed"  #: what arrived could not become a video

    @property
    def unfinished(self) -> bool:
        """Whether somebody may go on with it."""
        return self in (State.RECEIVING, State.COMPLETING, State.DUPLICATE)


def speed(size_bytes: int, active_s: float) -> float:
    """Bytes a second of what was whole after so many seconds without pauses."""
    return size_bytes / max(active_s, 0.001)


@dataclass(frozen=True)
class UploadSession:
    """One upload, as the database has it."""

    id: str  #: of the video too, once it is one
    owner: str
    fingerprint: str  #: by which its owner's program knows the file again; empty where it does not
    file_name: str
    title: str
    size_bytes: int
    part_bytes: int  #: of every part but the last
    content_type: str
    residency: str
    visibility: Visibility
    provider: str
    reason: str  #: why this provider, for the person
    mode: Mode
    key: str
    upload_id: str  #: the provider's own; empty until it has given one
    state: State
    problem: str  #: why it failed; otherwise empty
    crc64nvme: int | None  #: of the whole file, as its sender says; None until the end
    sha256: str | None
    started_at: datetime
    active_at: datetime  #: when its sender was last heard of
    active_s: float  #: seconds in which it was going on, without pauses
    finished_at: datetime | None  #: when it was whole, was called off or failed

    @property
    def parts_total(self) -> int:
        return math.ceil(self.size_bytes / self.part_bytes)

    @property
    def bytes_per_s(self) -> float | None:
        """How fast it arrived; None before it is whole."""
        if self.state not in (State.DONE, State.DUPLICATE):
            return None
        return speed(self.size_bytes, self.active_s)

    def part_size(self, number: int) -> int:
        """How large part `number` has to be. Raises UploadRefused when there is no such part."""
        if not 1 <= number <= self.parts_total:
            raise UploadRefused(f"There is no part {number}: parts go from 1 to {self.parts_total}.", "Send another.")
        return min(self.part_bytes, self.size_bytes - (number - 1) * self.part_bytes)

    def require_size(self, number: int, size_bytes: int) -> None:
        """Raises UploadRefused where part `number` has another size, or there is none."""
        wanted = self.part_size(number)
        if size_bytes != wanted:
            raise UploadRefused(
                f"Part {number} has {size_bytes} bytes; it needs {wanted}.", "Cut the file as it was told."
            )

    def active_until(self, now: datetime) -> float:
        """What active_s is once its sender was heard of now."""
        step = now - self.active_at
        return self.active_s + (step.total_seconds() if timedelta(0) < step <= LONGEST_STEP else 0)


@dataclass(frozen=True)
class Standing:
    """An upload, and what the provider has of it."""

    session: UploadSession
    received: tuple[Part, ...]  #: the whole ones, by number; in tus mode those that lie wholly before the next byte

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the parts still to be sent."""
        return self.not_received if self.session.state is State.RECEIVING else ()

    @property
    def not_received(self) -> tuple[int, ...]:
        """Numbers of the parts that are not here; of what is whole they are looked for no more."""
        there = {part.number for part in self.received}
        return tuple(number for number in range(1, self.session.parts_total + 1) if number not in there)

    @property
    def received_bytes(self) -> int:
        return sum(part.size_bytes for part in self.received)


def standing(session: UploadSession, parts: Iterable[Part]) -> Standing:
    """What is there of an upload; a part of a wrong size is as good as missing."""
    sizes = {number: session.part_size(number) for number in range(1, session.parts_total + 1)}
    return Standing(session, tuple(part for part in parts if sizes.get(part.number) == part.size_bytes))


def choose_part_bytes(size_bytes: int, limits: PartLimits, wanted: int = PART_BYTES) -> int:
    """How large each part of a file is made: as wanted, or as much larger as the provider's limits ask for.

    Raises SizeRefused when the provider's largest and most parts cannot hold the file.
    """
    needed = math.ceil(size_bytes / limits.most / MIB) * MIB if size_bytes > wanted * limits.most else wanted
    part_bytes = max(needed, limits.smallest_bytes)
    if part_bytes > limits.largest_bytes:
        raise SizeRefused("The file is larger than its storage provider takes.", "Cut it, or make it smaller.")
    return part_bytes
