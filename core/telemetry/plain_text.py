"""Plain text: a log as DuckDB can read it, whatever bytes are in it, or refused where it is cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isal import isal_zlib

from core.errors import DeliveryRefused
from core.telemetry.formats import LOOK_BYTES, is_gzip

_Damage: Any = isal_zlib.error  # its stub takes it for an instance
#: Of a compressed file at once: what it comes to should fit into the processor's cache.
_CHUNK = 16_384
#: A log may unpack to this many times its size, and always to 1 GiB; real ones come to five to twenty times.
_LARGEST_GROWTH, _ALWAYS = 200, 2**30


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


def write_plain(path: Path, target: Path, name: str) -> Written:
    """Write a text, gzip or not, with one line's end and no byte that is none of a text's.

    Raises DeliveryRefused where it is cut or damaged.
    """
    lines, size, last = 0, 0, b"\n"
    limit = max(_ALWAYS, path.stat().st_size * _LARGEST_GROWTH)
    try:
        with target.open("wb") as file:
            for chunk in _clean(_chunks(path)):
                lines += chunk.count(b"\n")
                size += file.write(chunk)
                last = chunk[-1:] or last
                if size > limit:
                    raise _refused(name, "unpacks to far more than a log does")
    except (_Damage, EOFError) as error:
        raise _refused(name, "is cut off or damaged, or is still being written") from error
    return Written(lines + (last != b"\n"), size)


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
                yield member.decompress(start, 64 * _CHUNK)
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
