"""Recording: a whole object becomes a video of the library, in one transaction."""

from datetime import datetime

from core.access.audit import AuditEntry, Outcome, add_entry
from core.access.roles import User
from core.catalog.catalog import add_video, record_copy, remember_link, serve_from
from core.catalog.video import CopyObject, Kind, Video, new_slug
from core.database import Connection
from core.storage.provider import StorageProvider, StoredObject
from core.units import size_in_words
from core.uploads import store
from core.uploads.session import State, UploadSession

ORIGINAL = "original"


def record(
    connection: Connection,
    user: User,
    session: UploadSession,
    provider: StorageProvider,
    stored: StoredObject,
    now: datetime,
) -> None:
    """Video, copy, the copy that is served, the address it may be known by, the upload's end, and the audit line."""
    add_video(connection, _video(session, now))
    record_copy(connection, session.id, provider.name, [_original(session, stored)], now, session.reason)
    serve_from(connection, session.id, provider.name, now)
    remember_link(connection, session.id, provider.name, provider.bucket, session.key)
    store.move(connection, session.id, session.state, State.DONE, now)
    note(connection, user, "upload", session, now, f"{size_in_words(session.size_bytes)} to {provider.name}")


def note(connection: Connection, user: User, action: str, session: UploadSession, now: datetime, detail: str) -> None:
    """An audit line on an upload."""
    subject = f"{session.title} ({session.id})"
    entry = AuditEntry(now, user.name, user.via, action, subject, Outcome.DONE, detail, user.address)
    add_entry(connection, entry)


def _video(session: UploadSession, now: datetime) -> Video:
    return Video(
        id=session.id,
        slug=new_slug(session.title),
        title=session.title,
        residency=session.residency,
        visibility=session.visibility,
        size_bytes=session.size_bytes,
        crc64nvme=session.crc64nvme,
        sha256=session.sha256,
        created_by=session.owner,
        created_at=now,
        served_from=None,
    )


def _original(session: UploadSession, stored: StoredObject) -> CopyObject:
    return CopyObject(
        kind=Kind.ORIGINAL,
        name=ORIGINAL,
        key=session.key,
        content_type=session.content_type,
        size_bytes=session.size_bytes,
        storage_class=stored.storage_class,
        etag=stored.etag,
        crc64nvme=session.crc64nvme,
    )
