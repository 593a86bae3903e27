"""Databases: a new one is a copy of one that was migrated before, unless migrating is what is tested."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.database import Database
from core.postgres_database import PostgresDatabase
from core.sqlite_database import SqliteDatabase

#: For fixtures of databases whose tests hold on both: @pytest.fixture(params=BOTH).
BOTH = ("sqlite", "postgres")


def either_database(request: pytest.FixtureRequest, file: Path) -> Database:
    """A database of the kind that a fixture is asked for, with all its tables and no row."""
    if request.param == "sqlite":
        return fresh_database(file)
    return PostgresDatabase(request.getfixturevalue("postgres").emptied())


def everything(database: Database) -> bytes:
    """All that is in it, in the bytes in which it is kept or told."""
    if isinstance(database, SqliteDatabase):
        return b"".join(file.read_bytes() for file in database.path.parent.glob(f"{database.path.name}*"))
    with database.reading() as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'phyght'").fetchall()
        rows = [row[0] for (name,) in tables for row in connection.execute(f"select {name}::text from {name}")]
    return "\n".join(rows).encode()


def fresh_database(file: Path) -> SqliteDatabase:
    """A database with all its tables; one that is there already is brought up to date."""
    database = SqliteDatabase(file)
    if file.exists():
        database.migrate()
    else:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(_migrated())
    return database


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        database = SqliteDatabase(Path(folder) / "phyght.db")
        database.migrate()
        return database.path.read_bytes()
