"""Source: a folder, or an S3 prefix, that bill exports lie in."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from core.errors import DeliveryRefused, SourceUnreachable
from core.units import MIB

#: Manifests are some kilobytes; what is larger is none, and would only fill the memory.
_LARGEST_SMALL_FILE = 16 * MIB


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
        """The content of a small file. Raises DeliveryRefused when it is large, and as fetch does."""
        ...

    def head(self, entry: Entry, size: int) -> bytes:
        """Its first bytes, to tell what it is. Raises as fetch does."""
        ...

    def fingerprint(self, entry: Entry) -> str:
        """What changes when the file's content does."""
        ...

    def fetch(self, entry: Entry, target: Path) -> None:
        """Put the file's bytes, checked against size and checksum, at target.

        Raises DeliveryRefused when they do not agree, SourceUnreachable when they cannot be had.
        """
        ...

    def confirm(self, entry: Entry) -> None:
        """Raise DeliveryRefused when a file that was fetched may have changed since it was listed."""
        ...


@runtime_checkable
class Skipping(Protocol):
    """A source in which there may be what is no file."""

    def skipped(self) -> list[str]:
        """Links that lead nowhere, or out of it, and pipes, by their paths, as files were listed last."""
        ...


def skipped(source: Source) -> list[str]:
    """What lies in a source and is no file of it."""
    return source.skipped() if isinstance(source, Skipping) else []


def is_hidden(path: str) -> bool:
    """Whether a file is one that systems keep for themselves: `.DS_Store`, `._bill.csv`, `__MACOSX/`, `.snapshot/`."""
    parts = set(path.split("/")) - {".", ".."}  # those are keys of S3 that somebody chose so
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def check_small(entry: Entry) -> None:
    """Raise DeliveryRefused where a file is too large for a manifest."""
    if entry.size > _LARGEST_SMALL_FILE:
        raise DeliveryRefused(f"{entry.path} is too large for a manifest.", "Remove it, or copy the export again.")


def open_folder(address: str, home: Path | None = None) -> "Folder":
    """The folder at an address on this machine, but for the installation's home where that lies in it.

    Raises SourceUnreachable where there can be no folder by that name.
    """
    try:
        path = Path(address).expanduser().resolve()
        path.as_posix().encode()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, ~nobody, a NUL or bytes that are no text
        raise SourceUnreachable(
            f"There is no folder {as_text(address)}.", "Check the path, or give s3://bucket/prefix."
        ) from error
    return Folder(path, home and home.resolve())


@dataclass
class Folder:
    """A folder on this machine; links that lead out of it are left alone: others may have put them there."""

    path: Path
    home: Path | None = None  #: what Phyght keeps here is no bill; what lies below it may be a source of its own
    #: Files whose names are no UTF-8, by the path they are listed with.
    _misnamed: dict[str, Path] = field(default_factory=dict, init=False, repr=False)
    _skipped: list[str] = field(default_factory=list, init=False, repr=False)

    @property
    def address(self) -> str:
        return str(self.path.expanduser().resolve())

    def entries(self) -> list[Entry]:
        root = Path(self.address)
        with _reachable(root):
            if not root.is_dir():
                raise SourceUnreachable(
                    f"There is no folder {self.path}.", "Check the path, or give s3://bucket/prefix."
                )
            self._skipped.clear()
            files = (Path(folder) / name for folder, _, names in _walk(root, self.home) for name in names)
            listed = [entry for file in files if (entry := self._entry(file, root))]
        return sorted(listed, key=lambda entry: entry.path)

    def skipped(self) -> list[str]:
        return sorted(self._skipped)

    def read(self, entry: Entry) -> bytes:
        check_small(entry)
        with _explained(entry):
            return self._path(entry).read_bytes()

    def head(self, entry: Entry, size: int) -> bytes:
        with _explained(entry), self._path(entry).open("rb") as file:
            return file.read(size)

    def fingerprint(self, entry: Entry) -> str:
        with _explained(entry), self._path(entry).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def fetch(self, entry: Entry, target: Path) -> None:
        with _explained(entry), self._path(entry).open("rb"):
            self.confirm(entry)
        target.symlink_to(self._path(entry))

    def confirm(self, entry: Entry) -> None:
        with _explained(entry):
            found = self._path(entry).stat()
        if (found.st_size, _modified(found)) != (entry.size, entry.modified):
            raise DeliveryRefused(f"{entry.path} was replaced while it was read.", "Run the ingestion again.")

    def _path(self, entry: Entry) -> Path:
        return self._misnamed.get(entry.path) or Path(self.address) / entry.path

    def _entry(self, path: Path, root: Path) -> Entry | None:
        try:
            found = path.stat()
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return self._skip(path, root)  # a link that leads nowhere, or a file that has just gone
            raise
        # a named pipe would never end
        if not stat.S_ISREG(found.st_mode) or not self._is_within(path.resolve(), root):
            return self._skip(path, root)
        name = path.relative_to(root).as_posix()
        if (text := as_text(name)) != name:
            self._misnamed[text] = path
        return Entry(text, found.st_size, _modified(found), None)

    def _skip(self, path: Path, root: Path) -> None:
        self._skipped.append(as_text(path.relative_to(root).as_posix()))

    def _is_within(self, path: Path, root: Path) -> bool:
        if self.home and self.home.is_relative_to(root) and path.is_relative_to(self.home):
            return False  # a link into what Phyght keeps
        return path.is_relative_to(root)


def _modified(found: os.stat_result) -> datetime:
    return datetime.fromtimestamp(found.st_mtime_ns / 1e9, UTC)


def as_text(name: str) -> str:
    """A path as text, also where its bytes are no UTF-8."""
    return os.fsencode(name).decode(errors="backslashreplace")


def _walk(root: Path, but: Path | None) -> Iterator[tuple[str, list[str], list[str]]]:
    def fail(error: OSError) -> None:
        raise error

    for folder, folders, names in os.walk(root, onerror=fail):
        if Path(folder) == but:
            folders.clear()  # nor what lies below it
        else:
            yield folder, folders, names


@contextmanager
def _reachable(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceUnreachable(
            f"The folder {as_text(str(error.filename or root))} cannot be read: {error.strerror}.",
            "Give this user read permission.",
        ) from error


@contextmanager
def _explained(entry: Entry) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DeliveryRefused(
            f"{entry.path} cannot be read: {error.strerror}.", "Give this user read permission, or copy it again."
        ) from error
