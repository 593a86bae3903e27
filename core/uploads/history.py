"""History: what became of uploads, how fast they were, and how many of them came to nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median

from core.access.roles import Permission, User
from core.database import Database
from core.units import instant_text
from core.uploads.session import State, UploadSession, speed
from core.uploads.store import queries, session_of, sessions_of


@dataclass(frozen=True)
class PastUpload:
    """An upload, and the link of the video that it became."""

    session: UploadSession
    slug: str | None  #: None where it became none, or the video is gone


@dataclass(frozen=True)
class UploadFigures:
    """How the uploads that ended in some time went; those that somebody called off are not counted."""

    ended: int
    whole: int  #: of which all bytes arrived
    size_bytes: int  #: of the whole ones together
    bytes_per_s: float | None  #: the median of the whole ones; None where there is none

    @property
    def success_rate(self) -> float | None:
        """0 to 1; None where none has ended."""
        return self.whole / self.ended if self.ended else None


def has_uploads(database: Database) -> bool:
    """Whether anything was ever uploaded."""
    with database.reading() as connection:
        return bool(queries.any_upload(connection)["yes"])


def recent(database: Database, user: User, limit: int) -> tuple[PastUpload, ...]:
    """One's own uploads, or everybody's for who may see them; newest first. Raises PermissionDenied."""
    user.require(Permission.UPLOAD)
    owner = None if user.may(Permission.MANAGE_UPLOADS) else user.name
    with database.reading() as connection:
        rows = queries.recent(connection, owner=owner, limit=limit)
        return tuple(PastUpload(session_of(row), row["slug"]) for row in rows)


def upload_figures(database: Database, since: datetime) -> UploadFigures:
    """How the uploads went that ended since an instant."""
    with database.reading() as connection:
        return _figures(sessions_of(queries.ended_since(connection, since=instant_text(since))))


def _figures(ended: Iterable[UploadSession]) -> UploadFigures:
    ended = tuple(ended)
    whole = [each for each in ended if each.state in (State.DONE, State.DUPLICATE)]
    speeds = [each.bytes_per_s for each in whole if each.bytes_per_s is not None]
    size = sum(each.size_bytes for each in whole)
    return UploadFigures(len(ended), len(whole), size, median(speeds) if speeds else None)


@dataclass(frozen=True)
class UploadSpeeds:
    """How fast uploads arrived, as those had it who sent them: their pauses are left out."""

    uploads: int  #: whole ones
    p50_bytes_per_s: float  #: half of them were slower
    p95_bytes_per_s: float  #: 95 in 100 were not faster


def upload_speeds(database: Database, since: datetime, until: datetime) -> UploadSpeeds | None:
    """How fast those uploads arrived that became whole from an instant up to, and without, another; None: none did."""
    with database.reading() as connection:
        rows = list(queries.whole_between(connection, since=instant_text(since), until=instant_text(until)))
    speeds = sorted(speed(row["size_bytes"], row["active_s"]) for row in rows)
    if not speeds:
        return None
    return UploadSpeeds(len(speeds), median(speeds), speeds[ceil(0.95 * len(speeds)) - 1])
