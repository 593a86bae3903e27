"""A fresh store for each test, and a folder that stands for the bucket which exports are delivered to."""

from pathlib import Path

import pytest

from core.settings import Settings, load_settings
from tests.billing.store import Store
from tests.environment import settle
from tests.support.aws import aws_descriptions

__all__ = ["aws_descriptions"]


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store.fresh(settings.phyght_home, settings)


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    folder = tmp_path / "bucket"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that is filled once, for tests of a file that only ask."""
    home = tmp_path_factory.mktemp("shared") / "home"
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, home)
        return Store.fresh(home, load_settings())


@pytest.fixture(scope="module")
def shared_bucket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared-bucket")
