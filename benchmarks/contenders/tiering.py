"""Tiering: policies on a generated catalogue; fifty age rules, and a sort of the same reads."""

from dataclasses import asdict
from typing import Any

import numpy as np

from benchmarks.measure import Stopwatch
from benchmarks.tiering_catalogues import SHAPES, catalogue_of
from benchmarks.tiering_others import other_catalogue
from core.billing.prices import load_prices
from core.recommendations.history import History
from core.recommendations.policies.fits import Fits
from core.recommendations.policies.habits import Habits, habits_of
from core.recommendations.policies.learned import Learned
from core.recommendations.policies.model import Model
from core.recommendations.policies.search import RULES
from core.recommendations.policies.tiered import intelligent_tiering
from core.recommendations.policies.walk import walk
from core.recommendations.simulation import simulate
from core.recommendations.simulator.arrays import floats, ints
from core.recommendations.simulator.catalogue import Catalogue, Reads, key_of
from core.recommendations.simulator.cohorts import cohorts_of, meter_rule
from core.recommendations.simulator.metering import meter
from core.recommendations.simulator.prices import S3Prices, s3_prices
from core.recommendations.simulator.schedule import Schedule
from core.recommendations.simulator.window import Window, day_of, months_before, number_of

_OBJECTS, _DAYS, _FIRST = 1_000_000, 730, 20_000


def policies(shape: str, videos: int, seed: int, days: int = 0) -> Any:
    """What each policy costs in the last twelve months, or in the last days where no more is known than these."""
    made = catalogue_of(SHAPES[shape], videos, seed) if shape in SHAPES else other_catalogue(shape, videos, seed)
    made = _latest(made, days) if days else made
    found = simulate(made, _prices(), 12)
    return [asdict(each) | {"policy": each.policy.partition(":")[0]} for each in found.policies]


def _latest(history: History, days: int) -> History:
    first, known = history.end - days, history.catalogue
    reads = known.reads.where(known.reads.day >= first)
    return History(Catalogue(known.group, known.size, known.created, reads), first, history.end, ())


def wrong_model(learned_on: str, shape: str, videos: int, seed: int) -> Any:
    """The learned policy that begins with the model of another catalogue."""
    history, window = _held_out(shape, videos, seed)
    wrong, before = _held_out(learned_on, videos, seed + 1)
    other = _habits(wrong, before)
    model = Model.of(other, 0, other.week_of(before.first))
    habits = _habits(history, window)
    fits = Fits(history.catalogue, habits, _prices())
    learned = Learned(history.catalogue, habits, fits, history.first, model)
    usd, worst = _cost(history, walk(history.catalogue, habits, window, learned, _prices()), window)
    tiering_usd, tiering_worst = _cost(history, intelligent_tiering(history.catalogue, window), window)
    return {"usd": usd, "worst_usd": worst, "tiering_usd": tiering_usd, "tiering_worst_usd": tiering_worst}


def fifty_rules(reads: int, seed: int) -> Any:
    """The cohorts of a million objects, and fifty rules priced by them."""
    catalogue, window, prices = _million(reads, seed), Window(_FIRST, _FIRST + _DAYS), _prices()
    with Stopwatch() as watch:
        cohorts = cohorts_of(catalogue, window)
        usd = [prices.monthly_usd(meter_rule(cohorts, rule.steps)).sum() for rule in RULES]
    return {"cpu_s": watch.cpu_s, "least_usd": float(min(usd))}


def one_sort(reads: int, seed: int) -> Any:
    """The reads by object and day."""
    found = _million(reads, seed).reads
    with Stopwatch() as watch:
        order = np.argsort(key_of(found.object, found.day))
        columns = [each[order] for each in (found.object, found.day, found.gets, found.bytes)]
    return {"cpu_s": watch.cpu_s, "rows": len(columns[0])}


def _million(reads: int, seed: int) -> Catalogue:
    """Objects of any age, their reads in any order; pairs of object and day may come twice, which changes no sum."""
    random = np.random.default_rng(seed)
    created = random.integers(_FIRST - _DAYS, _FIRST + _DAYS - 30, _OBJECTS)
    place = random.integers(0, _OBJECTS, reads)
    day = (created[place] + random.exponential(120, reads).astype(np.int64)).clip(_FIRST, _FIRST + _DAYS - 1)
    day = np.maximum(day, created[place])
    size = ints(random.lognormal(17, 2, _OBJECTS))
    read = Reads(place, day, floats(random.integers(1, 50, reads)), floats(size[place]))
    return Catalogue(np.arange(_OBJECTS) // 4, size, created, read)


def _held_out(shape: str, videos: int, seed: int) -> tuple[History, Window]:
    history = catalogue_of(SHAPES[shape], videos, seed)
    return history, Window(number_of(months_before(day_of(history.end), 12)), history.end)


def _habits(history: History, window: Window) -> Habits:
    return habits_of(history.catalogue, history.first, window.first, window.end)


def _cost(history: History, schedule: Schedule, window: Window) -> tuple[float, float]:
    prices = _prices()
    monthly = prices.monthly_usd(meter(history.catalogue.during(window), schedule, window).meters)
    return float(monthly.sum()), float(monthly.max())


def _prices() -> S3Prices:
    return s3_prices(load_prices(), "us-east-1")
