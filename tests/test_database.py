"""Database: the tables are brought up to date whole, changes are kept whole, and faults are told in words."""

import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.database import MIGRATIONS, Database, named_queries
from core.errors import DatabaseError, DiskFull
from core.sqlite_database import SqliteDatabase


@pytest.fixture
def migrations(tmp_path):
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "1_notes.sql").write_text("create table notes (text text unique); -- one; comment\n")
    return folder


@pytest.fixture
def database(tmp_path, migrations):
    database = SqliteDatabase(tmp_path / "home of #1 ü?" / "phyght.db")
    database.migrate(migrations)
    return database


def tables(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row["name"] for row in connection.execute("select name from sqlite_schema where type = 'table'")]


def notes(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row["text"] for row in connection.execute("select text from notes order by text")]


def write(database: Database, text: str) -> None:
    with database.transaction() as connection:
        connection.execute("insert into notes values (?)", (text,))


def test_every_migration_that_ships_is_applied_but_those_of_postgres(tmp_path):
    database = SqliteDatabase(tmp_path / "phyght.db")

    database.migrate()

    with database.reading() as connection:
        applied = {row["name"] for row in connection.execute("select name from schema_migrations")}
        assert not list(connection.execute("pragma foreign_key_check"))
    assert applied == {file.name for file in MIGRATIONS.glob("*.sql") if not file.stem.endswith("_postgres")}


def test_migrating_again_changes_nothing_and_keeps_what_is_there(database, migrations):
    write(database, "kept")

    database.migrate(migrations)

    assert notes(database) == ["kept"]


def test_a_new_migration_is_added_to_a_database_in_use(database, migrations):
    write(database, "kept")
    (migrations / "2_tags.sql").write_text("create table tags (name text); create table more (name text)")

    database.migrate(migrations)

    assert notes(database) == ["kept"]
    assert {"notes", "tags", "more"} <= set(tables(database))


def test_a_trigger_is_one_statement_though_it_holds_several(database, migrations):
    (migrations / "2_log.sql").write_text(
        "create table log (text text);\n"
        "create trigger logged after insert on notes begin\n"
        "    insert into log values (new.text);\n"
        "    insert into log values ('again');\n"
        "end;\n"
    )
    database.migrate(migrations)

    write(database, "a")

    with database.reading() as connection:
        assert [row["text"] for row in connection.execute("select text from log")] == ["a", "again"]


@pytest.mark.parametrize("broken", ["create table tags (name text); create tabel oops;", "create table tags (name"])
def test_a_migration_that_fails_leaves_nothing_of_itself_or_of_those_before_it(database, migrations, broken):
    (migrations / "2_fine.sql").write_text("create table fine (name text);")
    (migrations / "3_broken.sql").write_text(broken)

    with pytest.raises(DatabaseError, match="cannot be used"):
        database.migrate(migrations)

    assert tables(database) == ["schema_migrations", "notes"]


def test_processes_that_start_at_once_migrate_once(tmp_path):
    path = tmp_path / "home" / "phyght.db"
    code = (
        "import pathlib, core.sqlite_database as d; print('ready', flush=True); input();"
        f"d.SqliteDatabase(pathlib.Path({str(path)!r})).migrate()"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in starts:
        assert process.stdout.readline() == "ready\n"
    for process in starts:
        process.stdin.write("\n")
        process.stdin.flush()

    for process in starts:
        process.communicate(timeout=60)

    assert [process.returncode for process in starts] == [0, 0, 0, 0]
    assert "segments" in tables(SqliteDatabase(path))


def test_only_the_owner_may_read_the_database_and_its_folder(database):
    with database.transaction() as connection:
        connection.execute("insert into notes values ('a')")
        files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in database.path.parent.iterdir()}

    assert files == {"phyght.db": 0o600, "phyght.db-wal": 0o600, "phyght.db-shm": 0o600}
    assert stat.S_IMODE(database.path.parent.stat().st_mode) == 0o700


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


