"""Keys: which video and which rung of it a key or a path belongs to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from core.database import Database, named_queries

_queries: Any = named_queries(__file__, "keys.sql")

#: Neither a video's nor a rung's.
NOTHING = ("", "")
_RUNG = re.compile(r"(?:^|/)hls/([^/.]+)[/.]")
_NAMED = (
    ("playlist", re.compile(r"\.(m3u8|mpd)$")),
    ("thumbnail", re.compile(r"(^|/)(poster|storyboard|thumb)[^/]*$|\.(jpe?g|png|webp|gif)$")),
    ("subtitles", re.compile(r"\.(vtt|srt)$")),
    ("original", re.compile(r"(^|/)original(\.|/|$)")),
)
_KINDS = {"original": "original", "playlist": "playlist", "thumbnail": "thumbnail", "subtitles": "subtitles"}


def pattern_of(text: str) -> re.Pattern[str]:
    """What PHYGHT_VIDEO_PATTERN means: `{video}` is a name without a slash, `...` is anything."""
    pieces = (re.escape(piece) for piece in re.split(r"(\{video\}|\.\.\.)", text.strip("/")))
    meant = {re.escape("{video}"): "(?P<video>[^/]+)", re.escape("..."): ".*"}
    return re.compile("".join(meant.get(piece, piece) for piece in pieces))


@dataclass(frozen=True)
class Keys:
    """What the catalog and a pattern know of keys."""

    pattern: re.Pattern[str]
    objects: Mapping[str, tuple[str, str]]  #: video and rung of each object that the catalog holds, by its key
    folders: Mapping[str, str]  #: video of each folder that only its objects lie in

    def resolve(self, path: str) -> tuple[str, str]:
        """Video and rung of a path, encoded up to twice: by the catalog's objects, by their folders, by the pattern."""
        keys = _decoded(path.partition("?")[0].lstrip("/"))
        for key in keys:
            if found := self.objects.get(key):
                return found
        key = keys[-1]
        video = self._by_folder(key) or self._by_pattern(key)
        return (video, rung_of(key)) if video else NOTHING

    def _by_folder(self, key: str) -> str:
        folder = key.rpartition("/")[0]
        while folder:
            if video := self.folders.get(folder):
                return video
            folder = folder.rpartition("/")[0]
        return ""

    def _by_pattern(self, key: str) -> str:
        found = self.pattern.fullmatch(key)
        return found["video"] if found and "video" in self.pattern.groupindex else ""


def _decoded(path: str) -> list[str]:
    keys = [path]
    for _ in range(2):
        if "%" in keys[-1]:
            keys.append(unquote(keys[-1]))
    return keys


def rung_of(key: str) -> str:
    """1080p, original, playlist, thumbnail, subtitles, audio; empty where the name does not tell."""
    name = key.lower()
    if named := next((rung for rung, pattern in _NAMED if pattern.search(name)), ""):
        return named
    found = _RUNG.search(key)
    rung = found[1] if found else ""
    return "audio" if rung.lower().startswith("audio") else rung


def read_keys(database: Database, pattern: str) -> Keys:
    """What the catalog knows now."""
    objects: dict[str, tuple[str, str]] = {}
    folders: dict[str, str] = {}
    with database.reading() as connection:
        for row in _queries.objects(connection):
            objects[row["key"]] = (row["video_id"], _rung(row))
            folder = row["key"].rpartition("/")[0]
            folders[folder] = row["video_id"] if folders.get(folder, row["video_id"]) == row["video_id"] else ""
    return Keys(pattern_of(pattern), objects, {folder: video for folder, video in folders.items() if folder and video})


def _rung(row: Any) -> str:
    if row["kind"] != "rendition":
        return _KINDS[row["kind"]]
    return row["name"] if row["width"] else "audio"
