"""Abilities: what only some providers can do with objects that lie there already; asked for with isinstance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.storage.provider import StorageClass, StorageProvider, StoredObject
from core.units import GIB, MIB

#: The largest object that one copy takes; what is larger is copied in pieces of the other size.
LARGEST_COPY_BYTES, COPIED_PIECE_BYTES = 5 * GIB, 512 * MIB


def requests_to_copy(size_bytes: int) -> int:
    """Requests that write, of a copy of an object onto itself: one, or its pieces with a first and a last one."""
    return 1 if size_bytes <= LARGEST_COPY_BYTES else -(-size_bytes // COPIED_PIECE_BYTES) + 2


@runtime_checkable
class Tagged(StorageProvider, Protocol):
    """Objects carry tags, by which lifecycle rules can tell them apart."""

    def tags(self, key: str) -> Mapping[str, str]:
        """Empty where it has none. Raises ObjectNotFound."""
        ...

    def set_tags(self, key: str, tags: Mapping[str, str]) -> None:
        """Put these in the place of all that it has. Raises ObjectNotFound."""
        ...


@runtime_checkable
class CacheControlled(StorageProvider, Protocol):
    """What caches are told of an object can be changed where it lies."""

    def set_cache_control(self, key: str, cache_control: str) -> StoredObject:
        """Change that header and nothing else: bytes, metadata, tags and class stay. Empty: none.

        Raises ObjectArchived where it has to be restored first, ObjectChanged where it is replaced meanwhile.
        """
        ...


@dataclass(frozen=True)
class ObjectVersion:
    """What lies, or lay, at a key; a delete marker says that nothing does."""

    key: str
    version_id: str
    size_bytes: int  #: 0 of a delete marker
    etag: str  #: empty of a delete marker
    modified_at: datetime
    storage_class: StorageClass
    is_latest: bool
    is_delete_marker: bool
    noncurrent_since: datetime | None  #: when a newer one took its place; None while it is the latest


@runtime_checkable
class Versioned(StorageProvider, Protocol):
    """The provider can keep what was replaced or removed."""

    def keeps_versions(self) -> bool:
        """Whether a change makes another version, and the old one stays."""
        ...

    def versions(self, prefix: str = "") -> Iterator[ObjectVersion]:
        """Every version and delete marker, by key, the latest of each key first."""
        ...

    def locks_versions(self) -> bool:
        """Whether versions here may be locked against their removal."""
        ...

    def is_locked(self, key: str, version_id: str, now: datetime) -> bool:
        """Whether retention or a legal hold forbids its removal. Raises ObjectNotFound."""
        ...

    def remove_version(self, key: str, version_id: str) -> None:
        """Remove it for good; one that is not there is removed already. Raises StorageDenied where it is locked."""
        ...
