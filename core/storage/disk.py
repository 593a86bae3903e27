"""Disk: files that are there whole or not at all, also after a power cut; and what goes wrong, in words."""

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DiskFull, KeyRefused, StorageDenied, StorageUnreachable

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


class _OfSource(Exception):
    """Carries an error of where the bytes come from past `explained`: it is not the disk's."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Raise DiskFull, or a StorageError, where the file system does not play along."""
    try:
        yield
    except _OfSource as passing:
        raise passing.error  # noqa: B904 - it is the error itself, on its way
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(f"The disk that holds {place} is full.", "Free some space and try again.") from error
        if error.errno in _DENIED:
            raise StorageDenied(
                f"{place} may not be read or written ({error.strerror}).", "Give this user the permission."
            ) from error
        if error.errno == errno.ENAMETOOLONG:
            raise KeyRefused("The key is too long for this machine's files.", "Choose a shorter one.") from error
        raise StorageUnreachable(f"{place} cannot be used ({error.strerror}).", "Check that disk.") from error


def write_durably(path: Path, chunks: Iterable[bytes]) -> None:
    """A new file with these bytes, on the disk when this returns; its name is once its folder is synced."""
    with path.open("xb") as file:
        for chunk in _of_source(chunks):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _of_source(chunks: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except OSError as error:
        raise _OfSource(error) from error


def sync_folder(folder: Path) -> None:
    """Put on the disk which names the folder has."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """The folder and those it lies in, on the disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)
        sync_folder(folder.parent)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One process and thread at a time; a folder is its own lock, and the system gives it back."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
