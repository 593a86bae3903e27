"""A catalog without a video."""

import shutil
from pathlib import Path

import pytest

from core.catalog.catalog import Catalog
from core.database import Database
from core.sqlite_database import SqliteDatabase


@pytest.fixture(scope="session")
def empty_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and no row, made once; copy it before anything writes to it."""
    database = SqliteDatabase(tmp_path_factory.mktemp("tables") / "phyght.db")
    database.migrate()
    return database.path


@pytest.fixture
def database(empty_tables: Path, tmp_path: Path) -> Database:
    """The tables, empty."""
    return SqliteDatabase(Path(shutil.copy(empty_tables, tmp_path)))


@pytest.fixture
def catalog(database: Database) -> Catalog:
    """Questions about the videos of `database`."""
    return Catalog(database)
