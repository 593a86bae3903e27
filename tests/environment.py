"""The environment of a test, or of a process it starts: nothing of the settings and accounts of whoever runs it."""

import os
from pathlib import Path

import pytest

from core.settings import ENV_FILE, Settings

ROOT = Path(__file__).parent.parent
_FORGOTTEN = {name.upper() for name in Settings.model_fields}


def environment(home: Path, **settings: str) -> dict[str, str]:
    """This process's environment, for an installation in `home` with these settings and no others."""
    nothing = home.with_name(f"{home.name}.env")
    nothing.touch()
    kept = {name: value for name, value in os.environ.items() if name.upper() not in _FORGOTTEN}
    return kept | {
        ENV_FILE: str(nothing),
        "PHYGHT_HOME": str(home),
        "AWS_CONFIG_FILE": str(nothing),
        "AWS_SHARED_CREDENTIALS_FILE": str(nothing),
        "AWS_EC2_METADATA_DISABLED": "true",
        **settings,
    }


def settle(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Make that the environment of this process, for as long as the patch lasts."""
    own = environment(home)
    for name in set(os.environ) - set(own):
        patch.delenv(name)
    for name, value in own.items():
        if os.environ.get(name) != value:  # most stay as they are, and this is done for every test
            patch.setenv(name, value)
