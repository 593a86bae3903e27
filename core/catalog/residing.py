"""Residing: what the newest check found to lie where it may not, kept for pages, commands and alerts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.database import Connection, Database, named_queries
from core.units import instant_text

_queries: Any = named_queries(__file__, "residing.sql")


class Source(StrEnum):
    """Who says that it lies there."""

    CATALOGUE = "catalogue"  #: each object by its key
    INVENTORY = "inventory"  #: what was listed in the bucket, summed up by what it is


@dataclass(frozen=True)
class Astray:
    """Objects of a video that lie outside of where they must stay."""

    video_id: str
    place: str  #: the provider's name in this installation; of a bucket that is not configured, the bucket's
    region: str  #: empty: nobody tells
    source: Source
    name: str  #: the key; of an inventory what it is: 1080p, original, thumbnail
    objects: int
    size_bytes: int
    title: str = ""  #: this and what follows is filled in when it is read
    slug: str = ""
    residency: str = ""
    since: datetime | None = None  #: of the first check that found it


@dataclass(frozen=True)
class ResidencyCheck:
    """The newest one."""

    checked_at: datetime
    videos: int  #: that have a residency
    objects: int  #: of those, as the catalogue has them
    listed_on: date | None  #: the newest day of an inventory; None: nothing has listed the buckets
    astray: tuple[Astray, ...]  #: by place and title

    @property
    def objects_astray(self) -> int:
        """How many lie where they may not."""
        return sum(each.objects for each in self.astray)


@dataclass(frozen=True)
class BoundObject:
    """An object of a video that must stay somewhere."""

    video_id: str
    provider: str
    key: str
    kind: str
    name: str
    width: int | None
    size_bytes: int


def bound(connection: Connection) -> tuple[dict[str, str], tuple[BoundObject, ...]]:
    """The residency of each video that has one, and their objects."""
    videos = {row["id"]: row["residency"] for row in _queries.bound_videos(connection)}
    return videos, tuple(BoundObject(**dict(row)) for row in _queries.bound_objects(connection))


def keep(
    database: Database, astray: Iterable[Astray], videos: int, objects: int, listed_on: date | None, now: datetime
) -> None:
    """Put a check in the place of the one before; what that had found too is known since then."""
    with database.transaction() as connection:
        since = {_named(row): row["since"] for row in _queries.since(connection)}
        rows = [_row(each, since, now) for each in astray]
        _queries.forget_findings(connection)
        if rows:
            _queries.add_findings(connection, rows)
        _queries.keep_check(
            connection,
            checked_at=instant_text(now),
            videos=videos,
            objects=objects,
            listed_on=listed_on.isoformat() if listed_on else None,
        )


def latest(database: Database) -> ResidencyCheck | None:
    """None where none was made."""
    with database.reading() as connection:
        row, found = _queries.check(connection), list(_queries.findings(connection))
    if row is None:
        return None
    listed = date.fromisoformat(row["listed_on"]) if row["listed_on"] else None
    at = datetime.fromisoformat(row["checked_at"])
    return ResidencyCheck(at, row["videos"], row["objects"], listed, tuple(map(_astray, found)))


def by_place(astray: Sequence[Astray]) -> dict[str, list[Astray]]:
    """What lies at each place."""
    found: dict[str, list[Astray]] = {}
    for each in astray:
        found.setdefault(each.place, []).append(each)
    return found


def _named(row: Any) -> tuple[str, ...]:
    return row["video_id"], row["place"], row["source"], row["name"]


def _row(each: Astray, since: dict[tuple[str, ...], str], now: datetime) -> dict[str, Any]:
    row = {name: getattr(each, name) for name in ("video_id", "place", "region", "name", "objects", "size_bytes")}
    row["source"] = str(each.source)
    return row | {"since": since.get(_named(row), instant_text(now))}


def _astray(row: Any) -> Astray:
    told = dict(row)
    return Astray(**{**told, "source": Source(told["source"]), "since": datetime.fromisoformat(told["since"])})
