"""Peers: pandas and polars, given the same files and less to do."""

from decimal import Decimal

from benchmarks.bench import Bench, median_cost
from benchmarks.datasets import Dataset
from benchmarks.figures import Figure, Section
from benchmarks.measure import Cost, measure

TITLE = "Beside pandas and polars"
METHOD = """
All sum the same files to what each resource's charges cost on each UTC day and write that as Parquet (facts), or answer
three questions: cost by service, by bucket of S3, and by service and day (pandas and polars read the export again, as
they keep no store). pandas and polars are spared tags, the amortised cost, the meaning of usage types, checks and the
reading of a cost as the decimal it states: they sum doubles. The exact total is worked out with DuckDB's decimals.
"""
_NAMES = {"store": "Phyght", "polars_peer": "polars", "pandas_peer": "pandas"}


def run(bench: Bench) -> Section:
    """Measure each month."""
    return Section(
        TITLE, METHOD.strip(), tuple(figure for data in bench.datasets() for figure in _figures(bench, data))
    )


def _figures(bench: Bench, data: Dataset) -> list[Figure]:
    total = Decimal(measure("raw:total", files=data.files).answer)
    facts, questions = [], []
    for contender in _NAMES:
        bench.say(f"{data.rows:,} rows: {_NAMES[contender]}")
        facts.append(_facts(contender, bench, data, total))
        questions.append(_questions(contender, bench, data, total))
    return facts + questions


def _facts(contender: str, bench: Bench, data: Dataset, total: Decimal) -> Figure:
    costs = [_work(contender, bench, data) for _ in range(bench.repeats)]
    answer = costs[-1].answer["total"] if contender == "store" else costs[-1].answer
    return _figure(f"{data.rows:,} rows: facts by {_NAMES[contender]}", median_cost(costs), [answer], total)


def _work(contender: str, bench: Bench, data: Dataset) -> Cost:
    if contender == "store":
        return measure("store:load", source=str(data.source), home=str(bench.empty_folder("home")))
    return measure(f"{contender}:facts", files=data.files, out=str(bench.empty_folder("peer")))


def _questions(contender: str, bench: Bench, data: Dataset, total: Decimal) -> Figure:
    cost = median_cost([_ask(contender, bench, data) for _ in range(bench.repeats)])
    by_service, _, by_day = cost.answer
    return _figure(f"{data.rows:,} rows: three questions by {_NAMES[contender]}", cost, [by_service, by_day], total)


def _ask(contender: str, bench: Bench, data: Dataset) -> Cost:
    if contender == "store":
        return measure("answers:three", home=str(bench.folder / "home"))
    return measure(f"{contender}:questions", files=data.files)


def _figure(what: str, cost: Cost, totals: list[str], exact: Decimal) -> Figure:
    wrong = [total for total in totals if Decimal(total) != exact]
    remark = f"{' and '.join(wrong)} for {exact}" if wrong else "total exact"
    return Figure(
        what, f"{cost.cpu_s:.3g} s of CPU", f"{cost.wall_s:.2f} s of wall time, {cost.peak_mb:,.0f} MB; {remark}"
    )
