"""Store: the table of uploads; rows go in and sessions come out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from core.catalog.video import Visibility
from core.database import Connection, Row, named_queries
from core.errors import UploadNotFound
from core.units import instant_text
from core.uploads.session import Mode, State, UploadSession

_NOTED_EVERY = timedelta(seconds=5)
queries: Any = named_queries(__file__)


def find(connection: Connection, id: str) -> UploadSession:
    """Raises UploadNotFound."""
    row = queries.upload(connection, id=id)
    if row is None:
        raise unknown()
    return session_of(row)


def unknown() -> UploadNotFound:
    """The same for an upload of somebody else's: who may not see it is not told that it is there."""
    return UploadNotFound("There is no such upload.", "Begin it anew.")


def under_way(connection: Connection, owner: str, fingerprint: str, size_bytes: int) -> UploadSession | None:
    """The owner's unfinished upload of the file that they know by this fingerprint."""
    row = queries.under_way(connection, owner=owner, fingerprint=fingerprint, size_bytes=size_bytes)
    return None if row is None else session_of(row)


def quiet(connection: Connection, state: State, before: datetime) -> tuple[UploadSession, ...]:
    """Those in a state of which nothing was heard since an instant, oldest first."""
    return sessions_of(queries.quiet(connection, state=state, before=instant_text(before)))


def keys_under_way(connection: Connection, provider: str) -> set[str]:
    """Where unfinished uploads to a provider go."""
    return {row["key"] for row in queries.keys_under_way(connection, provider=provider)}


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
    finished_at = None if after in (State.RECEIVING, State.COMPLETING) else instant_text(now)
    changed = queries.move(connection, id=id, before=before, after=after, finished_at=finished_at, problem=problem)
    return changed == 1


def worth_noting(session: UploadSession, now: datetime) -> bool:
    """Whether it is time to note that its sender was heard of: not for each of its parts."""
    return now - session.active_at >= _NOTED_EVERY


def touch(connection: Connection, session: UploadSession, now: datetime) -> None:
    """Its sender was heard of now."""
    queries.touch(connection, id=session.id, now=instant_text(now), active_s=session.active_until(now))


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
