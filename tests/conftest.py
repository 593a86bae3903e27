"""What every test stands on: an installation of its own, and nothing of the machine's."""

from pathlib import Path

import pytest

from core.settings import ENV_FILE, Settings, load_settings


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings or accounts of whoever runs it: neither the environment, .env nor ~/.aws."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    nothing = tmp_path / "empty.env"
    nothing.touch()
    monkeypatch.setenv(ENV_FILE, str(nothing))
    monkeypatch.setenv("PHYGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nothing))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nothing))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def settings(own_environment: None) -> Settings:
    """The settings of a fresh installation in a folder that does not exist yet."""
    return load_settings()
