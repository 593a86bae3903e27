"""Questions: twelve that the dashboard asks, of the store and of the export's own files."""

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
looking up names are not counted. Figures are medians of CPU seconds; one scan is the scan of the ingestion's floor.
Every label and amount is compared as a decimal.
"""

#: For each question, the CPU seconds of its runs.
Seconds = dict[str, list[float]]


def run(bench: Bench) -> Section:
    """Measure each month."""
    figures = [figure for data in bench.datasets() for figure in _figures(bench, data)]
    return Section(TITLE, METHOD.format(repeats=bench.repeats).strip(), tuple(figures))


def _figures(bench: Bench, data: Dataset) -> list[Figure]:
    bench.say(f"{data.rows:,} rows: ingesting both months")
    home = str(bench.empty_folder("home"))
    for source in (data.source, data.source_before):
        measure("store:load", source=str(source), home=home)
    store, raw, wrong = _ask(bench, data, home)
    scan_s = median(measure("scan:look", files=data.files).cpu_s for _ in range(bench.repeats))
    return [_together(data, store, raw), _worst(data, store, scan_s), _equal(data, list(store), wrong)]


def _ask(bench: Bench, data: Dataset, home: str) -> tuple[dict[str, float], dict[str, float], list[str]]:
    """Median seconds of each question to the store and to the files, and the questions they answer differently."""
    names = measure("answers:names").answer
    store: Seconds = {name: [] for name in names}
    raw: Seconds = {name: [] for name in names}
    wrong: set[str] = set()
    for _ in range(bench.repeats):
        bench.say(f"{data.rows:,} rows: twelve questions to the store and to the files")
        from_store = measure("answers:twelve", home=home).answer
        from_files = measure("raw:questions", files=data.all_files, names=names).answer
        for name in names:
            store[name].append(from_store[name]["cpu_s"])
            raw[name].append(from_files[name]["cpu_s"])
        wrong |= {name for name in names if _exact(from_store[name]) != _exact(from_files[name])}
    return _medians(store), _medians(raw), sorted(wrong)


def _exact(told: dict[str, Any]) -> dict[str, Decimal]:
    return {label: Decimal(amount) for label, amount in told["answer"].items() if Decimal(amount)}


def _medians(seconds: Seconds) -> dict[str, float]:
    return {name: median(runs) for name, runs in seconds.items()}


def _together(data: Dataset, store: dict[str, float], raw: dict[str, float]) -> Figure:
    ratio = sum(raw.values()) / sum(store.values())
    evidence = f"{sum(store.values()):.3f} s against {sum(raw.values()):.2f} s"
    return Figure(
        f"{data.rows:,} rows: all twelve against the files", f"1/{ratio:.4g}", evidence, "at most 1/20", ratio >= 20
    )


def _worst(data: Dataset, store: dict[str, float], scan_s: float) -> Figure:
    name = max(store, key=lambda name: store[name])
    evidence = f"{name.replace('_', ' ')}: {store[name]:.3f} s against {scan_s:.2f} s"
    return at_most(f"{data.rows:,} rows: the dearest against one scan", 100 * store[name] / scan_s, 5, "%", evidence)


def _equal(data: Dataset, names: list[str], wrong: list[str]) -> Figure:
    evidence = f"different: {', '.join(wrong)}" if wrong else "every label, every digit"
    value = f"{len(names) - len(wrong)} of {len(names)}"
    return Figure(f"{data.rows:,} rows: equal answers", value, evidence, f"{len(names)} of {len(names)}", not wrong)
