"""Attribution: what each of 20,000 videos costs in a month, by the store and row by row in Python."""

import shutil
from decimal import Decimal

from benchmarks.bench import Bench, median_cost
from benchmarks.datasets import Dataset
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import measure

TITLE = "What each video costs"
METHOD = """
The month's bill is shared out over 20,000 videos that lie in its two dearest buckets, in two classes each, and are
sent from six price regions by its dearest distribution: {rows:,} rows of inventories and of CloudFront's logs, a
segment each day. Counted is all that a first question takes: opening the store, checking its files, every share of
every video. The peer does the same row by row in Python, with exact fractions, once; each video's cost is compared to
within 10^-9 of a dollar, the total exactly.
"""
_VIDEOS = 20_000
_NEAR = Decimal("1e-9")


def run(bench: Bench) -> Section:
    """Measure each month."""
    measured = [(data, _loaded(bench, data)) for data in bench.datasets()]
    figures = [figure for data, (home, _) in measured for figure in _figures(bench, data, home)]
    return Section(TITLE, METHOD.format(rows=measured[0][1][1]).strip(), tuple(figures))


def _loaded(bench: Bench, data: Dataset) -> tuple[str, int]:
    """The home of a store with the month and what was measured in it, and how many rows that are."""
    bench.say(f"{data.rows:,} rows: ingesting the month, and measurements of {_VIDEOS:,} videos")
    home = bench.folder / f"attribution-{data.rows}"
    shutil.rmtree(home, ignore_errors=True)
    measure("store:load", source=str(data.source), home=str(home))
    return str(home), measure("attributing:measured", home=str(home), videos=_VIDEOS).answer


def _figures(bench: Bench, data: Dataset, home: str) -> list[Figure]:
    costs = []
    for _ in range(bench.repeats):
        bench.say(f"{data.rows:,} rows: sharing the bill out")
        costs.append(measure("attributing:ours", home=home))
    ours = median_cost(costs)
    bench.say(f"{data.rows:,} rows: the same, row by row")
    peer = measure("attributing_plain:plain", home=home)
    evidence = f"{ours.wall_s:.1f} s of wall time, {ours.peak_mb:,.0f} MB; row by row {peer.cpu_s:.0f} s of CPU"
    return [
        at_most(f"{data.rows:,} rows: every video's cost", ours.cpu_s, 5, "s of CPU", evidence),
        _equal(data, ours.answer, peer.answer),
    ]


def _equal(data: Dataset, ours: dict, theirs: dict[str, str]) -> Figure:
    videos = {video: Decimal(cost) for video, cost in ours["videos"].items()}
    near = [video for video, cost in theirs.items() if abs(videos.get(video, Decimal(0)) - Decimal(cost)) < _NEAR]
    whole = Decimal(ours["allocated"]) + Decimal(ours["unallocated"]) == Decimal(ours["total"]) == Decimal(ours["bill"])
    total = "videos and unallocated are the bill, to the last digit" if whole else "they are NOT the bill"
    met = whole and len(near) == len(theirs) == len(videos)
    return Figure(f"{data.rows:,} rows: equal costs", f"{len(near):,} of {len(videos):,}", total, "all", met)
