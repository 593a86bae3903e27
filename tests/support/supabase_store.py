"""Supabase store: the buckets of a project and what lies in them."""

import hashlib
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.support.supabase_answers import DUPLICATE, TOO_LARGE, WRONG_TYPE, Answer, storage_error

_CREATED = datetime(2026, 1, 1, tzinfo=UTC)
_PART = 16 * 2**20


@dataclass
class StoredObject:
    """One object; its bytes where a test has uploaded some, else only their number."""

    name: str
    size: int | None  #: None: a row without metadata, as SQL can leave one behind
    created_at: datetime = _CREATED
    content: bytes | None = None
    mimetype: str = "video/mp4"
    cache_control: str = "max-age=3600"
    user_metadata: dict[str, Any] | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def etag(self) -> str:
        """As S3 behind Storage has it: of parts from 16 MB on, and of no file that anybody could compute."""
        if self.content is None:
            return f'"{self.id.replace("-", "")}"'
        digest = hashlib.md5(self.content, usedforsecurity=False).hexdigest()
        return f'"{digest}-{len(self.content) // _PART + 1}"' if len(self.content) > _PART else f'"{digest}"'

    def told(self) -> dict[str, Any]:
        """The object as `info` tells of it."""
        return {
            "id": self.id, "name": self.name, "version": self.id, "size": self.size, "content_type": self.mimetype,
            "cache_control": self.cache_control, "etag": self.etag, "metadata": self.user_metadata,
            "last_modified": self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "created_at": self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }  # fmt: skip

    def listed(self, name: str) -> dict[str, Any]:
        """The object as a listing shows it."""
        instant = self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        times = dict.fromkeys(("created_at", "updated_at", "last_accessed_at"), instant)
        return {"name": name, "id": self.id, "metadata": self._metadata(instant), **times}

    def _metadata(self, instant: str) -> dict[str, Any] | None:
        if self.size is None:
            return None
        return {
            "eTag": self.etag,
            "size": self.size,
            "mimetype": self.mimetype,
            "cacheControl": self.cache_control,
            "lastModified": instant,
            "contentLength": self.size,
            "httpStatusCode": 200,
        }


@dataclass
class Bucket:
    """One bucket and what lies in it, by name."""

    name: str
    public: bool = False
    objects: dict[str, StoredObject] = field(default_factory=dict)
    file_size_limit: int | None = None
    allowed_mime_types: list[str] | None = None

    def put(self, name: str, size: int | None, created_at: datetime = _CREATED) -> None:
        self.objects[name] = StoredObject(name, size, created_at)

    def described(self) -> dict[str, Any]:
        return {
            "id": self.name,
            "name": self.name,
            "owner": "",
            "public": self.public,
            "file_size_limit": self.file_size_limit,
            "allowed_mime_types": self.allowed_mime_types,
            "created_at": "2026-01-01T00:00:00.000Z",
            "updated_at": "2026-01-01T00:00:00.000Z",
        }

    def refusal(self, name: str, size: int, mimetype: str, upsert: bool) -> Answer | None:
        """Why an object may not come here; None where it may."""
        if not re.fullmatch(r"[\w/!\-.*'() &$@=;:+,?]*", name, re.ASCII):
            return storage_error("400", "InvalidKey", f"Invalid key: {name}")
        if self.file_size_limit is not None and size > self.file_size_limit:
            return TOO_LARGE
        if self.allowed_mime_types is not None and mimetype not in self.allowed_mime_types:
            return WRONG_TYPE
        return DUPLICATE if name in self.objects and not upsert else None


def kept_for(cache_control: str) -> str:
    """Storage takes seconds and makes this of them."""
    return f"max-age={cache_control}" if cache_control else "no-cache"
