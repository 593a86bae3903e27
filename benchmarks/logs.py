"""Logs: a day of a CDN's log into facts, against DuckDB that only parses it, polars and goaccess."""

import shutil
from pathlib import Path

from benchmarks.bench import Bench, median_cost
from benchmarks.figures import Figure, Section, at_most
from benchmarks.log_lines import log_files
from benchmarks.measure import Cost, measure

TITLE = "Logs"
METHOD = """
`core.ingestion.ingest` makes facts of one generated day of CloudFront's log (33 fields, gzip, files of 42 thousand
lines), into a fresh store: by hour, place and video, percentiles, paths that were missed, each request once, and the
sessions of the players, which tell of themselves in every line (CMCD). The floor is DuckDB parsing the same files in
one thread, with `max` of each of the 15 columns that facts are made of. polars adds up requests by hour, edge, path and
result a file at a time; goaccess makes its report{goaccess}: both leave out what players tell, and each request's id
beyond its file. Each runs in a process of its own, in turn, {repeats} times; figures are medians, the peak is the
highest of any run.
"""
_NAMES = {"load": "Phyght", "parse": "DuckDB, parsing only", "polars": "polars", "goaccess": "goaccess"}
_PEERS = {"parse": "logs_parsed:parse", "polars": "logs_polars:add_up", "goaccess": "logs_goaccess:report"}


def run(bench: Bench) -> Section:
    """Measure each size."""
    there = shutil.which("goaccess") is not None
    told = "" if there else "; it is not installed on this machine, so it was not run"
    figures = [figure for rows in sorted(bench.rows) for figure in _figures(bench, rows, there)]
    return Section(TITLE, METHOD.format(repeats=bench.repeats, goaccess=told).strip(), tuple(figures))


def _figures(bench: Bench, rows: int, with_goaccess: bool) -> list[Figure]:
    bench.say(f"{rows:,} lines: looking for the generated day, or writing it")
    files = log_files(bench.folder, rows)
    names = ["load", "parse", "polars", *(["goaccess"] if with_goaccess else [])]
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for _ in range(bench.repeats):
        for name in names:
            bench.say(f"{rows:,} lines: {name}")
            costs[name].append(_run(bench, name, files))
    load = median_cost(costs["load"])
    store = sum(file.stat().st_size for file in (bench.folder / "logs-home" / "warehouse").rglob("*.parquet"))
    delivered = sum(file.stat().st_size for file in files)
    return [
        _ratio(rows, "CPU against parsing only", load, median_cost(costs["parse"]), 1.5),
        at_most(f"{rows:,} lines: peak memory", load.peak_mb, 450, "MB", f"{load.wall_s:.1f} s of wall time"),
        *(_ratio(rows, f"CPU against {name}", load, median_cost(costs[name])) for name in names[2:]),
        *(_told(rows, name, median_cost(costs[name])) for name in names),
        Figure(f"{rows:,} lines: facts", f"{store / 1e6:.1f} MB", f"of {delivered / 1e6:.0f} MB"),
    ]


def _run(bench: Bench, name: str, files: list[Path]) -> Cost:
    if name != "load":
        return measure(_PEERS[name], files=[str(file) for file in files])
    home = bench.empty_folder("logs-home")
    return measure("logs:load", source=str(files[0].parent), home=str(home))


def _told(rows: int, name: str, cost: Cost) -> Figure:
    evidence = f"{cost.wall_s:.1f} s of wall time, {cost.peak_mb:.0f} MB"
    return Figure(f"{rows:,} lines by {_NAMES[name]}", f"{cost.cpu_s:.1f} s of CPU", evidence)


def _ratio(rows: int, what: str, load: Cost, other: Cost, most: float | None = None) -> Figure:
    what, ratio = f"{rows:,} lines: {what}", load.cpu_s / other.cpu_s
    evidence = f"{load.cpu_s:.1f} s against {other.cpu_s:.1f} s"
    return at_most(what, ratio, most, "times", evidence) if most else Figure(what, f"{ratio:.3g} times", evidence)
