"""Titles: of which video, and what of it, each object of a bucket is, for a million of them at once in DuckDB."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import duckdb
import pyarrow as pa

from core.database import Database, named_queries
from core.settings import Settings
from core.sql import literal
from core.telemetry.datasets import Place

_queries: Any = named_queries(__file__, "titles.sql")

#: What an object of the catalogue is called, by its kind; a rendition has its own name.
_KINDS = {"original": "original", "playlist": "playlist", "thumbnail": "thumbnail", "subtitles": "subtitles"}
_AUDIO = "audio"
#: What an object is by its key: the first that fits; else its folder or file in `hls` is called like its rung.
_NAMED = (
    (r"\.(m3u8|mpd)$", "playlist"),
    (r"(^|/)(poster|storyboard|thumb)[^/]*$|\.(jpe?g|png|webp|gif)$", "thumbnail"),
    (r"\.(vtt|srt)$", "subtitles"),
    (r"(^|/)original(\.|/|$)", "original"),
    (r"(^|/)hls/audio", _AUDIO),
)
_RUNG = r"(?:^|/)hls/([^/.]+)[/.]"


@dataclass(frozen=True)
class Titles:
    """Tells videos by their keys, on one connection of DuckDB; what the catalogue knows is put there once."""

    connection: duckdb.DuckDBPyConnection
    pattern: str  #: how a key is built that the catalogue does not know: videos/{video}/...

    @classmethod
    def of(cls, place: Place) -> "Titles":
        """What the catalogue knows now."""
        connection, settings = place.workspace.connection, place.settings
        objects = _Objects(place.database, buckets_of(settings))
        connection.register("known_objects", objects.table())
        connection.register("known_folders", objects.folders())
        return cls(connection, settings.phyght_video_pattern)

    def told(self, relation: str) -> str:
        """SQL for what a relation has with its columns bucket and key, and beside them video and rung."""
        folders = f"""
            SELECT asked.bucket, asked.folder, arg_max(video, length(ancestor)) AS video
            FROM (
                SELECT bucket, folder, unnest(list_transform(
                    range(1, len(string_split(folder, '/')) + 1),
                    lambda n: array_to_string(string_split(folder, '/')[1:n], '/')
                )) AS ancestor
                FROM (SELECT DISTINCT bucket, {_FOLDER} AS folder FROM {relation})
            ) asked JOIN known_folders k ON k.folder = ancestor AND k.bucket IN ('', asked.bucket)
            GROUP BY ALL"""
        return f"""
            SELECT * REPLACE (if(video = '', '', rung) AS rung) FROM (
            SELECT r.* EXCLUDE (key_folder), coalesce(o.video, u.video, f.video, {self._by_pattern()}) AS video,
                coalesce(o.rung, u.rung, {rung_of_key("r.key")}) AS rung
            FROM (SELECT *, {_FOLDER} AS key_folder FROM {relation}) r
            LEFT JOIN known_objects o ON o.bucket = r.bucket AND o.key = r.key
            LEFT JOIN (FROM known_objects WHERE bucket = '') u ON u.key = r.key
            LEFT JOIN ({folders}) f ON f.bucket = r.bucket AND f.folder = key_folder
            )"""

    def _by_pattern(self) -> str:
        return f"regexp_extract(r.key, {literal(video_regex(self.pattern))}, 1)"


def buckets_of(settings: Settings) -> dict[str, str]:
    """The bucket of each configured provider, by its name; what lies at any other may lie in every bucket."""
    found = {"s3": settings.s3_bucket or "", "supabase": settings.supabase_bucket or ""}
    for text in settings.s3_residency_buckets:
        residency, _, place = text.partition("=")
        found[f"s3-{residency.lower()}"] = place.partition("@")[0]
    return {provider: bucket for provider, bucket in found.items() if bucket}


_FOLDER = "regexp_extract(key, '^(.*)/', 1)"


def video_regex(pattern: str) -> str:
    """A pattern like videos/{video}/... as a regular expression, whose first group is the video."""
    pieces = (re.escape(piece) for piece in re.split(r"(\{video\}|\.\.\.)", pattern.strip("/")))
    meant = {re.escape("{video}"): "([^/]+)", re.escape("..."): ".*"}
    return f"^{''.join(meant.get(piece, piece) for piece in pieces)}$"


def rung_of_key(key: str) -> str:
    """SQL for what an object of a video is, by its key."""
    cases = " ".join(f"WHEN regexp_matches(lower({key}), {literal(end)}) THEN {literal(name)}" for end, name in _NAMED)
    return f"CASE {cases} ELSE regexp_extract({key}, {literal(_RUNG)}, 1) END"


@dataclass(frozen=True)
class _Objects:
    """What the catalogue knows, for DuckDB."""

    database: Database
    buckets: Mapping[str, str]

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        with self.database.reading() as connection:
            for provider, key, video, kind, name, width in _queries.known_objects(connection):
                yield self.buckets.get(provider, ""), key, video, rung_of(kind, name, width)

    def table(self) -> pa.Table:
        """Each key once: where two providers whose buckets are not known have it, it is of one of their videos."""
        known = {(bucket, key): (video, rung) for bucket, key, video, rung in self.rows()}
        return _table(("bucket", "key", "video", "rung"), [(*where, *what) for where, what in known.items()])

    def folders(self) -> pa.Table:
        """Folders that a copy has to itself: what else lies there is of its video."""
        ends: dict[tuple[str, str], tuple[str, str]] = {}
        owners: dict[tuple[str, str], str] = {}
        for bucket, key, video, _ in self.rows():
            low, high = ends.get((bucket, video), (key, key))
            ends[bucket, video] = min(low, key), max(high, key)
            for folder in _ancestors(key):
                owners[bucket, folder] = video if owners.get((bucket, folder), video) == video else ""
        found = [(bucket, _common_folder(*keys), video) for (bucket, video), keys in ends.items()]
        own = [(*place, video) for *place, video in found if owners.get((place[0], place[1])) == video]
        return _table(("bucket", "folder", "video"), own)


def rung_of(kind: str, name: str, width: int | None) -> str:
    """What an object of the catalogue is called among measurements."""
    return _KINDS.get(kind) or (name if width else _AUDIO)


def _ancestors(key: str) -> Iterator[str]:
    folder = key
    while folder := folder.rpartition("/")[0]:
        yield folder


def _common_folder(first: str, last: str) -> str:
    """Of all keys between two; of a single one none, as others may lie beside it."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first.split("/"), last.split("/"), strict=False))
    return "/".join(name for name, _ in pairs) if first != last else ""


def _table(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)})
