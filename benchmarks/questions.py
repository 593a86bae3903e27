"""Questions: twelve that the dashboard asks, of the store and of the export's own files."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.datasets import Dataset
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import measure

TITLE = "Twelve dashboard questions"
METHOD = """
The questions are month to date against the month before; the month by service, usage family, usage type (effective
cost), resource, storage class of S3, charge category (list cost) and a tag; regions by month, accounts by week and
services by day; and the bytes stored. They are asked through `core.costs` of the store, and as SQL written for each
of them by DuckDB on the export's Parquet files, in two processes in turn, {repeats} times; opening the store and
looking up names are not counted. Each process asks each question twice, and the second time counts, as in a dashboard
that runs for days; the first times are told beside. Figures are medians of CPU seconds; one scan is the scan of the
ingestion's floor. Every label and amount is compared as a decimal.
"""


def run(bench: Bench) -> Section:
    """Measure each month."""
    figures = [figure for data in bench.datasets() for figure in _figures(bench, data)]
    return Section(TITLE, METHOD.format(repeats=bench.repeats).strip(), tuple(figures))


def _figures(bench: Bench, data: Dataset) -> list[Figure]:
    bench.say(f"{data.rows:,} rows: ingesting both months")
    home = str(bench.empty_folder("home"))
    for source in (data.source, data.source_before):
        measure("store:load", source=str(source), home=home)
    asked = _ask(bench, data, home)
    scan_s = median(measure("scan:look", files=data.files).cpu_s for _ in range(bench.repeats))
    goal = ("at most 1/20", 20)
    return [
        _together(f"{data.rows:,} rows: all twelve against the files", asked.store, asked.raw, *goal),
        _together(f"{data.rows:,} rows: all twelve, the first time in a process", asked.first_store, asked.first_raw),
        _worst(data, asked.store, scan_s),
        _equal(data, list(asked.store), asked.wrong),
    ]


@dataclass(frozen=True)
class _Asked:
    """Median CPU seconds of each question to the store and to the files, and what they answer differently."""

    store: dict[str, float]
    raw: dict[str, float]
    first_store: dict[str, float]
    first_raw: dict[str, float]
    wrong: list[str]


def _ask(bench: Bench, data: Dataset, home: str) -> _Asked:
    names = measure("answers:names").answer
    store: list[dict[str, Any]] = []
    raw: list[dict[str, Any]] = []
    for _ in range(bench.repeats):
        bench.say(f"{data.rows:,} rows: twelve questions to the store and to the files")
        store.append(measure("answers:twelve", home=home).answer)
        raw.append(measure("raw:questions", files=data.all_files, names=names).answer)
    wrong = [
        name
        for name in sorted(names)
        if any(_exact(ours[name]) != _exact(theirs[name]) for ours, theirs in zip(store, raw, strict=True))
    ]
    return _Asked(
        _medians(store, "cpu_s"),
        _medians(raw, "cpu_s"),
        _medians(store, "first_cpu_s"),
        _medians(raw, "first_cpu_s"),
        wrong,
    )


def _exact(told: dict[str, Any]) -> dict[str, Decimal]:
    return {label: Decimal(amount) for label, amount in told["answer"].items() if Decimal(amount)}


def _medians(runs: list[dict[str, Any]], measured: str) -> dict[str, float]:
    return {name: median(run[name][measured] for run in runs) for name in runs[0]}


def _together(what: str, store: dict[str, float], raw: dict[str, float], goal: str = "", least: float = 0) -> Figure:
    ratio = sum(raw.values()) / sum(store.values())
    evidence = f"{sum(store.values()):.3f} s against {sum(raw.values()):.2f} s"
    return Figure(what, f"1/{ratio:.4g}", evidence, goal, ratio >= least if goal else None)


def _worst(data: Dataset, store: dict[str, float], scan_s: float) -> Figure:
    name = max(store, key=lambda name: store[name])
    evidence = f"{name.replace('_', ' ')}: {store[name]:.3f} s against {scan_s:.2f} s"
    return at_most(f"{data.rows:,} rows: the dearest against one scan", 100 * store[name] / scan_s, 5, "%", evidence)


def _equal(data: Dataset, names: list[str], wrong: list[str]) -> Figure:
    evidence = f"different: {', '.join(wrong)}" if wrong else "every label, every digit"
    value = f"{len(names) - len(wrong)} of {len(names)}"
    return Figure(f"{data.rows:,} rows: equal answers", value, evidence, f"{len(names)} of {len(names)}", not wrong)
