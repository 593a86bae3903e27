"""Structure: whether a file is as long as its own container says.

A video whose upload was cut off often still opens, and states its full duration. What gives it away is the sizes that
it is made of: a box, chunk, element, page or packet that reaches beyond the end of the file.
"""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_TAIL = 1 << 17  # more than the largest page of Ogg
_UNKNOWN = -1
_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
#: Packets of a transport stream: on air, with a time stamp (Blu-ray), with error correction.
_TS_PACKETS = (188, 192, 204)


def is_cut_off(file: Path, container: str) -> bool:
    """Whether the file ends before what it is made of does. False for containers that do not tell."""
    check = _CHECKS.get(container.split(",")[0])
    with file.open("rb") as content:
        return check is not None and check(content, file.stat().st_size)


def _mov(content: BinaryIO, size: int) -> bool:
    at = 0
    while at + 8 <= size:
        content.seek(at)
        length, kind = struct.unpack(">I4s", content.read(8))
        if length == 1:
            length = int.from_bytes(content.read(8), "big")
        if length == 0 or not kind.isascii():  # up to the end; or what some cameras leave behind the last box
            return False
        at += max(length, 8)
    return at > size


def _riff(content: BinaryIO, size: int) -> bool:
    at = 0
    while at + 8 <= size:
        content.seek(at)
        kind, length = struct.unpack("<4sI", content.read(8))
        if kind != b"RIFF":
            return False
        at += 8 + length + length % 2
    return at > size + 1  # the byte that makes it even may be missing


def _asf(content: BinaryIO, size: int) -> bool:
    at = 0
    while at + 24 <= size:
        content.seek(at + 16)
        length = int.from_bytes(content.read(8), "little")
        if length < 24:
            return False
        at += length
    return at > size


def _matroska(content: BinaryIO, size: int) -> bool:
    at = 0
    while at < size:
        content.seek(at)
        kind, length = _number(content, keep_marker=True), _number(content)
        if kind is None or length is None:
            return True
        at = content.tell()
        if length != _UNKNOWN:
            at += length
            if kind == _SEGMENT:  # what lies behind it is no part of the video
                break
        elif kind not in (_SEGMENT, _CLUSTER):
            return False
    return at > size


def _number(content: BinaryIO, keep_marker: bool = False) -> int | None:
    """A number of EBML, as long as its first byte says; None where the file ends within it."""
    first = content.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    rest = content.read(length - 1)
    if len(rest) < length - 1:
        return None
    number = int.from_bytes(first + rest, "big")
    if keep_marker:
        return number
    ones = (1 << 7 * length) - 1
    return _UNKNOWN if number & ones == ones else number & ones


def _flv(content: BinaryIO, size: int) -> bool:
    content.seek(max(size - 4, 0))
    length = int.from_bytes(content.read(4), "big")  # each tag is followed by its size
    if not 11 <= length <= size - 4 - 9:
        return True
    content.seek(size - 4 - length)
    head = content.read(4)
    return int.from_bytes(head[1:], "big") != length - 11


def _mpegts(content: BinaryIO, size: int) -> bool:
    head = content.read(5 * max(_TS_PACKETS))
    for length in _TS_PACKETS:
        offset = 4 if length == 192 else 0
        if all(head[at : at + 1] == b"\x47" for at in range(offset, min(len(head), 5 * length), length)):
            return size % length != 0
    return False


def _mpeg(content: BinaryIO, size: int) -> bool:
    content.seek(max(size - _TAIL, 0))
    tail = content.read()
    at = len(tail)
    while (at := tail.rfind(b"\0\0\1", 0, at)) >= 0:
        if tail[at + 3 : at + 4] >= b"\xbc":  # the head of a packet; smaller ones stand within a picture
            return at + 6 + int.from_bytes(tail[at + 4 : at + 6], "big") > len(tail)
    return False


def _ogg(content: BinaryIO, size: int) -> bool:
    content.seek(max(size - _TAIL, 0))
    tail = content.read()
    at = tail.rfind(b"OggS")
    head = tail[at : at + 27]
    if at < 0 or len(head) < 27:
        return True
    segments = tail[at + 27 : at + 27 + head[26]]
    return at + 27 + head[26] + sum(segments) > len(tail)


_CHECKS: dict[str, Callable[[BinaryIO, int], bool]] = {
    "mov": _mov,
    "avi": _riff,
    "asf": _asf,
    "matroska": _matroska,
    "flv": _flv,
    "mpeg": _mpeg,
    "mpegts": _mpegts,
    "ogg": _ogg,
}
