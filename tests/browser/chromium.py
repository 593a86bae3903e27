"""Chromium: the browser of the browser tests, found on this machine or installed, and told to keep to itself."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
MISSING = "The browser tests need Chromium or Chrome: install one, or set CHROME to its path."


class NoBrowser(Exception):
    """There is no browser, and none could be installed: a failure, for browser tests are never skipped."""


def chromium() -> str:
    """The path of an installed Chromium or Chrome; on Debian and Ubuntu, root installs one where there is none.

    Raises NoBrowser, in one line that says what to install, when there is none.
    """
    found = next(_installed(), None)
    if found is None and _may_install():
        _install()
        found = next(_installed(), None)
    if found is None:
        raise NoBrowser(MISSING)
    return found


def arguments() -> list[str]:
    """How it is started: no window, nothing of its own on the network, and no other host than this one."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to start it as root
    return [
        *sandbox,
        "--disable-gpu",
        "--disable-dev-shm-usage",  # containers have 64 MB of it
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]


def _installed() -> Iterator[str]:
    named = os.environ.get("CHROME")
    if named:
        if not shutil.which(named):
            raise NoBrowser(f"CHROME is {named}, and that is no program. Correct or unset it.")
        yield named
    yield from filter(None, map(shutil.which, NAMES))
    if sys.platform == "darwin":
        folders = (Path.home() / "Applications", Path("/Applications"))
        yield from (str(folder / app) for folder in folders for app in MAC_APPS if (folder / app).exists())


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install() -> None:
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            ["apt-get", "--quiet", *step], env=quietly, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise NoBrowser(f"{MISSING} (apt-get {step[0]} failed: {''.join(last)})")
