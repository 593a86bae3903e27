"""SQLite database: a file that only its owner may read, that is missed when it is gone, and never half written."""

import stat
import subprocess
import sys

import pytest

from core.database import MIGRATIONS, Database
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


def test_a_full_disk_is_called_that_and_nothing_is_half_written(database):
    with pytest.raises(DiskFull) as full, database.transaction() as connection:
        connection.execute("insert into notes values ('first')")
        connection.execute("pragma max_page_count = 1")
        connection.execute("insert into notes values (zeroblob(1000000))")

    assert str(full.value) == f"The disk that holds {database.path} is full. Free some space and try again."
    assert notes(database) == []


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
