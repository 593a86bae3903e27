"""Originals: a video's original, fetched to this machine whole and unchanged, going on where it was cut off."""

import shutil
from collections.abc import Callable
from pathlib import Path

from core.catalog.video import CopyObject
from core.errors import DiskFull, ObjectChanged, ObjectCorrupt
from core.media.process import Stopped
from core.media.shelves import chunks_of
from core.storage.checksums import crc64nvme
from core.storage.provider import StorageProvider
from core.units import GIB

#: Left free on the disk, whatever is made.
_SPARED_BYTES = 1 * GIB


def fetch(
    provider: StorageProvider,
    original: CopyObject,
    file: Path,
    cancelled: Callable[[], bool],
    on_done: Callable[[float], None],
) -> None:
    """Have the original in a file.

    Raises DiskFull, ObjectChanged, ObjectCorrupt and other StorageErrors, and process.Stopped.
    """
    if file.exists():
        return
    part = file.with_name(f"{file.name}.part")
    done, crc = _what_is_there(part, original.size_bytes)
    require_space(file.parent, original.size_bytes - done)
    with part.open("ab") as content:
        for chunk in provider.read(original.key, done, None, original.etag) if done < original.size_bytes else ():
            if cancelled():
                raise Stopped
            content.write(chunk)
            done, crc = done + len(chunk), crc64nvme(chunk, crc)
            on_done(done / original.size_bytes)
    _require_same(part, original, done, crc)
    part.rename(file)


def require_space(folder: Path, needed_bytes: int) -> None:
    """Raises DiskFull when the disk has no room for so much, and something to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + _SPARED_BYTES:
        raise DiskFull(
            f"The disk that holds {folder} has {free / GIB:.1f} GiB free, and packaging needs "
            f"{(needed_bytes + _SPARED_BYTES) / GIB:.1f} GiB.",
            "Free some space; it is tried again.",
        )


def _what_is_there(part: Path, most: int) -> tuple[int, int]:
    """Size and checksum of what was fetched before."""
    done, crc = 0, 0
    if part.exists() and part.stat().st_size <= most:
        for chunk in chunks_of(part):
            done, crc = done + len(chunk), crc64nvme(chunk, crc)
    else:
        part.unlink(missing_ok=True)
    return done, crc


def _require_same(part: Path, original: CopyObject, size_bytes: int, crc: int) -> None:
    if size_bytes != original.size_bytes:
        part.unlink()
        raise ObjectChanged(f"{original.key!r} has {size_bytes} bytes and not {original.size_bytes}.", "Try again.")
    if original.crc64nvme not in (None, crc):
        part.unlink()
        raise ObjectCorrupt(f"{original.key!r} arrived with another checksum than it has.", "Try again.")
