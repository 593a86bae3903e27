"""An installation with two folders in the place of the two providers."""

import pytest

from core.settings import Settings
from tests.migration.place import Place, folder
from tests.support.databases import fresh_database


@pytest.fixture
def place(tmp_path, settings: Settings) -> Place:
    database = fresh_database(tmp_path / "phyght.db")
    return Place(tmp_path, database, settings, folder(tmp_path, "supabase"), folder(tmp_path, "s3"))
