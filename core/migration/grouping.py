"""Grouping: which objects of a bucket are one video, told by their names alone.

a/fight.mp4          a video, its original
a/fight.jpg          its poster: same folder, same stem
a/fight.vtt          its subtitles; a/fight.de.vtt too
a/fight/index.m3u8   its renditions: a folder with a playlist, beside the video of that name
b/hls/master.m3u8    a video that consists of its renditions
c/notes.pdf          an object of its own
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote

from core.catalog.video import Kind
from core.migration.classes import MASTER
from core.storage.provider import StoredObject

#: Containers that are a video each, wherever they lie; of two with the same stem the first one has what lies beside.
VIDEO_TYPES: Mapping[str, str] = {
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".mkv": "video/x-matroska",
    ".webm": "video/webm", ".avi": "video/x-msvideo", ".mpg": "video/mpeg", ".mpeg": "video/mpeg",
    ".wmv": "video/x-ms-asf", ".asf": "video/x-ms-asf", ".flv": "video/x-flv", ".ogv": "video/ogg",
    ".3gp": "video/3gpp", ".mts": "video/mp2t", ".m2ts": "video/mp2t", ".ts": "video/mp2t",
}  # fmt: skip
_PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_SUBTITLES = {".vtt": "text/vtt", ".srt": "application/x-subrip"}
_PLAYLIST = ".m3u8"
_TYPES = {
    **VIDEO_TYPES, **_PICTURES, **_SUBTITLES, _PLAYLIST: "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment", ".aac": "audio/aac", ".m4a": "audio/mp4", ".mp3": "audio/mpeg",
}  # fmt: skip
#: What the playlist that leads to all others is called, the surest name first.
_MASTERS = (MASTER, "index.m3u8", "playlist.m3u8")
#: Pieces of a rendition, which are no video by themselves where a playlist lies beside them.
_SEGMENTS = (".ts", ".m4s", ".aac", ".m4a")
#: What many call the folder of any video's renditions.
_SAY_NOTHING = frozenset({"hls", "stream", "streams", "rendition", "renditions", "playlist", "playlists", "output"})
_POSTER = "poster"
_BETWEEN_WORDS = re.compile(r"[_+]|(?<!\d)[-.]|[-.](?!\d)")
_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Member:
    """An object, and what it is to its video."""

    stored: StoredObject
    kind: Kind
    name: str  #: within the video


@dataclass(frozen=True)
class Group:
    """The objects of one video."""

    members: tuple[Member, ...]  #: the one that the video is known by first

    @property
    def main(self) -> StoredObject:
        return self.members[0].stored

    @property
    def title(self) -> str:
        """What the video is called, in words: as its file, or the folder of its renditions."""
        *folders, file = self.main.key.split("/")
        if self.members[0].kind is not Kind.PLAYLIST:
            return title_of(_split(file)[0])
        return title_of(next((name for name in reversed(folders) if name.lower() not in _SAY_NOTHING), _split(file)[0]))


class _Part(StrEnum):
    """What a name says by its ending."""

    VIDEO = "video"
    PICTURE = "picture"
    SUBTITLES = "subtitles"
    PLAYLIST = "playlist"
    OTHER = "other"


class _Named(NamedTuple):
    """An object, and what its key says; taken apart once, as there may be a million of them."""

    rank: int  #: by how usual its ending is: of several that might be the first of a video, the lowest is
    key: str
    stem: str
    suffix: str
    part: _Part
    stored: StoredObject

    @property
    def file(self) -> str:
        return self.key.rpartition("/")[2]


_Folders = dict[str, list[_Named]]


def group(objects: Iterable[StoredObject]) -> list[Group]:
    """All objects, as videos; each of them in exactly one."""
    folders: _Folders = defaultdict(list)
    for stored in objects:
        folder, _, file = stored.key.rpartition("/")
        stem, suffix = _split(file)
        part = _PARTS.get(suffix, _Part.OTHER)
        folders[folder].append(_Named(_RANKS.get(suffix, len(_RANKS)), stored.key, stem, suffix, part, stored))
    renditions = _renditions(folders)
    groups: list[Group] = []
    for folder, inside in folders.items():
        if _top(folder, renditions) is None:
            groups += _of_folder(folder, inside, renditions)
    return [*groups, *(Group(tuple(_hls(folder, inside))) for folder, inside in renditions.items() if inside)]


def content_type_of(key: str) -> str:
    """By its ending; empty where that says nothing."""
    return _TYPES.get(_split(key.rpartition("/")[2])[1], "")


def title_of(stem: str) -> str:
    """`rivera_vs-stone%20final` as "Rivera vs stone final"; a date keeps its hyphens."""
    text = _BETWEEN_WORDS.sub(" ", unquote(stem))
    shown = text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)
    words = " ".join(shown.split())[:_LONGEST_TITLE].strip()
    return f"{words[0].upper()}{words[1:]}" if words else "Untitled"


def free_name(name: str, taken: set[str]) -> str:
    """The name, or one that nothing of the video has."""
    while name in taken:
        name = f"more/{name}"
    return name


def _renditions(folders: _Folders) -> _Folders:
    """The topmost folders that hold one video's playlists, each with all that lies below it."""
    tops: _Folders = {}
    for folder in sorted(folder for folder, inside in folders.items() if _is_hls(folder, inside)):
        if _top(folder, tops) is None:
            tops[folder] = []
    for folder, inside in folders.items():
        if (top := _top(folder, tops)) is not None:
            tops[top] += inside
    return tops


