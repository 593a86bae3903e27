"""Parts: how the bytes of an upload reach its provider, from their sender itself or through this process."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from core.access.roles import User
from core.database import Database
from core.errors import ObjectCorrupt, UploadRefused
from core.storage import checksums
from core.storage.provider import Multipart, Part, PresignedParts, SignedRequest, StreamedParts
from core.storage.providers import Providers
from core.uploads import store, whole
from core.uploads.answers import ended
from core.uploads.session import Mode, State, UploadSession

#: How long whoever was given a signed part has until they begin to send it.
SIGNED_FOR_S = 3600


class Parts:
    """The parts of one's own uploads that are under way."""

    def __init__(self, database: Database, providers: Providers, own: Callable[[User, str], UploadSession]) -> None:
        """`own` gives a user their own upload, or raises UploadNotFound."""
        self._database = database
        self._providers = providers
        self._own = own

    def sign(self, user: User, id: str, number: int, size_bytes: int, crc64nvme: int, now: datetime) -> SignedRequest:
        """The request with which a browser sends this part by itself; in tus mode, where it sends all of them.

        Raises UploadNotFound, UploadEnded, and UploadRefused where the file has no such part, or its provider takes
        parts through this server only.
        """
        session = self._receiving(user, id, now)
        provider = self._providers.named(session.provider)
        if session.mode is Mode.TUS:
            return whole.resumable(provider).renew_resumable(session.key, session.upload_id, SIGNED_FOR_S)
        session.require_size(number, size_bytes)
        if not isinstance(provider, PresignedParts):
            raise UploadRefused(f"{provider.name} takes parts through this server only.", "Send it here.")
        return provider.sign_part(session.key, session.upload_id, number, size_bytes, crc64nvme, SIGNED_FOR_S)

    def offset(self, user: User, id: str, now: datetime) -> int:
        """The next byte that is wanted, in tus mode. Raises UploadNotFound, UploadEnded, StorageError."""
        session = self._receiving(user, id, now)
        return whole.received_bytes(self._providers.named(session.provider), session)

    def write(self, user: User, id: str, number: int, content: bytes, now: datetime) -> Part:
        """Send a part through this process. Raises UploadNotFound, UploadEnded, UploadRefused, StorageError."""
        session = self._receiving(user, id, now)
        provider = self._providers.named(session.provider)
        if not isinstance(provider, Multipart):
            raise UploadRefused(f"{provider.name} takes a file from start to end.", "Ask where to send it.")
        session.require_size(number, len(content))
        return provider.write_part(session.key, session.upload_id, number, content)

    def receive(
        self, user: User, id: str, number: int, size_bytes: int, crc64nvme: int, chunks: Iterable[bytes], now: datetime
    ) -> Part:
        """Take a part as it comes in, where its sender cannot reach the provider; it raises what write does.

        Raises ObjectCorrupt where it is not what its sender says.
        """
        session = self._receiving(user, id, now)
        provider = self._providers.named(session.provider)
        session.require_size(number, size_bytes)
        if isinstance(provider, StreamedParts):
            whole_part = _exactly(size_bytes, chunks)
            return provider.receive_part(session.key, session.upload_id, number, whole_part, crc64nvme)
        content = b"".join(_exactly(size_bytes, chunks))
        if checksums.crc64nvme(content) != crc64nvme:
            raise ObjectCorrupt("The part does not agree with its checksum.", "Send it again.")
        return self.write(user, id, number, content, now)

    def _receiving(self, user: User, id: str, now: datetime) -> UploadSession:
        session = self._own(user, id)
        if session.state is not State.RECEIVING:
            raise ended(session)
        if store.worth_noting(session, now):
            with self._database.transaction() as connection:
                store.touch(connection, session, now)
        return session


def _exactly(size_bytes: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, if they are so many bytes together."""
    left = size_bytes
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            break
        yield chunk
    if left:
        raise UploadRefused(f"The part was to have {size_bytes} bytes, and has others.", "Send it again.")
