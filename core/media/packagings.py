"""Packagings: how far the packaging of each video is, and what has become of it, in the database."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.database import Connection, Row, named_queries
from core.media.ladder import Ladder
from core.units import instant_text

queries: Any = named_queries(__file__)


class State(StrEnum):
    """Where a packaging stands."""

    WAITING = "waiting"  #: for its turn, or to be tried again
    WORKING = "working"
    DONE = "done"
    DAMAGED = "damaged"  #: done, and what was made shows that the file is not whole
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self not in (State.WAITING, State.WORKING)


@dataclass(frozen=True)
class Packaging:
    """The newest packaging of a video."""

    video_id: str
    request: str  #: the one that does it
    revision: int  #: counts from 1
    ladder: Ladder
    state: State
    stage: str  #: in words; empty while it waits
    share: float  #: of the stage, 0 to 1
    eta_s: float | None  #: until all is encoded; None while that cannot be told
    attempts: int
    problem: str  #: why it failed, or is tried again; empty while all is well
    advice: str
    warnings: tuple[str, ...]
    damaged: bool  #: what was made shows that the file is not whole
    size_bytes: int | None  #: of the rungs; None until they are there
    fixed_bytes: int | None  #: that the fixed ladder would take, by samples; None where not measured
    job: str | None  #: at MediaConvert
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def saved_bytes(self) -> int | None:
        """What the rungs take less than the fixed ladder would; None where not measured."""
        return None if self.size_bytes is None or self.fixed_bytes is None else self.fixed_bytes - self.size_bytes


@dataclass(frozen=True)
class Result:
    """What a packaging has made."""

    damaged: bool
    size_bytes: int  #: of the rungs
    fixed_bytes: int | None
    warnings: tuple[str, ...]


def find(connection: Connection, video_id: str) -> Packaging | None:
    """The newest packaging of a video; None where there was none."""
    row = queries.packaging(connection, video_id=video_id)
    return packaging_of(row) if row else None


def under_way(connection: Connection) -> set[str]:
    """The ids of the videos that are being packaged, or wait for it."""
    return {row["video_id"] for row in queries.unfinished_packagings(connection)}


def packaging_of(row: Row) -> Packaging:
    """From a row of the table."""
    told = dict(row)
    instants = {name: told[name] and datetime.fromisoformat(told[name]) for name in _INSTANTS}
    choices = {"ladder": Ladder(told["ladder"]), "state": State(told["state"]), "damaged": bool(told["damaged"])}
    return Packaging(**{**told, **instants, **choices, "warnings": tuple(json.loads(told["warnings"]))})


_INSTANTS = ("requested_at", "started_at", "ended_at")


def begin(connection: Connection, packaging: Packaging, now: datetime) -> None:
    """An attempt begins."""
    queries.begin_packaging(connection, video_id=packaging.video_id, now=instant_text(now))


def move(
    connection: Connection, video_id: str, state: State, now: datetime, problem: str = "", advice: str = ""
) -> None:
    """It is over, or waits to be tried again."""
    ended_at = instant_text(now) if state.is_over else None
    queries.move_packaging(
        connection, video_id=video_id, state=state, problem=problem, advice=advice, ended_at=ended_at
    )


def is_at(connection: Connection, video_id: str, stage: str, share: float, eta_s: float | None = None) -> None:
    """How far it is."""
    queries.packaging_is_at(connection, video_id=video_id, stage=stage, share=share, eta_s=eta_s)


def has_made(connection: Connection, video_id: str, result: Result) -> None:
    """What the rungs take, and what is to be said of them."""
    told = {**asdict(result), "warnings": json.dumps(result.warnings)}
    queries.packaging_has_made(connection, video_id=video_id, **told)


def warn(connection: Connection, video_id: str, text: str) -> None:
    """Something more is to be said of what was made; said again, it is said once."""
    packaging = find(connection, video_id)
    if packaging and text not in packaging.warnings:
        warnings = json.dumps((*packaging.warnings, text))
        queries.packaging_warns(connection, video_id=video_id, warnings=warnings)


def has_job(connection: Connection, video_id: str, job: str) -> None:
    """It is a job at MediaConvert now."""
    queries.packaging_has_job(connection, video_id=video_id, job=job)
