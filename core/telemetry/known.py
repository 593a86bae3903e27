"""Known: what the catalogue says of keys: whose each object is, and which folders are one video's own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from core.database import Database, named_queries
from core.telemetry.rungs import rung_of

_queries: Any = named_queries(__file__, "known.sql")


@dataclass(frozen=True)
class Known:
    """By bucket and key or folder; the bucket is empty where the catalogue does not say which."""

    objects: Mapping[tuple[str, str], tuple[str, str]]  #: video and rung of each object
    folders: Mapping[tuple[str, str], str]  #: video of each folder that a copy has to itself


def read_known(database: Database, buckets: Mapping[str, str]) -> Known:
    """What the catalogue knows now; `buckets`: the bucket of each provider, by its name."""
    return known_of(_rows(database), buckets)


def known_of(rows: Iterable[tuple[str, str, str, str]], buckets: Mapping[str, str]) -> Known:
    """What objects tell: provider, key, video and rung of each.

    Each key once: where two providers whose buckets are not known have it, it is of one of their videos. What else
    lies in a folder that holds all of a copy's objects, two at least, and none of another video's, is of that video.
    """
    objects: dict[tuple[str, str], tuple[str, str]] = {}
    ends: dict[tuple[str, str], tuple[str, str]] = {}
    owners: dict[tuple[str, str], str] = {}
    for provider, key, video, rung in rows:
        bucket = buckets.get(provider, "")
        objects[bucket, key] = (video, rung)
        low, high = ends.get((provider, video), (key, key))
        ends[provider, video] = min(low, key), max(high, key)
        for folder in ancestors(key):
            owners[bucket, folder] = video if owners.get((bucket, folder), video) == video else ""
    commons = {(buckets.get(provider, ""), _common_folder(*keys)): video for (provider, video), keys in ends.items()}
    return Known(objects, {place: video for place, video in commons.items() if owners.get(place) == video})


def _rows(database: Database) -> Iterator[tuple[str, str, str, str]]:
    with database.reading() as connection:
        for provider, key, video, kind, name, width in _queries.known_objects(connection):
            yield provider, key, video, rung_of(kind, name, width)


def ancestors(key: str) -> Iterator[str]:
    """The folders that a key lies in, the nearest first."""
    folder = key
    while folder := folder.rpartition("/")[0]:
        yield folder


def _common_folder(first: str, last: str) -> str:
    """Of all keys between two; of a single one none, as others may lie beside it."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first.split("/"), last.split("/"), strict=False))
    return "/".join(name for name, _ in pairs) if first != last else ""
