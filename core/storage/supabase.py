"""Supabase Storage: a bucket of a project as a provider."""

import json
import re
import tempfile
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from core.errors import KeyRefused, ObjectCorrupt, ObjectExists, ObjectNotFound, StorageDenied
from core.storage import supabase_read
from core.storage.disk import explained as disk_explained
from core.storage.keys import check_key
from core.storage.provider import Attributes, SignedRequest, StoredObject
from core.storage.supabase_key import project_ref, require_service_key
from core.storage.supabase_project import RETRY_WAITS_S, SupabaseProject, open_client
from core.storage.supabase_tus import CHUNK, SupabaseTus, cache_seconds, chunk_headers

_TAKEN = re.compile(r"[\w/!\-.*'() &$@=;:+,?]*", re.ASCII)
#: In an object's metadata: which writing it comes from, so that a lost answer can be told from somebody else's object.
_WRITE_ID = "phyght-write"


class SupabaseProvider:
    """One bucket. Supabase keeps no checksum, so what arrived is compared by its size."""

    name = "supabase"
    chunk_bytes = CHUNK

    def __init__(
        self, url: str, key: str, bucket: str, clock: Callable[[], datetime], residency: str = "",
        waits_s: tuple[float, ...] = RETRY_WAITS_S,
    ) -> None:  # fmt: skip
        self.url_of_project = url
        self.bucket = bucket
        self.region = project_ref(url)
        self.residency = residency
        self._key = key
        self._clock = clock
        self._waits_s = waits_s

    def check(self) -> None:
        require_service_key(self._key, self.url_of_project, self._clock().date())
        self._opened.buckets()  # a limited key is shown an empty list of them, without an error
        self._opened.bucket(self.bucket)

    def head(self, key: str) -> StoredObject:
        check_key(key)
        return _described(key, self._info(key))

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        for page in self._project.pages(self.bucket, prefix):
            yield from map(_listed, page.objects)
        self._project.bucket(self.bucket)  # the listing of a bucket that is gone is empty, and no error

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[bytes]:
        check_key(key)
        return supabase_read.read(self._project, self.bucket, key, start, end, etag)

    def write(self, key: str, chunks: Iterable[bytes], attributes: Attributes, if_absent: bool = False) -> StoredObject:
        """By way of a file of this machine: Supabase has to be told the size before the first byte."""
        _check(key)
        mark = uuid.uuid4().hex
        marked = replace(attributes, metadata={**attributes.metadata, _WRITE_ID: mark})
        with tempfile.SpooledTemporaryFile(max_size=CHUNK) as file:
            size = _spool(chunks, file)
            with suppress(ObjectExists):  # it may be ours, and only the answer was lost
                self._send(key, file, size, marked, if_absent)
        return self._proven(key, size, mark, if_absent)

    def delete(self, key: str) -> None:
        check_key(key)
        removed = self._project.ask(lambda: self._files.remove([key]), self.bucket, key)
        if not removed and self._is_there(key):
            raise StorageDenied(f"Supabase did not remove {self.bucket}/{key}.", "Use the project's service_role key.")

    def url(self, key: str, expires_in_s: int) -> str:
        """Of a public bucket the public address, which does not expire and which caches keep."""
        check_key(key)
        if self.is_public:
            return self._files.get_public_url(key)
        signed = self._project.ask(lambda: self._files.create_signed_url(key, expires_in_s), self.bucket, key)
        return signed["signedURL"]

    @cached_property
    def is_public(self) -> bool:
        """Whether everybody may read what lies in the bucket."""
        return self._project.bucket(self.bucket).public

    @cached_property
    def largest_bytes(self) -> int | None:
        """The largest object that the bucket takes; None where it has no limit of its own."""
        return self._project.bucket(self.bucket).file_size_limit

    def require_key(self, key: str) -> None:
        """Raises KeyRefused for a key that Supabase takes no object at."""
        _check(key)

    def start_resumable(self, key: str, size_bytes: int, attributes: Attributes, expires_in_s: int) -> SignedRequest:
        _check(key)
        token = self._token(key)
        address = self._tus.create(self.bucket, key, size_bytes, attributes, upsert=False, token=token)
        return self._signed(address, token, expires_in_s)

    def received_bytes(self, address: str) -> int:
        return self._tus.received(address)

    def renew_resumable(self, key: str, address: str, expires_in_s: int) -> SignedRequest:
        return self._signed(address, self._token(key), expires_in_s)

    def abort_resumable(self, address: str) -> None:
        self._tus.abort(address)

    @cached_property
    def _opened(self) -> SupabaseProject:
        return SupabaseProject(self.url_of_project, self._key, open_client(), self._waits_s)

    @cached_property
    def _project(self) -> SupabaseProject:
        """The project, once it is certain that its answers are not empty for want of permission."""
        self.check()
        return self._opened

    @property
    def _files(self) -> Any:
        return self._project.storage.from_(self.bucket)

    @cached_property
    def _tus(self) -> SupabaseTus:
        return SupabaseTus(self._project)

    def _send(self, key: str, file: Any, size: int, attributes: Attributes, if_absent: bool) -> None:
        if size > CHUNK:
            address = self._tus.create(self.bucket, key, size, attributes, upsert=not if_absent)
            return self._tus.send(address, file, size, self.bucket, key)
        options = {
            "content-type": attributes.content_type,
            "cache-control": cache_seconds(attributes),
            "metadata": dict(attributes.metadata),
            **({} if if_absent else {"upsert": "true"}),
        }
        content = file.read()
        self._project.ask(lambda: self._files.upload(key, content, options), self.bucket, key)
        return None

    def _info(self, key: str) -> dict[str, Any]:
        return supabase_read.info(self._project, self.bucket, key)

    def _is_there(self, key: str) -> bool:
        try:
            self.head(key)
        except ObjectNotFound:
            return False
        return True

    def _proven(self, key: str, size: int, mark: str, if_absent: bool) -> StoredObject:
        """The object, where it is ours; where it may be replaced, somebody else's by now."""
        told = self._info(key)
        ours = (told.get("metadata") or {}).get(_WRITE_ID) == mark
        if ours and told["size"] != size:
            raise ObjectCorrupt(
                f"{self.bucket}/{key} has {told['size']} of {size} bytes in Supabase.", "Send it again."
            )
        if if_absent and not ours:
            raise ObjectExists(f"There is an object at {self.bucket}/{key} already.", "Choose another key.")
        return _described(key, told)

    def _token(self, key: str) -> str:
        """What lets somebody send to that key, for as long as Supabase says in it."""
        return self._project.ask(lambda: self._files.create_signed_upload_url(key), self.bucket, key)["token"]

    def _signed(self, address: str, token: str, expires_in_s: int) -> SignedRequest:
        wanted = self._clock() + timedelta(seconds=expires_in_s)
        return SignedRequest("PATCH", address, chunk_headers() | {"x-signature": token}, min(wanted, _expiry(token)))


