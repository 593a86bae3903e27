"""Ingestion: an export into a fresh store, against a scan of the columns it needs; and how small the store is."""

from benchmarks.bench import Bench, median_cost
from benchmarks.datasets import Dataset
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import Cost, measure

TITLE = "Facts ingestion"
METHOD = """
`core.billing.ingest.ingest` loads the generated month into a fresh store. The floor is DuckDB scanning the {columns}
of 105 columns that the ingestion's own query names, looking at every value: `sum` of each double, `max` of each text
and instant, `max(cardinality)` of the tags. The lower floor only counts texts, so most of their bytes are never looked
at. Each runs in a process of its own, in turn, {repeats} times; CPU is user and system seconds of the work, without
starting Python and imports; the figures are medians, the peak is the highest resident memory of any run.
"""


def run(bench: Bench) -> Section:
    """Measure each month."""
    columns = len(measure("scan:needed_columns").answer)
    figures = [figure for data in bench.datasets() for figure in _figures(bench, data)]
    return Section(TITLE, METHOD.format(columns=columns, repeats=bench.repeats).strip(), tuple(figures))


def _figures(bench: Bench, data: Dataset) -> list[Figure]:
    costs: dict[str, list[Cost]] = {"load": [], "look": [], "count": []}
    home = bench.folder / "home"
    for _ in range(bench.repeats):
        bench.say(f"{data.rows:,} rows: ingestion, and scans of the same files")
        bench.empty_folder(home.name)
        costs["look"].append(measure("scan:look", files=data.files))
        costs["count"].append(measure("scan:count", files=data.files))
        costs["load"].append(measure("store:load", source=str(data.source), home=str(home)))
    load, look, count = (median_cost(costs[name]) for name in ("load", "look", "count"))
    store = sum(file.stat().st_size for file in (home / "warehouse").rglob("*.parquet"))
    return [
        _ratio(data, "CPU against the scan", load, look, 6),
        _ratio(data, "CPU against the counting scan", load, count),
        at_most(f"{data.rows:,} rows: peak memory", load.peak_mb, 400, "MB", f"{load.wall_s:.1f} s of wall time"),
        at_most(
            f"{data.rows:,} rows: store against CUR",
            100 * store / data.month.size_bytes,
            4,
            "%",
            f"{store / 1e6:.1f} MB against {data.month.size_bytes / 1e6:.0f} MB",
        ),
    ]


def _ratio(data: Dataset, what: str, load: Cost, floor: Cost, most: float | None = None) -> Figure:
    what, ratio = f"{data.rows:,} rows: {what}", load.cpu_s / floor.cpu_s
    evidence = f"{load.cpu_s:.2f} s against {floor.cpu_s:.2f} s"
    return at_most(what, ratio, most, "times", evidence) if most else Figure(what, f"{ratio:.4g} times", evidence)
