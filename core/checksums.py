"""Checksums: whether a file is, byte for byte, the one that was written."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checksum:
    """What tells a file from any other, and from itself with one bit changed."""

    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, file: Path) -> "Checksum":
        """A file's; raises OSError where it cannot be read."""
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
            return cls(os.fstat(opened.fileno()).st_size, digest)

    def fits(self, file: Path) -> bool:
        """Whether the file is there, and as it was written."""
        try:
            return file.stat().st_size == self.size_bytes and Checksum.of(file) == self
        except OSError:
            return False


#: Tells whether a file is as it was written.
Check = Callable[[Path], bool]


class Checked:
    """Files that were found as they were written: each is looked into once, and again when it was touched since."""

    def __init__(self) -> None:
        self._found: dict[Path, tuple[int, ...]] = {}

    def first_damaged(self, checks: Mapping[Path, Check]) -> Path | None:
        """A file that is not as it was written, or not there; None where all are."""
        before, self._found = self._found, {}
        for file, is_as_written in checks.items():
            if not self._is_sound(file, is_as_written, before):
                return file
        return None

    def is_sound(self, file: Path, is_as_written: Check) -> bool:
        """Whether a file is there, and as it was written."""
        return self._is_sound(file, is_as_written, self._found)

    def _is_sound(self, file: Path, is_as_written: Check, before: Mapping[Path, tuple[int, ...]]) -> bool:
        traits = _traits(file)  # first: what is changed while it is looked into is looked into again
        if not traits or (before.get(file) != traits and not is_as_written(file)):
            return False
        self._found[file] = traits
        return True


def _traits(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
