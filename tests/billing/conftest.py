"""A fresh store for each test, and a folder that stands for the bucket which exports are delivered to."""

from pathlib import Path

import pytest

from core.settings import Settings
from tests.billing.store import Store


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store.fresh(settings.phyght_home, settings)


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    folder = tmp_path / "bucket"
    folder.mkdir()
    return folder
