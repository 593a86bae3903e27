"""Beginning: an upload is recorded before its provider hears of it, and named by what the provider calls it."""

import uuid
from datetime import datetime

from core.access.roles import User
from core.database import Database
from core.storage.provider import Attributes, Multipart, ResumableUploads, StorageProvider
from core.storage.routing import Route
from core.uploads import store
from core.uploads.content import Container
from core.uploads.new_file import NewFile
from core.uploads.session import Mode, State, UploadSession, choose_part_bytes
from core.uploads.whole import MARK

#: How long the address of an upload in tus mode is good for, before it is renewed.
ADDRESS_LASTS_S = 3600


def new_session(
    user: User, file: NewFile, container: Container, route: Route, part_bytes: int, now: datetime
) -> UploadSession:
    """An upload of the file as it will be recorded. Raises SizeRefused where the provider takes no such file."""
    id = uuid.uuid4().hex
    tus = not isinstance(route.provider, Multipart)
    return UploadSession(
        id=id,
        owner=user.name,
        fingerprint=file.fingerprint,
        file_name=file.name,
        title=file.shown_title,
        size_bytes=file.size_bytes,
        part_bytes=_part_bytes(route.provider, file.size_bytes, part_bytes),
        content_type=container.content_type,
        residency=file.residency.upper(),
        visibility=file.visibility,
        provider=route.provider.name,
        reason=route.reason,
        mode=Mode.TUS if tus else Mode.PARTS,
        key=f"videos/{id}/original{container.suffix}",
        upload_id="",
        state=State.RECEIVING,
        problem="",
        crc64nvme=None,
        sha256=None,
        started_at=now,
        active_at=now,
        active_s=0,
        finished_at=None,
    )


def _part_bytes(provider: StorageProvider, size_bytes: int, wanted: int) -> int:
    if isinstance(provider, Multipart):
        return choose_part_bytes(size_bytes, provider.part_limits, wanted)
    assert isinstance(provider, ResumableUploads)
    return provider.chunk_bytes


def begin(database: Database, provider: StorageProvider, session: UploadSession, is_new: bool) -> UploadSession:
    """Have the provider begin it; where another process has done so meanwhile, its upload is the one."""
    attributes = Attributes(session.content_type, metadata={MARK: session.id})
    if isinstance(provider, Multipart):
        # a process that was killed before it could name what it had begun has left that
        begun = None if is_new else next(provider.unfinished_uploads(session.key), None)
        upload_id = begun.upload_id if begun else provider.start_upload(session.key, attributes)
    else:
        assert isinstance(provider, ResumableUploads)
        upload_id = provider.start_resumable(session.key, session.size_bytes, attributes, ADDRESS_LASTS_S).url
    with database.transaction() as connection:
        store.queries.name_upload(connection, id=session.id, upload_id=upload_id)
        named = store.find(connection, session.id)
    if named.upload_id != upload_id:
        _forget(provider, session.key, upload_id)
    return named


def _forget(provider: StorageProvider, key: str, upload_id: str) -> None:
    if isinstance(provider, Multipart):
        provider.abort_upload(key, upload_id)
    elif isinstance(provider, ResumableUploads):
        provider.abort_resumable(upload_id)
