"""Store: the table of uploads; rows go in and sessions come out."""

from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection, Row
from typing import Any

from core.catalog.video import Visibility
from core.database import named_queries
from core.errors import UploadNotFound
from core.units import instant_text
from core.uploads.session import Mode, State, UploadSession

queries: Any = named_queries(__file__)


def find(connection: Connection, id: str) -> UploadSession:
    """Raises UploadNotFound."""
    row = queries.upload(connection, id=id)
    if row is None:
        raise UploadNotFound("There is no such upload.", "Begin it anew.")
    return session_of(row)


def sessions_of(rows: Iterable[Row]) -> tuple[UploadSession, ...]:
    return tuple(map(session_of, rows))


def begin(connection: Connection, session: UploadSession) -> None:
    """Record a new upload, before the provider hears of it."""
    queries.begin(
        connection,
        id=session.id,
        owner=session.owner,
        fingerprint=session.fingerprint,
        file_name=session.file_name,
        title=session.title,
        size_bytes=session.size_bytes,
        part_bytes=session.part_bytes,
        content_type=session.content_type,
        residency=session.residency,
        visibility=session.visibility,
        provider=session.provider,
        reason=session.reason,
        mode=session.mode,
        key=session.key,
        now=instant_text(session.started_at),
    )


def move(connection: Connection, id: str, before: State, after: State, now: datetime, problem: str = "") -> bool:
    """Whether it was in the state before, and is in the one after now."""
    finished_at = None if after in (State.RECEIVING, State.COMPLETING, State.ABORTING) else instant_text(now)
    changed = queries.move(connection, id=id, before=before, after=after, finished_at=finished_at, problem=problem)
    return changed == 1


def session_of(row: Row) -> UploadSession:
    return UploadSession(
        id=row["id"],
        owner=row["owner"],
        fingerprint=row["fingerprint"],
        file_name=row["file_name"],
        title=row["title"],
        size_bytes=row["size_bytes"],
        part_bytes=row["part_bytes"],
        content_type=row["content_type"],
        residency=row["residency"],
        visibility=Visibility(row["visibility"]),
        provider=row["provider"],
        reason=row["reason"],
        mode=Mode(row["mode"]),
        key=row["key"],
        upload_id=row["upload_id"],
        state=State(row["state"]),
        problem=row["problem"],
        crc64nvme=None if row["crc64nvme"] is None else int(row["crc64nvme"]),
        sha256=row["sha256"],
        started_at=datetime.fromisoformat(row["started_at"]),
        active_at=datetime.fromisoformat(row["active_at"]),
        active_s=row["active_s"],
        finished_at=None if row["finished_at"] is None else datetime.fromisoformat(row["finished_at"]),
    )
