"""The clips, and what was made of them, which all tests of a run share."""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.media.ladder import Ladder
from core.media.package import Order
from core.media.standalone import package_into
from core.storage import provider
from tests.media.clips import Clips


@dataclass(frozen=True)
class Packaged:
    """A clip's package."""

    folder: Path
    report: dict[str, Any]  #: media.json


@pytest.fixture(autouse=True)
def smallest_billed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clips are smaller than any video, and move between classes all the same."""
    monkeypatch.setattr(provider, "SMALLEST_BILLED_BYTES", 10)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def clips(shared: Path) -> Clips:
    """Makes the clips."""
    return Clips(shared / "clips")


@pytest.fixture(scope="session")
def packaged(shared: Path, clips: Clips) -> Callable[..., Packaged]:
    """Packages a clip by its name, once; nobody may change what comes out."""

    def package(name: str, ladder: Ladder = Ladder.FIXED) -> Packaged:
        folder = shared / f"packaged-{ladder}-{name}"
        with (shared / f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                package_into(Order(clips(name), ladder, nice=0), folder, lambda _: None)
        return Packaged(folder, json.loads((folder / "media.json").read_text()))

    return package