def _is_hls(folder: str, inside: Iterable[_Named]) -> bool:
    """Whether there is a playlist; where none has a master's name, also no video that might be one of its own.

    All that lies in a bucket is never one video, whatever lies at its top.
    """
    if not folder or all(each.suffix != _PLAYLIST for each in inside):
        return False
    return any(each.file in _MASTERS for each in inside) or all(
        each.part is not _Part.VIDEO or each.suffix in _SEGMENTS for each in inside
    )


def _top(folder: str, tops: _Folders) -> str | None:
    """The folder of renditions that it is, or lies in."""
    while folder and tops:
        if folder in tops:
            return folder
        folder = folder.rpartition("/")[0]
    return None


def _of_folder(folder: str, inside: list[_Named], renditions: _Folders) -> Iterator[Group]:
    """The videos of a folder with what belongs to each; what belongs to none is one by itself."""
    videos: dict[str, _Named] = {}
    rest: list[_Named] = []
    for each in sorted(inside):
        if each.part is _Part.VIDEO and each.stem not in videos:
            videos[each.stem] = each
        else:
            rest.append(each)
    beside: _Folders = defaultdict(list)
    for each in rest:
        owner = _owner(each, videos)
        if owner is None:
            yield _alone(each)
        else:
            beside[owner].append(each)
    above = f"{folder}/" if folder else ""
    for stem, each in videos.items():
        own = renditions.get(f"{above}{stem}")
        if own or stem in beside:
            yield Group(tuple(_members(each, beside[stem], _hls(f"{above}{stem}", own) if own else ())))
        else:
            yield _alone(each)
        if own:
            own.clear()  # it is no video by itself


def _alone(each: _Named) -> Group:
    return Group((Member(each.stored, Kind.ORIGINAL, "original"),))


def _owner(each: _Named, videos: Mapping[str, _Named]) -> str | None:
    """The stem of the video that it lies beside."""
    stem = each.stem
    if each.part is _Part.SUBTITLES and stem not in videos:
        stem = stem.rpartition(".")[0]  # fight.de.vtt
    return stem if each.part in (_Part.PICTURE, _Part.SUBTITLES) and stem in videos else None


def _members(original: _Named, beside: Iterable[_Named], renditions: Iterable[Member]) -> Iterator[Member]:
    names = {"original"}
    yield Member(original.stored, Kind.ORIGINAL, "original")
    for each in beside:
        is_picture = each.part is _Part.PICTURE
        name = free_name(_POSTER if is_picture and _POSTER not in names else each.file, names)
        names.add(name)
        yield Member(each.stored, Kind.THUMBNAIL if is_picture else Kind.SUBTITLES, name)
    for member in renditions:
        name = free_name(member.name, names)
        names.add(name)
        yield Member(member.stored, member.kind, name)


def _hls(folder: str, inside: Iterable[_Named]) -> Iterator[Member]:
    """A folder of renditions: the master first, the others named by their way within the folder."""
    named = sorted((each.key[len(folder) + 1 :], each) for each in inside)
    master = _master(folder, [name for name, each in named if each.part is _Part.PLAYLIST and "/" not in name])
    for name, each in sorted(named, key=lambda pair: pair[0] != master):
        yield Member(each.stored, _kind(name, each), MASTER if name == master else name)


def _master(folder: str, playlists: list[str]) -> str:
    own = f"{folder.rpartition('/')[2]}{_PLAYLIST}"
    return next((name for name in (*_MASTERS, own) if name in playlists), next(iter(playlists), ""))


def _kind(name: str, each: _Named) -> Kind:
    if each.part is _Part.PLAYLIST:
        return Kind.PLAYLIST
    if each.part is _Part.PICTURE or re.fullmatch(r"(storyboard|sprites?|thumb\w*)\.vtt", name):
        return Kind.THUMBNAIL
    # below the folder they are segments, of which a playlist makes a track
    return Kind.SUBTITLES if each.part is _Part.SUBTITLES and "/" not in name else Kind.RENDITION


def _split(file: str) -> tuple[str, str]:
    """Stem and ending, which begins with a dot and is in lower case."""
    dot = file.rfind(".")
    return (file[:dot], file[dot:].lower()) if dot > 0 else (file, "")


_PARTS = {
    **dict.fromkeys(VIDEO_TYPES, _Part.VIDEO), **dict.fromkeys(_PICTURES, _Part.PICTURE),
    **dict.fromkeys(_SUBTITLES, _Part.SUBTITLES), _PLAYLIST: _Part.PLAYLIST,
}  # fmt: skip
_RANKS = {suffix: number for number, suffix in enumerate(_TYPES)}
