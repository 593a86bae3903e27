"""One way: a provider that takes a file from start to end only, and keeps no checksum, as Supabase does."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from core.errors import UploadNotFound
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, SignedRequest, StoredObject


class OneWay:
    """What arrives is kept by a folder; the chunks are sent by `receive`."""

    name = "supabase"
    bucket = "videos"
    region = "eu-central-1"
    residency = "EU"
    chunk_bytes = 1_000

    def __init__(self, folder: LocalProvider) -> None:
        self._folder = folder
        self._wanted: dict[str, tuple[str, int, Attributes]] = {}
        self._received: dict[str, bytes] = {}

    @property
    def under_way(self) -> list[str]:
        """Addresses of the uploads that are unfinished."""
        return list(self._received)

    def receive(self, address: str, chunk: bytes) -> None:
        """A chunk arrives; with the last one it is an object."""
        key, size, attributes = self._wanted[address]
        self._received[address] += chunk
        if len(self._received[address]) == size:
            self._folder.write(key, [self._received.pop(address)], attributes)

    def start_resumable(self, key: str, size_bytes: int, attributes: Attributes, expires_in_s: int) -> SignedRequest:
        address = f"https://project.supabase.co/storage/v1/upload/resumable/{key}"
        self._wanted[address], self._received[address] = (key, size_bytes, attributes), b""
        return self.renew_resumable(key, address, expires_in_s)

    def renew_resumable(self, key: str, address: str, expires_in_s: int) -> SignedRequest:
        expires_at = self._folder._clock() + timedelta(seconds=expires_in_s)
        return SignedRequest("PATCH", address, {"x-signature": f"signed until {expires_at:%H:%M}"}, expires_at)

    def received_bytes(self, address: str) -> int:
        if address not in self._received:
            raise UploadNotFound("There is no such upload.", "Begin it again.")
        return len(self._received[address])

    def abort_resumable(self, address: str) -> None:
        self._received.pop(address, None)

    def check(self) -> None:
        self._folder.check()

    def head(self, key: str) -> StoredObject:
        return replace(self._folder.head(key), crc64nvme=None)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        return self._folder.list(prefix)

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[bytes]:
        return self._folder.read(key, start, end, etag)

    def write(self, key: str, chunks: Iterable[bytes], attributes: Attributes, if_absent: bool = False) -> StoredObject:
        return self._folder.write(key, chunks, attributes, if_absent)

    def delete(self, key: str) -> None:
        self._folder.delete(key)

    def url(self, key: str, expires_in_s: int) -> str:
        return self._folder.url(key, expires_in_s)
