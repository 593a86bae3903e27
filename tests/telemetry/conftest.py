"""A folder for logs, and an empty platform."""

from pathlib import Path

import pytest

from core.settings import Settings
from tests.telemetry.logged import Logged


@pytest.fixture
def logged(tmp_path: Path, settings: Settings) -> Logged:
    return Logged(tmp_path / "logs", settings.phyght_home, settings)
