"""What every test stands on: an installation of its own, and a demo platform that is made once for a run."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples
from xdist.remote import Producer

from core.settings import Settings, load_settings
from tests.environment import ROOT, environment, settle
from tests.support.postgres import postgres
from tests.support.scheduling import ByFile

__all__ = ["postgres"]

# How long an example takes tells of the machine, not of the code.
examples.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("untimed")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """What shares the tests out over the workers of `pytest -n 2`."""
    return ByFile(config, log)


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings or accounts of whoever runs it: neither the environment, .env nor ~/.aws."""
    settle(monkeypatch, tmp_path / "home")


@pytest.fixture
def settings(own_environment: None) -> Settings:
    """The settings of a fresh installation in a folder that does not exist yet."""
    return load_settings()


@pytest.fixture(scope="session")
def seeded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PHYGHT_HOME with the demo platform in it, made by one worker for all. Copy it before anything writes to it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = shared / "seeded"
    with (shared / "seeded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            _seed(shared / "seeding")
            (shared / "seeding").rename(home)
    return home


def _seed(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "core", "demo"],
        cwd=ROOT,
        env=environment(home, PHYGHT_DEMO="on"),
        stdin=subprocess.DEVNULL,
        timeout=900,
        check=True,
    )
