"""Databases: a new one is a copy of one that was migrated before, unless migrating is what is tested."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from core.database import Database
from core.sqlite_database import SqliteDatabase


def fresh_database(file: Path) -> Database:
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
