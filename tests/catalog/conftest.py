"""A catalog without a video."""

from pathlib import Path

import pytest

from core.catalog.catalog import Catalog
from core.database import Database
from tests.support.databases import BOTH, either_database


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """The tables, empty."""
    return either_database(request, tmp_path / "phyght.db")


@pytest.fixture
def catalog(database: Database) -> Catalog:
    """Questions about the videos of `database`."""
    return Catalog(database)
