"""Polling: what the page asks every two seconds is answered by indexes, however many videos there are."""

from collections.abc import Callable

import pytest

from core.database import Database
from core.migration import progress as asked
from core.migration.consequences import retirable_from
from core.migration.state import State
from core.sqlite_database import SqliteDatabase
from tests.migration.place import NOW, OLGA, Place, content


def plans_of(database: Database, ask: Callable[[Database], object]) -> list[str]:
    """How SQLite finds the videos of a migration for what is asked."""
    statements = list[str]()
    assert isinstance(database, SqliteDatabase)
    database.keep_open()
    with database.reading() as connection:  # the very connection that is asked next
        connection.set_trace_callback(statements.append)
    ask(database)
    with database.reading() as connection:
        connection.set_trace_callback(None)
        queries = [each for each in statements if "migration_videos" in each]
        return [row["detail"] for query in queries for row in connection.execute(f"explain query plan {query}")]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda db: asked.listed(db, OLGA, migration(db)), "migration_videos_listed"),
        (lambda db: asked.listed(db, OLGA, migration(db), State.FAILED), "migration_videos_of_state"),
        (lambda db: asked.progress(db, OLGA, "move", NOW), "COVERING INDEX migration_videos_by_state"),
        (lambda db: asked.problems(db, OLGA, migration(db)), "migration_videos_with_problems"),
        (lambda db: retirable_from(db, OLGA, migration(db)), "migration_videos_cut_over"),
    ],
    ids=["all", "one state", "figures", "problems", "retirable"],
)
def test_a_poll_looks_up_only_what_it_shows(place: Place, ask, index):
    for number, id in enumerate(("alba", "bruno")):
        place.video(id, content(9, number))
    place.plan("alba", "bruno")

    plans = plans_of(place.database, ask)

    assert any(index in each for each in plans), plans
    assert not any(each.startswith("SCAN migration_videos") for each in plans)


def migration(database: Database):
    return asked.migrations(database, OLGA)[0]
