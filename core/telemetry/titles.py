"""Titles: of which video, and what of it, each object of a bucket is, for a million of them at once in DuckDB."""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from core.settings import Settings
from core.sql import literal
from core.telemetry.datasets import Place
from core.telemetry.known import Known, read_known
from core.telemetry.rungs import rung_sql, video_expression


@dataclass(frozen=True)
class Titles:
    """Tells videos by their keys, on one connection of DuckDB; what the catalogue knows is put there once.

    `keys.py` says the same of one key in Python.
    """

    connection: duckdb.DuckDBPyConnection
    pattern: str  #: how a key is built that the catalogue does not know: videos/{video}/...

    @classmethod
    def of(cls, place: Place) -> "Titles":
        """What the catalogue knows now."""
        known = read_known(place.database, buckets_of(place.settings))
        return cls.knowing(known, place.settings.phyght_video_pattern, place.workspace.connection)

    @classmethod
    def knowing(cls, known: Known, pattern: str, connection: duckdb.DuckDBPyConnection) -> "Titles":
        """What is given."""
        objects = ((*where, *what) for where, what in known.objects.items())
        folders = ((*where, video) for where, video in known.folders.items())
        connection.register("known_objects", _table(("bucket", "key", "video", "rung"), objects))
        connection.register("known_folders", _table(("bucket", "folder", "video"), folders))
        return cls(connection, pattern)

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
                coalesce(o.rung, u.rung, {rung_sql("r.key")}) AS rung
            FROM (SELECT *, {_FOLDER} AS key_folder FROM {relation}) r
            LEFT JOIN known_objects o ON o.bucket = r.bucket AND o.key = r.key
            LEFT JOIN (FROM known_objects WHERE bucket = '') u ON u.key = r.key
            LEFT JOIN ({folders}) f ON f.bucket = r.bucket AND f.folder = key_folder
            )"""

    def _by_pattern(self) -> str:
        return f"regexp_extract(r.key, {literal(f'^{video_expression(self.pattern)}$')}, 1)"


def buckets_of(settings: Settings) -> dict[str, str]:
    """The bucket of each configured provider, by its name; what lies at any other may lie in every bucket."""
    found = {"s3": settings.s3_bucket or "", "supabase": settings.supabase_bucket or ""}
    for text in settings.s3_residency_buckets:
        residency, _, place = text.partition("=")
        found[f"s3-{residency.lower()}"] = place.partition("@")[0]
    return {provider: bucket for provider, bucket in found.items() if bucket}


_FOLDER = "regexp_extract(key, '(?s)^(.*)/', 1)"


def _table(names: tuple[str, ...], found: Iterable[tuple[str, ...]]) -> pa.Table:
    rows = list(found)
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)})
