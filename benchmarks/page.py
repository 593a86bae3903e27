"""Page: the Costs page with all its charts, against an empty page of the same app."""

import subprocess
import sys
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import measure
from benchmarks.served import EMPTIED, copy_app, environment, served

TITLE = "The Costs page"
METHOD = """
The demo platform is served by `python -m dashboard` from a copy of the app in which the Explore page is emptied. One
Chromium loads the Costs page and the empty page in turn, {loads} times each after a first load of both that is not
counted; a load lasts from navigation until the script has ended and every chart is drawn. Figures are medians.
"""
_LOADS = 15


def run(bench: Bench) -> Section:
    """Start the app and load both pages."""
    return Section(TITLE, METHOD.format(loads=_LOADS).strip(), against_empty(bench, "Costs page", ["costs"], 2, _LOADS))


def against_empty(bench: Bench, what: str, pages: Sequence[str], most: float, loads: int) -> tuple[Figure, ...]:
    """Pages of the demo platform, by their paths, each against an empty page."""
    app, home = bench.empty_folder("app"), bench.empty_folder("demo-home")
    copy_app(app)
    variables = environment(home)
    bench.say("demo platform: writing and ingesting its files")
    subprocess.run(
        [sys.executable, "-m", "core", "demo"], cwd=app, env=variables, check=True, stdout=subprocess.DEVNULL
    )
    with served(app, variables, home.with_suffix(".log")) as url:
        bench.say(f"{what} and empty page: {loads} loads each")
        urls = [f"{url}/{page}" for page in (*pages, EMPTIED)]
        *drawn, empty = measure("browser:load_times", urls=urls, repeats=loads).answer
    return tuple(_figure(what, page, times, empty, most) for page, times in zip(pages, drawn, strict=True))


def _figure(what: str, page: str, drawn: dict[str, Any], empty: dict[str, Any], most: float) -> Figure:
    if not drawn["parts"] or empty["parts"]:
        raise RuntimeError(f"{page} drew {drawn['parts']} charts, and the empty page {empty['parts']}.")
    ms, empty_ms = median(drawn["ms"]), median(empty["ms"])
    section = page.partition("section=")[2]
    evidence = f"{ms:.0f} ms with {drawn['parts']} charts against {empty_ms:.0f} ms"
    named = f"{what}{f', {section},' if section else ''} against an empty page"
    return at_most(named, ms / empty_ms, most, "times", evidence)
