"""Verifying: what was copied is whole at the target, unchanged at the source, and right where viewers get it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import httpx

from core.catalog.video import Copy, CopyObject, Video
from core.delivery.addresses import Addresses, expiry
from core.errors import ObjectChanged, ObjectCorrupt, StorageUnreachable
from core.migration.journal import CopyRecord
from core.migration.proof import ends_of, sha256
from core.storage.connections import get
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider, StoredObject


@dataclass(frozen=True)
class Verifying:
    """Compares; changes nothing."""

    source: StorageProvider
    target: StorageProvider
    addresses: Addresses
    clock: Callable[[], datetime]

    def verify(self, video: Video, copy: Copy, record: CopyRecord) -> None:
        """An object of the copy at the target, which is not served yet.

        Raises ObjectChanged where the source has another object by now, ObjectCorrupt where the target has another
        than was copied, and StorageError.
        """
        require_whole(self.target, record)
        require_unchanged(self.source, record)
        if each := copy.object(record.name):
            self._look_as_viewers_do(video, copy, each, record)

    def _look_as_viewers_do(self, video: Video, copy: Copy, each: CopyObject, record: CopyRecord) -> None:
        if not each.storage_class.instant:
            return  # nobody can read what is archived
        now = self.clock()
        address = self.addresses.of(each, video, copy, expiry(video, now), now)
        for start, end in ends_of(record.size_bytes):
            if sha256(self._fetched(address, start, end)) != self._meant(record, start, end):
                raise ObjectCorrupt(
                    f"Viewers would get other bytes of {record.target_key!r} than the source has.",
                    "Check what stands between them and the bucket.",
                )

    def _meant(self, record: CopyRecord, start: int, end: int) -> str:
        """What the source has there; it is read where it was not seen while it was copied."""
        if (start, end) in record.ends:
            return record.ends[start, end]
        return sha256(b"".join(self.source.read(record.source_key, start, end, record.source_etag)))

    def _fetched(self, address: str, start: int, end: int) -> bytes:
        if address.startswith("/"):
            return self._fetched_here(address, start, end)
        try:
            answer = get(address, {"Range": f"bytes={start}-{end - 1}"}, follow_redirects=True)
        except httpx.TransportError as error:
            raise StorageUnreachable(
                f"{urlsplit(address).hostname} does not answer as viewers would ask it ({type(error).__name__}).",
                "Check the network, and the distribution.",
            ) from None
        if answer.status not in (200, 206):
            raise StorageUnreachable(
                f"{urlsplit(address).hostname} answers viewers with {answer.status}.",
                "Check the bucket's policy, and the distribution.",
            )
        return answer.data if answer.status == 206 else answer.data[start:end]

    def _fetched_here(self, address: str, start: int, end: int) -> bytes:
        """By the same links that our own server takes."""
        assert isinstance(self.target, LocalProvider)
        parts = urlsplit(address)
        grant = self.target.verify("GET", parts.path, dict(parse_qsl(parts.query)), self.clock())
        return b"".join(self.target.read(grant.key, start, end))


def require_whole(target: StorageProvider, record: CopyRecord) -> StoredObject:
    """The object at the target, as it was recorded. Raises ObjectCorrupt, ObjectNotFound, StorageError."""
    there = target.head(record.target_key)
    if there.crc64nvme is None or record.crc64nvme is None:
        same = there.etag == record.etag
    else:  # the etag is another one after a change of class
        same = there.crc64nvme == record.crc64nvme
    if not same or there.size_bytes != record.size_bytes:
        raise ObjectCorrupt(
            f"{record.target_key!r} in {target.name} is not what was copied there.", "It is copied again."
        )
    return there


def require_unchanged(source: StorageProvider, record: CopyRecord) -> None:
    """Raises ObjectChanged where the source has another object at the key than was copied, ObjectNotFound."""
    now = source.head(record.source_key)
    if (now.etag, now.size_bytes) != (record.source_etag, record.size_bytes):
        raise ObjectChanged(
            f"{record.source_key!r} in {source.name} was replaced since it was copied.", "It is copied anew."
        )
