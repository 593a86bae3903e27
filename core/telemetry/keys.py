"""Keys: which video and which rung of it a key or a path belongs to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from core.database import Database
from core.telemetry.known import Known, ancestors, read_known
from core.telemetry.rungs import rung_of_key, video_expression

#: Neither a video's nor a rung's.
NOTHING = ("", "")


def pattern_of(text: str) -> re.Pattern[str]:
    """What PHYGHT_VIDEO_PATTERN means."""
    return re.compile(video_expression(text))


@dataclass(frozen=True)
class Keys:
    """What the catalog and a pattern know of keys, whatever bucket they lie in. `titles.py` says the same in DuckDB."""

    pattern: re.Pattern[str]  #: its group is the video
    objects: Mapping[str, tuple[str, str]]  #: video and rung of each object that the catalog holds, by its key
    folders: Mapping[str, str]  #: video of each folder that only its objects lie in

    def resolve(self, path: str) -> tuple[str, str]:
        """Video and rung of a path, encoded up to twice: by the catalog's objects, by their folders, by the pattern."""
        keys = _decoded(path.partition("?")[0].lstrip("/"))
        known = (self.objects[key] for key in keys if key in self.objects)
        return next(known, None) or self.of_key(keys[-1])

    def of_key(self, key: str) -> tuple[str, str]:
        """The same of a key as it is."""
        if found := self.objects.get(key):
            return found
        video = self._by_folder(key) or self._by_pattern(key)
        return (video, rung_of_key(key)) if video else NOTHING

    def _by_folder(self, key: str) -> str:
        return next((self.folders[folder] for folder in ancestors(key) if folder in self.folders), "")

    def _by_pattern(self, key: str) -> str:
        found = self.pattern.fullmatch(key)
        return found[1] if found else ""


def _decoded(path: str) -> list[str]:
    keys = [path]
    for _ in range(2):
        if "%" in keys[-1]:
            keys.append(unquote(keys[-1]))
    return keys


def read_keys(database: Database, pattern: str) -> Keys:
    """What the catalog knows now; a path does not say in which bucket it lies."""
    return keys_of(read_known(database, {}), pattern)


def keys_of(known: Known, pattern: str) -> Keys:
    """What is known, wherever it lies."""
    objects = {key: found for (_, key), found in known.objects.items()}
    return Keys(pattern_of(pattern), objects, {folder: video for (_, folder), video in known.folders.items()})
