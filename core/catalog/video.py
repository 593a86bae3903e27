"""Video: what the platform knows of one, of its copies, and of the objects they are made of."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.storage.provider import StorageClass

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read as another
_LONGEST_SLUG = 60


class Visibility(StrEnum):
    """Who may watch a video."""

    PUBLIC = "public"  #: whoever has the link
    PRIVATE = "private"  #: whoever is given an address that expires


class Kind(StrEnum):
    """What an object is for."""

    ORIGINAL = "original"  #: as it was uploaded
    RENDITION = "rendition"  #: one quality of the video, or its sound
    PLAYLIST = "playlist"
    THUMBNAIL = "thumbnail"  #: the poster, the storyboard
    SUBTITLES = "subtitles"


@dataclass(frozen=True)
class Video:
    """A video of the platform."""

    id: str
    slug: str  #: names it in links, for good
    title: str
    residency: str  #: the jurisdiction its bytes must stay in, like EU; empty: anywhere
    visibility: Visibility
    size_bytes: int  #: of the original
    crc64nvme: int | None  #: of the original
    sha256: str | None  #: of the original, in hexadecimal
    created_by: str
    created_at: datetime
    served_from: str | None  #: the provider whose copy viewers get; None where none is served
    duration_s: float | None = None  #: this and the two below: None until it is probed
    width: int | None = None  #: in pixels as shown, upright
    height: int | None = None


@dataclass(frozen=True)
class CopyObject:
    """One object of a copy."""

    kind: Kind
    name: str  #: within the video: original, 1080p, master.m3u8, poster
    key: str
    content_type: str
    size_bytes: int
    storage_class: StorageClass
    etag: str
    crc64nvme: int | None  #: None where the provider keeps none
    width: int | None = None  #: of a rung
    height: int | None = None
    bandwidth: int | None = None  #: peak bits per second of a rung, audio included


@dataclass(frozen=True)
class Copy:
    """All that is stored of a video at one provider."""

    provider: str
    reason: str  #: why it lies there, as it was shown to the person
    recorded_at: datetime
    objects: tuple[CopyObject, ...]  #: the original first

    @property
    def size_bytes(self) -> int:
        return sum(each.size_bytes for each in self.objects)

    def object(self, name: str) -> CopyObject | None:
        """The object of that name within the video."""
        return next((each for each in self.objects if each.name == name), None)


@dataclass(frozen=True)
class Link:
    """An address that viewers may hold of a video: where it lay once, or lies still."""

    provider: str
    bucket: str
    key: str


def folded(text: str) -> str:
    """Text as it is searched: lower case, without accents, one space between words."""
    if text.isascii():  # as most is, and a thousand titles are folded at once where many are taken in
        return " ".join(text.lower().replace("\0", " ").split())
    plain = unicodedata.normalize("NFKD", text.encode("utf-8", "ignore").decode())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(letters.casefold().replace("\0", " ").split())


def new_slug(title: str) -> str:
    """A name for links that says what the video is, and that nobody else has: `rivera-vs-stone-7hq2mx`."""
    return slug_of(title, "".join(secrets.choice(_LETTERS) for _ in range(6)))


def slug_of(title: str, tail: str) -> str:
    """The title in plain letters, and the tail."""
    ascii = title if title.isascii() else unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    plain = ascii.lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-")
    return f"{words}-{tail}" if words else tail
