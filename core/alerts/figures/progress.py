"""Progress: what the database says of migrations that may be stuck."""

from datetime import datetime
from typing import Any

from core.database import Database, named_queries
from core.migration.state import Migration, State
from core.migration.store import migration_of_row

_queries: Any = named_queries(__file__, "progress.sql")


def last_progress(database: Database) -> tuple[tuple[Migration, datetime], ...]:
    """Each migration that runs and has videos to move, and when it got on last; at least since it was started."""
    with database.reading() as connection:
        rows = list(_queries.progress(connection))
    found = [(migration_of_row(row), row["progressed_at"]) for row in rows]
    return tuple((each, datetime.fromisoformat(at) if at else each.created_at) for each, at in found)


def standing_videos(database: Database, state: State) -> tuple[tuple[Migration, int, str], ...]:
    """Migrations with videos in that state: how many, and what is wrong with one of them."""
    with database.reading() as connection:
        rows = list(_queries.standing_videos(connection, state=state))
    return tuple((migration_of_row(row), row["videos"], row["problem"]) for row in rows)
