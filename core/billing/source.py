"""Source: a folder, or an S3 prefix, that bill exports lie in."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from core.errors import DeliveryRefused, SourceUnreachable


@dataclass(frozen=True)
class Entry:
    """One file of a source, as its listing shows it."""

    path: str  #: relative to the source's address, with forward slashes
    size: int  #: bytes
    modified: datetime
    etag: str | None  #: as S3 lists it, without quotes; None for a folder


class Source(Protocol):
    """Where exports lie: what is there, and one file of it at a time."""

    @property
    def address(self) -> str:
        """Where it is, in full."""
        ...

    def entries(self) -> list[Entry]:
        """Every file below the address. Raises SourceUnreachable."""
        ...

    def read(self, entry: Entry) -> bytes:
        """The content of a small file."""
        ...

    def fingerprint(self, entry: Entry) -> str:
        """What changes when the file's content does."""
        ...

    def fetch(self, entry: Entry, target: Path) -> None:
        """Put the file's bytes, checked against size and checksum, at target.

        Raises DeliveryRefused when they do not agree, SourceUnreachable when they cannot be had.
        """
        ...


@dataclass
class Folder:
    """A folder on this machine."""

    path: Path

    @property
    def address(self) -> str:
        return str(self.path.expanduser().resolve())

    def entries(self) -> list[Entry]:
        if not self.path.expanduser().is_dir():
            raise SourceUnreachable(f"There is no folder {self.path}.", "Check the path, or give s3://bucket/prefix.")
        root = Path(self.address)
        files = (Path(folder) / name for folder, _, names in self._walk(root) for name in names)
        # a named pipe would never end, and a dangling link has nothing to read
        return sorted((_entry(file, root) for file in files if file.is_file()), key=lambda entry: entry.path)

    def read(self, entry: Entry) -> bytes:
        with _explained(entry):
            return self._path(entry).read_bytes()

    def fingerprint(self, entry: Entry) -> str:
        with _explained(entry), self._path(entry).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def fetch(self, entry: Entry, target: Path) -> None:
        with _explained(entry), self._path(entry).open("rb"):
            target.symlink_to(self._path(entry))

    def _path(self, entry: Entry) -> Path:
        return Path(self.address) / entry.path

    def _walk(self, root: Path) -> Iterator[tuple[str, list[str], list[str]]]:
        def fail(error: OSError) -> None:
            raise SourceUnreachable(
                f"The folder {error.filename} cannot be read: {error.strerror}.", "Give this user read permission."
            ) from error

        return os.walk(root, onerror=fail)


def _entry(path: Path, root: Path) -> Entry:
    stat = path.stat()
    modified = datetime.fromtimestamp(stat.st_mtime_ns / 1e9, UTC)
    return Entry(path.relative_to(root).as_posix(), stat.st_size, modified, None)


@contextmanager
def _explained(entry: Entry) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DeliveryRefused(
            f"{entry.path} cannot be read: {error.strerror}.", "Give this user read permission, or copy it again."
        ) from error
