"""Postgres database: nobody else reads it, text compares as on SQLite, and what its server does is told in words."""

import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from core.database import MIGRATIONS
from core.errors import DatabaseError, DiskFull
from core.postgres_database import PostgresDatabase
from tests.support.postgres import Server


@pytest.fixture
def database(postgres: Server) -> PostgresDatabase:
    return PostgresDatabase(postgres.emptied())


def asked(database: PostgresDatabase, sql: str) -> list[tuple]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(sql)]


def save(database: PostgresDatabase, name: str) -> None:
    with database.transaction() as connection:
        connection.execute("insert into saved_queries values (%s, '', '', '')", (name,))


def test_every_migration_that_ships_is_applied_but_those_of_sqlite(database):
    applied = {name for (name,) in asked(database, "select name from schema_migrations")}

    assert applied == {file.name for file in MIGRATIONS.glob("*.sql") if not file.name.startswith("sqlite_")}


def test_processes_that_start_at_once_migrate_once(postgres: Server):
    with postgres.another() as url:
        code = "import sys; from core.postgres_database import *; PostgresDatabase(sys.argv[1]).migrate()"
        started = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(3)]

        assert [process.wait(60) for process in started] == [0, 0, 0]
        assert ("segments",) in asked(PostgresDatabase(url), "select relname from pg_class")


def test_every_text_is_compared_by_its_bytes_and_every_table_is_for_its_owner_alone(database):
    columns = """
        select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'phyght'::regnamespace and c.relkind = 'r' and a.attnum > 0
            and a.atttypid = 'text'::regtype and a.attcollation <> '"C"'::regcollation
    """
    tables = "select relname from pg_class where relnamespace = 'phyght'::regnamespace and relkind = 'r'"
    views = "select relname from pg_class where relnamespace = 'phyght'::regnamespace and relkind = 'v'"

    assert asked(database, columns) == []
    assert len(asked(database, tables)) > 20
    assert asked(database, f"{tables} and not relrowsecurity") == []
    assert asked(database, f"{views} and not 'security_invoker=true' = any(reloptions)") == []
    assert asked(database, "select * from pg_policies") == []


def test_a_table_to_come_is_treated_like_the_others(postgres: Server, tmp_path: Path):
    database = PostgresDatabase(postgres.blank())
    (tmp_path / "1_notes.sql").write_text(
        "create table notes (text text); create view all_notes as select * from notes"
    )
    database.migrate(tmp_path)
    (tmp_path / "2_tags.sql").write_text("create table tags (name text)")

    database.migrate(tmp_path)

    secured = "select relname from pg_class where relnamespace = 'phyght'::regnamespace and relrowsecurity order by 1"
    assert asked(database, secured) == [("notes",), ("schema_migrations",), ("tags",)]
    assert asked(database, "select * from all_notes") == []


def test_whoever_supabase_serves_sees_nothing_though_rights_were_granted(postgres: Server, database):
    save(database, "total")
    postgres.run("drop role if exists anon", "create role anon login")
    with database.transaction() as connection:
        connection.execute("grant usage on schema phyght to anon")
        connection.execute("grant select on all tables in schema phyght to anon")

    seen = asked(PostgresDatabase(postgres.url("tables", "anon")), "select * from saved_queries")

    with database.transaction() as connection:
        connection.execute("drop owned by anon")
    assert seen == []


def test_a_character_that_postgres_has_no_place_for_is_replaced(database):
    save(database, "to\0tal")

    assert asked(database, "select name from saved_queries") == [("to\N{REPLACEMENT CHARACTER}tal",)]


def test_of_many_who_count_on_from_what_they_read_none_loses_anything(database):
    save(database, "1")

    def count_on() -> None:
        for _ in range(10):
            with database.transaction() as connection:
                (number,) = connection.execute("select name from saved_queries").fetchone()
                connection.execute("update saved_queries set name = %s", (str(int(number) + 1),))

    threads = [threading.Thread(target=count_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert asked(database, "select name from saved_queries") == [("41",)]


def test_sessions_that_the_server_has_ended_are_replaced_by_new_ones(postgres: Server, database):
    save(database, "a")
    postgres.run("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'tables'")

    save(database, "b")

    assert asked(database, "select count(*) from saved_queries") == [(2,)]


def test_a_session_that_ends_in_the_middle_keeps_nothing_and_says_so(postgres: Server, database):
    with pytest.raises(DatabaseError, match="cannot be reached"), database.transaction() as connection:
        connection.execute("insert into saved_queries values ('a', '', '', '')")
        postgres.run("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'tables'")
        connection.execute("insert into saved_queries values ('b', '', '', '')")

    assert asked(database, "select count(*) from saved_queries") == [(0,)]


def test_a_writer_that_was_frozen_is_ended_before_the_next_one_gives_up(database, monkeypatch):
    monkeypatch.setattr("core.postgres_database.FROZEN_SECONDS", 0.2)

    with pytest.raises(DatabaseError, match="idle-in-transaction timeout"), database.transaction() as connection:
        connection.execute("insert into saved_queries values ('a', '', '', '')")
        save(PostgresDatabase(database.url), "b")

    assert asked(database, "select name from saved_queries") == [("b",)]


def test_whoever_goes_on_after_a_failed_statement_is_told_that_nothing_was_kept(database):
    def go_on() -> None:
        with database.transaction() as connection:
            connection.execute("insert into saved_queries values ('a', '', '', '')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("insert into saved_queries values ('a', '', '', '')")

    with pytest.raises(DatabaseError, match="kept nothing of a change"):
        go_on()


def test_a_server_that_is_not_there_is_named_without_the_password():
    with pytest.raises(DatabaseError) as missing:
        PostgresDatabase("postgresql://ann:hush@127.0.0.1:1/films").migrate()

    assert str(missing.value) == (
        "The database films at 127.0.0.1:1 cannot be reached: connection failed: connection to server at "
        '"127.0.0.1", port 1 failed: Connection refused. Check DATABASE_URL, and that its server runs.'
    )


def test_an_address_that_cannot_be_read_is_not_repeated():
    with pytest.raises(DatabaseError) as refused:
        PostgresDatabase("postgresql://ann:hush%zz@127.0.0.1/films?pgbouncer=true")

    assert str(refused.value) == (
        "DATABASE_URL is no address of a Postgres. Leave out options behind ? that Postgres does not know."
    )
    assert refused.value.__context__ is None


def test_a_wrong_password_is_called_that_and_not_shown(postgres: Server):
    url = postgres.guarded("ann", "right")

    with pytest.raises(DatabaseError) as refused:
        PostgresDatabase(url.replace("right", "wr0ng")).migrate()

    assert "lets nobody in" in str(refused.value)
    assert 'password authentication failed for user "ann"' in str(refused.value)
    assert str(refused.value).endswith("Correct DATABASE_URL.")
    assert "wr0ng" not in str(refused.value)


def test_a_full_disk_is_called_that(database):
    full = "do $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$"

    with pytest.raises(DiskFull) as error, database.transaction() as connection:
        connection.execute(full)

    assert str(error.value) == f"The disk that holds {database.place} is full. Free some space and try again."


def test_its_size_is_that_of_our_tables(database):
    assert 100_000 < database.size_bytes() < 10_000_000
