"""Page: the Costs page with all its charts, against an empty page of the same app."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench
from benchmarks.figures import Section, at_most
from benchmarks.measure import ROOT, measure

TITLE = "The Costs page"
METHOD = """
The demo platform is served by `python -m dashboard` from a copy of the app in which the Explore page is emptied. One
Chromium loads the Costs page and the empty page in turn, {loads} times each after a first load of both that is not
counted; a load lasts from navigation until the script has ended and every chart is drawn. Figures are medians.
"""
_COPIED = ("core", "dashboard", "docs", "pages", "supabase", ".streamlit")
_STARTS_WITHIN_S = 60
_LOADS = 15


def run(bench: Bench) -> Section:
    """Start the app and load both pages."""
    app, home = bench.empty_folder("app"), bench.empty_folder("demo-home")
    _copy_app(app)
    environment = _environment(home, _free_port())
    bench.say("demo platform: writing and ingesting its bills")
    subprocess.run(
        [sys.executable, "-m", "core", "demo"], cwd=app, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    with _served(app, environment, home.with_suffix(".log")) as url:
        bench.say(f"Costs page and empty page: {_LOADS} loads each")
        costs, empty = measure("browser:load_times", urls=[f"{url}/costs", f"{url}/explore"], repeats=_LOADS).answer
    if not costs["charts"] or empty["charts"]:
        raise RuntimeError(f"The Costs page drew {costs['charts']} charts, and the empty one {empty['charts']}.")
    costs_ms, empty_ms = median(costs["ms"]), median(empty["ms"])
    evidence = f"{costs_ms:.0f} ms with {costs['charts']} charts against {empty_ms:.0f} ms"
    what = "Costs page against an empty page"
    return Section(
        TITLE, METHOD.format(loads=_LOADS).strip(), (at_most(what, costs_ms / empty_ms, 2, "times", evidence),)
    )


def _copy_app(app: Path) -> None:
    for name in _COPIED:
        shutil.copytree(ROOT / name, app / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("empty_page.py"), app / "pages" / "explore.py")


def _environment(home: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PHYGHT_", "AWS_", "SUPABASE_"))}
    return kept | {"PHYGHT_HOME": str(home), "PHYGHT_PORT": str(port), "PHYGHT_DEMO": "on"}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def _served(app: Path, environment: dict[str, str], log: Path) -> Iterator[str]:
    url = f"http://127.0.0.1:{environment['PHYGHT_PORT']}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard"], cwd=app, env=environment, stdout=output, stderr=output
        )
    try:
        _wait_for(f"{url}/healthz", process)
        yield url
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
