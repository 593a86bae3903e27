"""Engines that lose no time: they look twenty times a second, in a store that was opened before."""

from pathlib import Path

import pytest

from core.jobs import engine
from core.jobs import store as job_store
from tests.jobs.waiting import LOOKS_EVERY_S


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LOOKS_EVERY_S", LOOKS_EVERY_S)
    monkeypatch.setattr(job_store, "STOPS_WITHIN_S", LOOKS_EVERY_S)


@pytest.fixture
def home(tmp_path: Path, quick_looks: None) -> Path:
    """The folder of an installation whose job store is there: the library takes a second to find a new one's queue."""
    home = tmp_path / "home"
    with engine.open_engine(home / "jobs.sqlite", []):
        return home


@pytest.fixture
def store(home: Path) -> Path:
    """The job store of that installation."""
    return home / "jobs.sqlite"
