"""Plain text: a log as DuckDB can read it, whatever bytes are in it, or refused where it is cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from isal import isal_zlib

from core.errors import DeliveryRefused
from core.telemetry.formats import LOOK_BYTES, is_gzip

_Damage: Any = isal_zlib.error  # its stub takes it for an instance
#: Of a compressed file at once: what it comes to should fit into the processor's cache.
_CHUNK = 16_384
_PIECE = 64 * _CHUNK
_END = ord("\n")
#: A log may unpack to this many times its size, and always to 1 GiB; real ones come to five to twenty times.
_LARGEST_GROWTH, _ALWAYS = 200, 2**30


class TooLong(Exception):
    """A text has more bytes than were asked for."""


@dataclass(frozen=True)
class Written:
    """What was written."""

    lines: int
    size_bytes: int


def beginning(path: Path) -> bytes:
    """The first bytes of a text, unpacked; fewer where it is damaged."""
    start = b""
    try:
        for chunk in _chunks(path):
            start += chunk
            if len(start) >= LOOK_BYTES:
                break
    except (_Damage, EOFError):
        pass  # what there is of it tells what it is; who reads on is told that it is cut
    return start


@dataclass
class PlainText:
    """A text, gzip or not, with one line's end and no byte that is none of a text's, unpacked while it is read."""

    path: Path
    name: str  #: that it is refused by
    most_bytes: int = 2**63  #: where it has more, reading ends with TooLong
    size_bytes: int = 0
    closed: bool = False
    _rest: bytes = b""

    def __post_init__(self) -> None:
        self._pieces: Iterator[bytes] = _clean(_chunks(self.path))
        self._limit = max(_ALWAYS, self.path.stat().st_size * _LARGEST_GROWTH)

    def read(self, size: int) -> bytes:
        """As much as is asked for, less only at the end. Raises DeliveryRefused where it is cut or damaged."""
        taken, room = [self._rest], size - len(self._rest)
        try:
            while room > 0 and (piece := next(self._pieces, None)) is not None:
                taken.append(piece)
                room -= len(piece)
        except (_Damage, EOFError) as error:
            raise _refused(self.name, "is cut off or damaged, or is still being written") from error
        text = b"".join(taken)
        self._rest = text[size:] if room < 0 else b""
        return self._counted(text[:size] if room < 0 else text)

    def _counted(self, text: bytes) -> bytes:
        self.size_bytes += len(text)
        if self.size_bytes > self.most_bytes:
            raise TooLong
        if self.size_bytes > self._limit:
            raise _refused(self.name, "unpacks to far more than a log does")
        return text

    def close(self) -> None:
        self.closed = True


def write_plain(path: Path, target: Path, name: str) -> Written:
    """Write a text as PlainText has it. Raises DeliveryRefused where it is cut or damaged."""
    text, lines, last = PlainText(path, name), 0, b"\n"
    with target.open("wb") as file:
        while piece := text.read(_PIECE):
            file.write(piece)
            lines += int(np.count_nonzero(np.frombuffer(piece, np.uint8) == _END))  # a third of bytes.count's time
            last = piece[-1:]
    return Written(lines + (last != b"\n"), text.size_bytes)


def _refused(name: str, how: str) -> DeliveryRefused:
    return DeliveryRefused(f"{name} {how}.", "It is tried again the next time; copy it again if that goes on.")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        start = file.read(_CHUNK)
        if not is_gzip(start):
            while start:
                yield start
                start = file.read(_CHUNK * 8)
            return
        member = None
        while start:
            while start:
                member = member or isal_zlib.decompressobj(31)
                yield member.decompress(start, _PIECE)
                start = member.unconsumed_tail or member.unused_data
                if member.eof:
                    member, start = None, start.lstrip(b"\0")  # padding behind a member is allowed
            start = file.read(_CHUNK)
        if member is not None:
            raise EOFError("the last member has no end")


def _clean(chunks: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        if not chunk.isascii() or b"\r" in chunk or b"\0" in chunk or held:
            chunk, held = _cleaned(held + chunk)
        yield chunk
    if held:
        yield held.replace(b"\r", b"").decode(errors="backslashreplace").encode()


def _cleaned(chunk: bytes) -> tuple[bytes, bytes]:
    """A chunk without what no log holds, and its end where that is to be looked at with the next one."""
    cut = chunk.rfind(b"\n") + 1
    whole = chunk[:cut].replace(b"\r\n", b"\n").replace(b"\r", b"%0D").replace(b"\0", b"%00")
    rest = chunk[cut:]
    return whole.decode(errors="backslashreplace").encode(), rest
