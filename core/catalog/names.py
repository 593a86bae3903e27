"""Names: what many videos are called, and their names in links."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.database import Database, named_queries

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Name:
    """What people call a video."""

    title: str
    slug: str  #: its name in links; empty where the catalog does not know it


def names(database: Database, ids: Iterable[str]) -> dict[str, Name]:
    """Of each id its name; a video that the catalog does not know, or not any more, is called by its id."""
    asked = list(ids)
    with database.reading() as connection:
        rows = list(_queries.named(connection, ids=json.dumps(asked)))
    known = {row["id"]: Name(row["title"], row["slug"]) for row in rows}
    return {id: known.get(id, Name(id, "")) for id in asked}


def title_of(id: str, known: Mapping[str, Name]) -> str:
    """What a video is called among the known ones; by its id where it is none of them."""
    return known[id].title if id in known else id