def _check(key: str) -> None:
    check_key(key)
    if not _TAKEN.fullmatch(key):
        raise KeyRefused(f"Supabase takes no key like {key!r}.", "Use letters from a to z, digits and common signs.")


def _spool(chunks: Iterable[bytes], file: Any) -> int:
    for chunk in chunks:
        with disk_explained(Path(tempfile.gettempdir())):
            file.write(chunk)
    size = file.tell()
    file.seek(0)
    return size


def _expiry(token: str) -> datetime:
    payload = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return datetime.fromtimestamp(claims["exp"], UTC)


def _described(key: str, told: dict[str, Any]) -> StoredObject:
    metadata = {name: str(value) for name, value in (told.get("metadata") or {}).items() if name != _WRITE_ID}
    return StoredObject(
        key,
        told["size"] or 0,
        (told["etag"] or "").strip('"'),
        datetime.fromisoformat(told["last_modified"]),
        told["content_type"] or "",
        told["cache_control"] or "",
        metadata=metadata,
    )


def _listed(item: Any) -> StoredObject:
    told = item.metadata or {}
    modified = told.get("lastModified") or item.updated_at
    return StoredObject(item.name, int(told.get("size") or 0), str(told.get("eTag", "")).strip('"'), _instant(modified))


def _instant(told: Any) -> datetime:
    return told if isinstance(told, datetime) else datetime.fromisoformat(told)
