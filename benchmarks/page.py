"""Page: the Costs page with all its charts, against an empty page of the same app."""

import subprocess
import sys
from statistics import median

from benchmarks.bench import Bench
from benchmarks.figures import Section, at_most
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
    app, home = bench.empty_folder("app"), bench.empty_folder("demo-home")
    copy_app(app)
    variables = environment(home)
    bench.say("demo platform: writing and ingesting its bills")
    subprocess.run(
        [sys.executable, "-m", "core", "demo"], cwd=app, env=variables, check=True, stdout=subprocess.DEVNULL
    )
    with served(app, variables, home.with_suffix(".log")) as url:
        bench.say(f"Costs page and empty page: {_LOADS} loads each")
        costs, empty = measure("browser:load_times", urls=[f"{url}/costs", f"{url}/{EMPTIED}"], repeats=_LOADS).answer
    if not costs["parts"] or empty["parts"]:
        raise RuntimeError(f"The Costs page drew {costs['parts']} charts, and the empty one {empty['parts']}.")
    costs_ms, empty_ms = median(costs["ms"]), median(empty["ms"])
    evidence = f"{costs_ms:.0f} ms with {costs['parts']} charts against {empty_ms:.0f} ms"
    what = "Costs page against an empty page"
    return Section(
        TITLE, METHOD.format(loads=_LOADS).strip(), (at_most(what, costs_ms / empty_ms, 2, "times", evidence),)
    )
