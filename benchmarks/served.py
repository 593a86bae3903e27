"""Served: the app in a copy of its own, with an empty page to compare with."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import ROOT
from tests.support.ports import free_port

#: What stands in the place of another page, so that the rest of the app is as it ships.
EMPTIED = "explore"
_COPIED = ("core", "dashboard", "docs", "pages", "supabase", ".streamlit")
_STARTS_WITHIN_S = 60


def copy_app(app: Path) -> None:
    """Copy what the app is made of into the folder, and empty a page of it."""
    for name in _COPIED:
        shutil.copytree(ROOT / name, app / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("empty_page.py"), app / "pages" / f"{EMPTIED}.py")


def environment(home: Path) -> dict[str, str]:
    """What a demo platform in that home is started with, on a free port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PHYGHT_", "AWS_", "SUPABASE_"))}
    return kept | {"PHYGHT_HOME": str(home), "PHYGHT_PORT": str(free_port()), "PHYGHT_DEMO": "on"}


@contextmanager
def served(app: Path, environment: dict[str, str], log: Path) -> Iterator[str]:
    """The dashboard at the address, for as long as the block lasts."""
    with serving(app, environment, log) as (url, _):
        yield url


@contextmanager
def serving(app: Path, environment: dict[str, str], log: Path) -> Iterator[tuple[str, int]]:
    """The same, with the number of its process."""
    url = f"http://127.0.0.1:{environment['PHYGHT_PORT']}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard"], cwd=app, env=environment, stdout=output, stderr=output
        )
    try:
        _wait_for(f"{url}/healthz", process)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=_STARTS_WITHIN_S)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"The dashboard did not answer at {url}.")
