"""Candidates: the videos that lie at a source, as far as a plan looks at them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from core.catalog.video import Kind
from core.database import Connection, Database, Row, named_queries
from core.migration.classes import MASTER
from core.storage.provider import StorageClass

_queries: Any = named_queries(__file__, "plan_queries.sql")
_KINDS = {str(kind): kind for kind in Kind}
_CLASSES = {str(each): each for each in StorageClass}


class SourceObject(NamedTuple):
    """An object at the source."""

    kind: Kind
    name: str
    key: str
    size_bytes: int
    storage_class: StorageClass


@dataclass(frozen=True)
class Candidate:
    """A video with a copy at the source."""

    video_id: str
    slug: str
    title: str
    residency: str
    created_at: datetime
    served_from: str | None
    objects: tuple[SourceObject, ...]  #: at the source
    at_target: bool = False  #: the target has a copy too
    is_packaged_now: bool = False  #: renditions are on their way
    moves_in: str = ""  #: the migration that has it at work

    @cached_property
    def size_bytes(self) -> int:
        return sum(each.size_bytes for each in self.objects)

    @property
    def packaged(self) -> bool:
        """Whether viewers watch renditions."""
        return any(each.name == MASTER for each in self.objects)


def candidates(database: Database, source: str, target: str) -> list[Candidate]:
    """Every video with a copy at the source, as the database has them at one moment."""
    with database.reading() as connection:
        return list(_candidates(connection, source, target))


def _candidates(connection: Connection, source: str, target: str) -> Iterator[Candidate]:
    objects = _by_video(_queries.objects_of_copies(connection, provider=source))
    at_target = {row["video_id"] for row in _queries.videos_at(connection, provider=target)}
    packaging = {row["video_id"] for row in _queries.videos_in_packaging(connection)}
    moving = {row["video_id"]: row["name"] for row in _queries.videos_under_way(connection)}
    for row in _queries.videos_of_copies(connection, provider=source):
        id = row["id"]
        yield Candidate(
            id,
            row["slug"],
            row["title"],
            row["residency"],
            datetime.fromisoformat(row["created_at"]),
            row["served_from"],
            objects.get(id, ()),
            id in at_target,
            id in packaging,
            moving.get(id, ""),
        )


def _by_video(rows: Iterable[Row]) -> dict[str, tuple[SourceObject, ...]]:
    return {id: tuple(map(_object, own)) for id, own in groupby(map(tuple, rows), key=lambda row: row[0])}


def _object(row: tuple[Any, ...]) -> SourceObject:
    _, kind, name, key, size_bytes, storage_class = row
    return SourceObject(_KINDS[kind], name, key, size_bytes, _CLASSES[storage_class])
