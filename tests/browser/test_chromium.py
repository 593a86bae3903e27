"""Chromium: found, installed, or missed in one line; the browser tests are never skipped."""

import sys
from pathlib import Path

import pytest

from tests.browser import chromium as finder
from tests.browser.chromium import MISSING, NoBrowser, arguments, chromium


@pytest.fixture(autouse=True)
def empty_machine(tmp_path, monkeypatch):
    """A machine with nothing on its PATH, used by somebody who is not root."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: 1000)


def program(path: Path, script: str = "") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
def test_a_browser_on_the_path_is_found(tmp_path, name):
    browser = program(tmp_path / "bin" / name)

    assert chromium() == browser


def test_the_browser_that_chrome_names_comes_first(tmp_path, monkeypatch):
    program(tmp_path / "bin" / "chromium")
    mine = program(tmp_path / "my own" / "chrome")
    monkeypatch.setenv("CHROME", mine)

    assert chromium() == mine


def test_a_chrome_that_is_no_program_is_an_error_even_beside_an_installed_one(tmp_path, monkeypatch):
    program(tmp_path / "bin" / "chromium")
    monkeypatch.setenv("CHROME", "/no/such/chrome")

    with pytest.raises(NoBrowser, match=r"^CHROME is /no/such/chrome, and that is no program\."):
        chromium()


def test_an_app_of_a_mac_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    app = program(tmp_path / "Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

    assert chromium() == app


def test_without_a_browser_one_line_says_what_to_install(tmp_path):
    program(tmp_path / "bin" / "apt-get", "echo nobody asked root >&2; exit 1")

    with pytest.raises(NoBrowser) as missing:
        chromium()

    assert str(missing.value) == MISSING


def test_root_on_debian_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    folder = tmp_path / "bin"
    install = f'[ "$2" = update ] || {{ : > "{folder}/chromium"; /bin/chmod +x "{folder}/chromium"; }}'
    program(folder / "apt-get", f'echo "$@" >> "{tmp_path}/steps"; {install}')

    assert chromium() == str(folder / "chromium")
    assert (tmp_path / "steps").read_text().splitlines() == [
        "--quiet update",
        "--quiet install --yes --no-install-recommends chromium",
    ]


def test_an_installation_that_fails_says_why_in_the_same_line(tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    program(tmp_path / "bin" / "apt-get", "echo 'E: no network' >&2; exit 100")

    with pytest.raises(NoBrowser) as missing:
        chromium()

    assert str(missing.value) == f"{MISSING} (apt-get update failed: E: no network)"


def test_only_root_gives_up_the_sandbox(monkeypatch):
    assert "--no-sandbox" not in arguments()

    monkeypatch.setattr(finder.os, "geteuid", lambda: 0)
    assert "--no-sandbox" in arguments()
