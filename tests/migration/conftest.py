"""An installation with two folders in the place of the two providers; and one that plans from a Supabase project."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.access.roles import Role, User, Via
from core.catalog.catalog import Catalog
from core.database import Database
from core.settings import Settings
from core.sqlite_database import SqliteDatabase
from core.storage.supabase import SupabaseProvider
from tests.migration.place import Place, folder
from tests.support.databases import fresh_database
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Place:
    database = fresh_database(tmp_path / "phyght.db")
    return Place(tmp_path, database, settings, folder(tmp_path, "supabase"), folder(tmp_path, "s3"))


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return fresh_database(tmp_path / "home" / "phyght.db")


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


@pytest.fixture
def project() -> Iterator[SupabaseStandIn]:
    with supabase_stand_in() as project:
        project.bucket("fights").public = True
        yield project


def opened(project: SupabaseStandIn, key: str = "", bucket: str = "fights") -> SupabaseProvider:
    return SupabaseProvider(project.url, key or project.key(), bucket, lambda: NOW, waits_s=(0.0,))


@pytest.fixture
def supabase(project: SupabaseStandIn) -> SupabaseProvider:
    return opened(project)