def test_a_reader_cannot_write(database):
    with pytest.raises(DatabaseError, match="readonly"), database.reading() as connection:
        connection.execute("insert into notes values ('a')")


def test_a_reference_to_nothing_is_refused(database, migrations):
    (migrations / "2_links.sql").write_text("create table links (note text references notes (text));")
    database.migrate(migrations)

    with pytest.raises(DatabaseError) as refused, database.transaction() as connection:
        connection.execute("insert into links values ('no such note')")

    assert str(refused.value) == (
        f"The database {database.path} refused a change: FOREIGN KEY constraint failed. Nothing was changed."
    )


def test_a_full_disk_is_called_that_and_nothing_is_half_written(database):
    with pytest.raises(DiskFull) as full, database.transaction() as connection:
        connection.execute("insert into notes values ('first')")
        connection.execute("pragma max_page_count = 1")
        connection.execute("insert into notes values (zeroblob(1000000))")

    assert str(full.value) == f"The disk that holds {database.path} is full. Free some space and try again."
    assert notes(database) == []


def test_a_database_that_is_held_too_long_is_told_as_such(database, monkeypatch):
    monkeypatch.setattr("core.sqlite_database.BUSY_SECONDS", 0)

    with database.transaction(), pytest.raises(DatabaseError) as busy:
        write(database, "a")

    assert str(busy.value) == f"Another process holds the database {database.path}. Try again in a minute."


def test_a_damaged_file_is_called_damaged(database):
    database.path.write_bytes(b"no database" * 1000)

    with pytest.raises(DatabaseError) as damaged:
        notes(database)

    assert str(damaged.value) == (
        f"The database {database.path} is damaged: file is not a database. Restore it from a backup."
    )


def test_a_database_that_was_deleted_is_missed_and_not_made_again_empty(database):
    database.path.unlink()

    with pytest.raises(DatabaseError) as missing:
        notes(database)

    assert str(missing.value) == (
        f"The database {database.path} cannot be used: unable to open database file. "
        "Check that its folder is there and may be written."
    )
    assert not database.path.exists()


def test_a_watch_tells_each_change_once_whoever_made_it(database):
    watch = database.watch()
    told = [watch.changed(), watch.changed()]
    write(database, "one")
    told += [watch.changed(), watch.changed()]
    add = "import sqlite3, sys; sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2])"
    subprocess.run([sys.executable, "-c", add, str(database.path), "insert into notes values ('two')"], check=True)

    assert [*told, watch.changed(), watch.changed()] == [True, False, True, False, True, False]


def test_a_watch_tells_that_the_file_is_another_one(database, migrations):
    watch = database.watch()
    told = [watch.changed(), watch.changed()]
    for file in database.path.parent.iterdir():
        file.unlink()
    told += [watch.changed(), watch.changed()]
    database.migrate(migrations)

    assert [*told, watch.changed(), watch.changed()] == [True, False, True, True, True, False]


def test_a_place_that_cannot_hold_a_database_is_named_with_the_cure(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "home" / "phyght.db"

    with pytest.raises(DatabaseError) as refused:
        SqliteDatabase(path).migrate()

    assert str(refused.value) == (
        f"The database {path} cannot be created: Not a directory. Set PHYGHT_HOME to a folder that may be written."
    )


def test_a_mistake_in_the_code_is_not_told_as_a_fault_of_the_database(database):
    with pytest.raises(sqlite3.ProgrammingError), database.reading() as connection:
        connection.execute("select ?", ())


def test_named_queries_are_those_of_the_file_beside_the_module(tmp_path, database):
    (tmp_path / "queries.sql").write_text("-- name: shout(text)^\nselect upper(:text) as loud;\n")

    queries = named_queries(str(tmp_path / "module.py"))

    with database.reading() as connection:
        assert queries.shout(connection, text="abc")["loud"] == "ABC"


def test_the_migrations_are_where_supabase_looks_for_them():
    assert Path(__file__).parent.parent / "supabase" / "migrations" == MIGRATIONS
