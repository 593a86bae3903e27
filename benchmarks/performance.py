"""Performance: what a click on the Performance page takes on ninety days of facts; the page against an empty one."""

from statistics import median

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import measure
from benchmarks.page import against_empty

TITLE = "The Performance page"
METHOD = """
Ninety days of a CDN's logs, {lines:,} lines of 300 videos, 40 edges, 30 countries and 4,000 viewers a day, are ingested
as Parquet, and {sessions:,} sessions beside them, three fifths told by players ({megabytes:.0f} MB of facts). A process
that has answered the like for other values and days, as a dashboard has that runs for days, is asked what each click on
the page asks, in this order and every one for the first time: all questions of the section, and the figures that are
kept with their answers; not the drawing. What a click does not change (days, countries, edges and paths, while the
breakdown changes) is kept from the click before it that showed the same, as on the page. Figures are medians of
{repeats} processes. What it takes a process that has just been started to show each section for the first time is told
beside; files are opened and checked then.
The page's own load is of the demo platform, as that of the Costs page.
"""
_LOADS = 15


def run(bench: Bench) -> Section:
    """Ingest the days, ask what clicks ask, and load the page."""
    logs, home = bench.empty_folder("performance") / "logs", bench.empty_folder("performance-home")
    bench.say("performance: writing ninety days of logs, and ingesting them")
    measure("performing:written", folder=str(logs))
    store = measure("performing:loaded", source=str(logs), home=str(home)).answer
    runs = []
    for _ in range(bench.repeats):
        bench.say("performance: every click once")
        runs.append(measure("performing:asked", home=str(home)).answer)
    told = METHOD.format(**store, megabytes=store["bytes"] / 1e6, repeats=bench.repeats).strip()
    pages = [f"performance?section={section}" for section in ("delivery", "experience", "viewing")]
    drawn = against_empty(bench, "Performance page", pages, 2.5, _LOADS)
    return Section(TITLE, told, (*_clicks(runs), *_first(runs), *drawn))


def _clicks(runs: list[dict]) -> list[Figure]:
    taken = {name: 1000 * _median(runs, "clicks", name, "cpu_s") for name in runs[0]["clicks"]}
    return [at_most(f"click: {name}", ms, 300, "ms of CPU", _wall(runs, "clicks", name)) for name, ms in taken.items()]


def _first(runs: list[dict]) -> list[Figure]:
    taken = {name: _median(runs, "first", name, "cpu_s") for name in runs[0]["first"]}
    return [
        Figure(f"first time: {name}", f"{cpu_s:.2f} s of CPU", _wall(runs, "first", name))
        for name, cpu_s in taken.items()
    ]


def _wall(runs: list[dict], kind: str, name: str) -> str:
    return f"{1000 * _median(runs, kind, name, 'wall_s'):.0f} ms of wall time"


def _median(runs: list[dict], kind: str, name: str, measured: str) -> float:
    return median(run[kind][name][measured] for run in runs)
