"""Content: which container a file is, by its first bytes and never by its name."""

from dataclasses import dataclass
from typing import NoReturn

from core.errors import ContentRefused, SizeRefused

#: As many of a file's first bytes as are looked at.
HEAD_BYTES = 4096


@dataclass(frozen=True)
class Container:
    """A kind of file that videos come in."""

    name: str
    content_type: str  #: what it is stored and served as
    suffix: str  #: what its key ends with


MP4 = Container("MP4", "video/mp4", ".mp4")
QUICKTIME = Container("QuickTime", "video/quicktime", ".mov")
MATROSKA = Container("Matroska", "video/x-matroska", ".mkv")
WEBM = Container("WebM", "video/webm", ".webm")
AVI = Container("AVI", "video/x-msvideo", ".avi")
MPEG_TS = Container("MPEG transport stream", "video/mp2t", ".ts")
MPEG_PS = Container("MPEG program stream", "video/mpeg", ".mpg")
FLV = Container("Flash video", "video/x-flv", ".flv")
ASF = Container("Windows Media", "video/x-ms-asf", ".asf")
OGG = Container("Ogg", "video/ogg", ".ogv")

_STARTS = {
    b"\x00\x00\x01\xba": MPEG_PS,
    b"FLV\x01": FLV,
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"): ASF,
    b"OggS": OGG,
}
#: Boxes that a QuickTime file of before 2001 may begin with.
_OLD_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}
_SOUNDS = {b"M4A ", b"M4B ", b"M4P "}

_UNPACK = "Unpack it, and upload the video in it."
_ITSELF = "Upload the video itself."
#: What people upload by mistake: how it begins, what it is, and what to do instead.
_MISTAKEN = (
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"%PDF", "a PDF document", _ITSELF),
    (b"\x89PNG", "a picture", _ITSELF),
    (b"\xff\xd8\xff", "a picture", _ITSELF),
    (b"GIF8", "a picture", _ITSELF),
    (b"ID3", "a sound file", "Upload a file with a picture track."),
    (b"\xff\xfb", "a sound file", "Upload a file with a picture track."),
    (b"fLaC", "a sound file", "Upload a file with a picture track."),
    (b"#EXTM3U", "a playlist", "Upload the video itself, not the list of its parts."),
    (b"ffconcat", "a list of files", "Upload the video itself, not the list of its parts."),
    (b"<!DOCTYPE", "a web page", "Download the video again: what was saved is a page of the site."),
    (b"<html", "a web page", "Download the video again: what was saved is a page of the site."),
    (b"<?xml", "an XML document", _ITSELF),
)
_TAKEN = "Upload MP4, MOV, MKV, WebM, AVI, MPEG (.ts, .mpg), FLV, WMV or Ogg."


def recognise(head: bytes, file_name: str) -> Container:
    """The container that begins so. Raises ContentRefused, in words, for whatever is none."""
    if not head:
        raise SizeRefused(f"{file_name!r} is empty.", "Check that its recording or download came to an end.")
    container = next((kind for start, kind in _STARTS.items() if head.startswith(start)), None)
    container = container or _iso_media(head, file_name) or _matroska(head) or _riff(head, file_name) or _mpeg_ts(head)
    if container is None:
        _refuse(head, file_name)
    return container


def _iso_media(head: bytes, file_name: str) -> Container | None:
    kind, brand = head[4:8], head[8:12]
    if kind in _OLD_QUICKTIME:
        return QUICKTIME
    if kind != b"ftyp":
        return None
    if brand in _PICTURES:
        raise ContentRefused(f"{file_name!r} is a picture, not a video.", _ITSELF)
    if brand in _SOUNDS:
        raise ContentRefused(f"{file_name!r} is a sound file, not a video.", "Upload a file with a picture track.")
    return QUICKTIME if brand == b"qt  " else MP4


def _matroska(head: bytes) -> Container | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return WEBM if b"\x42\x82\x84webm" in head[:64] else MATROSKA


def _riff(head: bytes, file_name: str) -> Container | None:
    if not head.startswith(b"RIFF"):
        return None
    if head[8:12] == b"AVI ":
        return AVI
    what = {b"WAVE": "a sound file", b"WEBP": "a picture"}.get(head[8:12])
    raise ContentRefused(f"{file_name!r} is {what}, not a video." if what else _unknown(file_name), _TAKEN)


def _mpeg_ts(head: bytes) -> Container | None:
    """Packets of 188 bytes that begin with 0x47; cameras put four bytes of time before each."""
    plain = head[0:565:188] == b"\x47\x47\x47\x47"
    with_time = head[4:581:192] == b"\x47\x47\x47\x47"
    return MPEG_TS if plain or with_time else None


def _refuse(head: bytes, file_name: str) -> NoReturn:
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for start, what, advice in _MISTAKEN:
        if begin[: len(start)].lower() == start.lower():
            raise ContentRefused(f"{file_name!r} is {what}, not a video.", advice)
    raise ContentRefused(_unknown(file_name), _TAKEN)


def _unknown(file_name: str) -> str:
    return f"{file_name!r} is not a video that can be read here."
