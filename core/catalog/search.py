"""Search: find videos by their words, by where and how they lie, sorted, a page at a time."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from core.catalog.catalog import video_of_row
from core.catalog.video import Video, Visibility, folded
from core.database import Connection, Database, Row, named_queries
from core.storage.provider import StorageClass

_queries: Any = named_queries(__file__)
_Key = TypeVar("_Key")

#: Words of a question beyond these are not looked at.
MOST_WORDS, LONGEST_WORD = 6, 60
#: USD that a byte costs a month, by provider and storage class.
BytePrices = Mapping[tuple[str, StorageClass], Decimal]


class State(StrEnum):
    """What viewers of a video get."""

    PACKAGED = "packaged"  #: renditions, as the viewer's connection allows
    ORIGINAL = "original"  #: only the file as it was uploaded
    FAILED = "failed"  #: the same, and packaging it has failed
    NOTHING = "nothing"  #: no copy is served


class Sort(StrEnum):
    """Which videos come first; among equals the newest."""

    NEWEST = "newest"
    TITLE = "title"
    LARGEST = "largest"
    LONGEST = "longest"
    DEAREST = "dearest"


@dataclass(frozen=True)
class Search:
    """What is looked for; a field that is None lets everything through."""

    text: str = ""  #: words that the title or the slug has, in any order
    provider: str | None = None  #: a copy lies there
    storage_class: StorageClass | None = None  #: of the original or of a rendition
    residency: str | None = None  #: empty: those that may lie anywhere
    visibility: Visibility | None = None
    state: State | None = None
    sort: Sort = Sort.NEWEST


@dataclass(frozen=True)
class Stored:
    """Bytes of a video at one provider in one storage class."""

    provider: str
    storage_class: StorageClass
    size_bytes: int


@dataclass(frozen=True)
class Entry:
    """A video as the library lists it."""

    video: Video
    state: State
    stored: tuple[Stored, ...]  #: all of its copies, by provider and class
    has_poster: bool

    @property
    def size_bytes(self) -> int:
        """Of everything that is stored of it."""
        return sum(each.size_bytes for each in self.stored)


@dataclass(frozen=True)
class Found:
    """One page of what was found."""

    total: int  #: on all pages
    start: int  #: how many come before this page
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Contents:
    """How many videos there are of each kind; a video with two copies counts at both providers."""

    total: int
    providers: Mapping[str, int]
    residencies: Mapping[str, int]
    visibilities: Mapping[Visibility, int]


def search(database: Database, wanted: Search, limit: int, start: int = 0, prices: BytePrices | None = None) -> Found:
    """The page of what is found that begins after `start` videos; the last page where there are not as many.

    Prices are only asked for to sort by cost; what has no price counts as free there.
    """
    asked = _parameters(wanted, prices or {})
    with database.reading() as connection:
        total = _queries.count_found(connection, **asked)["number"]
        start = max(min(start, (total - 1) // limit * limit), 0)
        ids = [row["id"] for row in _queries.found(connection, **asked, limit=limit, start=start)]
        return Found(total, start, _entries(connection, ids))


def entry(database: Database, video_id: str) -> Entry | None:
    """One video as the library lists it; None where there is none by that id."""
    with database.reading() as connection:
        return next(iter(_entries(connection, [video_id])), None)


def contents(database: Database) -> Contents:
    """What the whole library is made of."""
    with database.reading() as connection:
        kinds = [(row["residency"], Visibility(row["visibility"]), row["number"]) for row in _queries.kinds(connection)]
        providers = {row["provider"]: row["number"] for row in _queries.providers(connection)}
    return Contents(
        sum(number for _, _, number in kinds),
        providers,
        _added_up((residency, number) for residency, _, number in kinds),
        _added_up((visibility, number) for _, visibility, number in kinds),
    )


def _parameters(wanted: Search, prices: BytePrices) -> dict[str, Any]:
    words = [word[:LONGEST_WORD] for word in folded(wanted.text).replace("\0", " ").split()[:MOST_WORDS]]
    words += [""] * (MOST_WORDS - len(words))
    return {
        **{f"word_{number}": word for number, word in enumerate(words, 1)},
        "provider": wanted.provider,
        "storage_class": wanted.storage_class,
        "residency": wanted.residency,
        "visibility": wanted.visibility,
        "state": wanted.state,
        "sort": wanted.sort,
        "prices": json.dumps([[provider, kind, float(price)] for (provider, kind), price in prices.items()]),
    }


def _entries(connection: Connection, ids: list[str]) -> tuple[Entry, ...]:
    listed = json.dumps(ids)
    stored: dict[str, list[Stored]] = {id: [] for id in ids}
    for row in _queries.stored(connection, ids=listed):
        stored[row["video_id"]].append(Stored(row["provider"], StorageClass(row["storage_class"]), row["size_bytes"]))
    return tuple(_entry(row, stored[row["id"]]) for row in _queries.entries(connection, ids=listed))


def _entry(row: Row, stored: Iterable[Stored]) -> Entry:
    return Entry(video_of_row(row), State(row["state"]), tuple(stored), bool(row["has_poster"]))


def _added_up(numbers: Iterable[tuple[_Key, int]]) -> dict[_Key, int]:
    sums: dict[_Key, int] = {}
    for key, number in numbers:
        sums[key] = sums.get(key, 0) + number
    return sums
