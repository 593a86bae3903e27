"""Local file: a file of this machine, read in pieces, that is noticed when it changes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import UploadRefused
from core.storage.checksums import crc64nvme
from core.units import MIB
from core.uploads.new_file import LONGEST_FINGERPRINT

_PIECE = 4 * MIB


@dataclass(frozen=True)
class LocalFile:
    """A file of this machine, open for reading."""

    path: Path
    descriptor: int
    size_bytes: int
    fingerprint: str  #: another one where it is another file, or was written to

    def read(self, start: int, size_bytes: int) -> bytes:
        """So many bytes from start. Raises UploadRefused where they are there no more."""
        content = os.pread(self.descriptor, size_bytes, start)
        if len(content) != size_bytes:
            raise self._changed()
        return content

    def checksum(self) -> int:
        """CRC64NVME of all of it."""
        crc = 0
        for start in range(0, self.size_bytes, _PIECE):
            crc = crc64nvme(self.read(start, min(_PIECE, self.size_bytes - start)), crc)
        return crc

    def require_unchanged(self) -> None:
        """Raises UploadRefused where it was written to since it was opened."""
        if _fingerprint(self.path, os.fstat(self.descriptor)) != self.fingerprint:
            raise self._changed()

    def _changed(self) -> UploadRefused:
        return UploadRefused(f"{self.path} was changed while it was sent.", "Send it again when nobody writes to it.")


@contextmanager
def open_file(path: Path) -> Iterator[LocalFile]:
    """Raises UploadRefused, in words, where there is no such file, or it may not be read."""
    if path.is_dir():
        raise UploadRefused(f"{path} is a folder.", "Name the files in it.")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait for whoever writes to it
    except OSError as error:
        raise UploadRefused(f"{path} cannot be read: {error.strerror}.", "Check its name and permissions.") from error
    try:
        if not path.is_file():
            raise UploadRefused(f"{path} is no file.", "Save it as one first.")
        stat = os.fstat(descriptor)
        yield LocalFile(path, descriptor, stat.st_size, _fingerprint(path, stat))
    finally:
        os.close(descriptor)


def _fingerprint(path: Path, stat: os.stat_result) -> str:
    return f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"[-LONGEST_FINGERPRINT:]
