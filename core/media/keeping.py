"""Keeping: a package's files at a provider; what is there already is not sent again, what nothing names is removed."""

from collections.abc import Iterable
from pathlib import Path

from core.catalog.video import Copy
from core.errors import ObjectNotFound
from core.media.shelves import Shelved, chunks_of
from core.storage.checksums import Tally
from core.storage.provider import Attributes, Multipart, StorageProvider, StoredObject

_CRC = "crc64nvme"  #: metadata, for providers that keep no checksum


def keep(provider: StorageProvider, shelved: Shelved, chunks: Iterable[bytes]) -> StoredObject:
    """The file as an object; of its chunks none is asked for where it is there already. Raises StorageError."""
    size_bytes, crc = _sums(shelved.file)
    there = _what_is_at(provider, shelved.key)
    if there and _is_same(there, shelved, size_bytes, crc):
        return there
    storage_class = shelved.storage_class.fit_for(size_bytes)
    attributes = Attributes(shelved.content_type, shelved.cache_control, storage_class, {_CRC: str(crc)})
    return provider.write(shelved.key, chunks, attributes)


def remove_unnamed(provider: StorageProvider, copy: Copy, folder: str) -> None:
    """Remove what lies in a folder and is none of the copy's objects."""
    known = {each.key for each in copy.objects}
    for stored in list(provider.list(folder)):
        if stored.key not in known:
            provider.delete(stored.key)


def abort_below(provider: Multipart, folder: str) -> None:
    """Remove the parts of every upload that was begun in a folder and not completed."""
    for begun in list(provider.unfinished_uploads(f"{folder}/")):
        provider.abort_upload(begun.key, begun.upload_id)


def _sums(file: Path) -> tuple[int, int]:
    tally = Tally()
    for _ in tally.passing(chunks_of(file)):
        pass
    return tally.size_bytes, tally.crc64nvme


def _what_is_at(provider: StorageProvider, key: str) -> StoredObject | None:
    try:
        return provider.head(key)
    except ObjectNotFound:
        return None


def _is_same(there: StoredObject, shelved: Shelved, size_bytes: int, crc: int) -> bool:
    stated = there.metadata.get(_CRC) if there.crc64nvme is None else str(there.crc64nvme)
    described = (there.content_type, there.cache_control)
    return (there.size_bytes, stated) == (size_bytes, str(crc)) and described == (
        shelved.content_type,
        shelved.cache_control,
    )
