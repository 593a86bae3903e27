"""Database: on SQLite and Postgres, tables are brought up to date whole, changes are kept whole, faults are told."""

import sqlite3
import threading
from pathlib import Path

import psycopg
import pytest

from core.database import MIGRATIONS, Database, named_queries
from core.errors import DatabaseError
from core.postgres_database import PostgresDatabase
from core.sqlite_database import SqliteDatabase
from tests.support.databases import BOTH


@pytest.fixture
def migrations(tmp_path):
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "1_notes.sql").write_text("create table notes (text text unique); -- one; comment\n")
    return folder


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path, migrations: Path) -> Database:
    if request.param == "sqlite":
        database = SqliteDatabase(tmp_path / "phyght.db")
    else:
        database = PostgresDatabase(request.getfixturevalue("postgres").blank())
    database.migrate(migrations)
    return database


def tables(database: Database) -> set[str]:
    sqlite = "select name from sqlite_schema where type = 'table'"
    postgres = "select tablename as name from pg_tables where schemaname = 'phyght'"
    with database.reading() as connection:
        rows = connection.execute(sqlite if isinstance(database, SqliteDatabase) else postgres)
        return {row["name"] for row in rows}


def notes(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row["text"] for row in connection.execute("select text from notes order by text")]


def write(database: Database, text: str) -> None:
    with database.transaction() as connection:
        connection.execute(f"insert into notes values ('{text}')")


def another(database: Database) -> Database:
    """The same one, as another process has it."""
    if isinstance(database, SqliteDatabase):
        return SqliteDatabase(database.path)
    assert isinstance(database, PostgresDatabase)
    return PostgresDatabase(database.url)


def test_migrating_again_changes_nothing_and_keeps_what_is_there(database, migrations):
    write(database, "kept")

    database.migrate(migrations)

    assert notes(database) == ["kept"]


def test_a_new_migration_is_added_to_a_database_in_use(database, migrations):
    write(database, "kept")
    (migrations / "2_tags.sql").write_text("create table tags (name text); create table more (name text)")

    database.migrate(migrations)

    assert notes(database) == ["kept"]
    assert {"notes", "tags", "more"} <= tables(database)


@pytest.mark.parametrize("broken", ["create table tags (name text); create tabel oops;", "create table tags (name"])
def test_a_migration_that_fails_leaves_nothing_of_itself_or_of_those_before_it(database, migrations, broken):
    (migrations / "2_fine.sql").write_text("create table fine (name text);")
    (migrations / "3_broken.sql").write_text(broken)

    with pytest.raises(DatabaseError, match="cannot be used"):
        database.migrate(migrations)

    assert tables(database) == {"schema_migrations", "notes"}


def test_a_reader_sees_one_state_while_a_writer_commits_beside_it(database):
    with database.reading() as reader:
        before = reader.execute("select count(*) from notes").fetchone()[0]
        write(database, "new")
        after = reader.execute("select count(*) from notes").fetchone()[0]

    assert (before, after) == (0, 0)
    assert notes(database) == ["new"]


def test_a_transaction_is_kept_whole(database):
    with database.transaction() as connection:
        connection.execute("insert into notes values ('a')")
        connection.execute("insert into notes values ('b')")

    assert notes(database) == ["a", "b"]


@pytest.mark.parametrize("interruption", [ValueError, KeyboardInterrupt])
def test_an_exception_undoes_the_transaction_and_goes_on_its_way(database, interruption):
    with pytest.raises(interruption), database.transaction() as connection:
        connection.execute("insert into notes values ('a')")
        raise interruption

    assert notes(database) == []


def test_writers_wait_for_one_another(database):
    def write_ten(name: str) -> None:
        for number in range(10):
            write(database, f"{name}{number}")

    threads = [threading.Thread(target=write_ten, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(notes(database)) == 40


def test_rows_are_read_by_name_by_number_and_as_a_whole(database):
    write(database, "a")

    with database.reading() as connection:
        row = connection.execute("select text, 2 as two from notes").fetchone()

    assert (row["text"], row[1], tuple(row), dict(row), len(row)) == ("a", 2, ("a", 2), {"text": "a", "two": 2}, 2)
    with pytest.raises((KeyError, IndexError)):
        row["three"]


def test_a_reader_cannot_write(database):
    with pytest.raises(DatabaseError, match=r"read-?only"), database.reading() as connection:
        connection.execute("insert into notes values ('a')")


def test_a_reference_to_nothing_is_refused(database, migrations):
    (migrations / "2_links.sql").write_text("create table links (note text references notes (text));")
    database.migrate(migrations)

    with pytest.raises(DatabaseError) as refused, database.transaction() as connection:
        connection.execute("insert into links values ('no such note')")

    words = str(refused.value)
    assert words.startswith(f"The database {database.place} refused a change: ")
    assert "foreign key constraint" in words.lower()
    assert words.endswith(". Nothing was changed.")


def test_a_database_that_is_held_too_long_is_told_as_such(database, monkeypatch):
    monkeypatch.setattr("core.sqlite_database.BUSY_SECONDS", 0)
    monkeypatch.setattr("core.postgres_database.BUSY_SECONDS", 0.01)

    with database.transaction(), pytest.raises(DatabaseError) as busy:
        write(database, "a")

    assert str(busy.value) == f"Another process holds the database {database.place}. Try again in a minute."


def test_a_watch_tells_each_change_once_whoever_made_it(database):
    watch = database.watch()
    told = [watch.changed(), watch.changed()]
    write(database, "one")
    told += [watch.changed(), watch.changed()]
    write(another(database), "two")

    assert [*told, watch.changed(), watch.changed()] == [True, False, True, False, True, False]


def test_a_mistake_in_the_code_is_not_told_as_a_fault_of_the_database(database):
    sign = "?" if isinstance(database, SqliteDatabase) else "%s"

    with pytest.raises((sqlite3.ProgrammingError, psycopg.ProgrammingError)), database.reading() as connection:
        connection.execute(f"select {sign}", ())


def test_named_queries_are_those_of_the_file_beside_the_module(tmp_path, database):
    (tmp_path / "queries.sql").write_text(
        "-- name: shout(text)^\nselect upper(:text) as loud;\n-- name: loud(text)$\nselect upper(:text);\n"
    )

    queries = named_queries(str(tmp_path / "module.py"))

    with database.reading() as connection:
        assert queries.shout(connection, text="abc")["loud"] == "ABC"
        assert queries.loud(connection, text="abc") == "ABC"


def test_the_migrations_are_where_supabase_looks_for_them():
    assert Path(__file__).parent.parent / "supabase" / "migrations" == MIGRATIONS
