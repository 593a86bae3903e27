"""Supposing: what the sliders of a lifecycle rule take on a large catalogue."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, cast

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Section, at_most
from benchmarks.library import VIDEOS, fill
from core.billing.prices import load_prices
from core.lifecycle.catalogued import Catalogued, catalogued
from core.lifecycle.what_if import suppose
from core.recommendations.simulator.prices import s3_prices
from core.sqlite_database import SqliteDatabase
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.provider import StorageProvider
from core.warehouse import Warehouse

TITLE = "Lifecycle rules supposed"
METHOD = """
A catalogue of {videos:,} videos with {objects:,} objects at S3 is asked what a rule would do to the bill: once when the
dialog opens, which reads the catalogue, and then at each move of a slider. No reads are known. Medians of {tries}.
"""
_TRIES = 7
_TODAY = date(2026, 11, 30)
_RULES = {
    "every object to Glacier IR after 5 days": LifecycleRule("phyght-a", transitions=(Transition(5, "GLACIER_IR"),)),
    "videos to IA, Glacier IR, and gone": LifecycleRule(
        "phyght-b", "videos/", transitions=(Transition(30, "STANDARD_IA"), Transition(90, "GLACIER_IR")),
        expire_after_days=365,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Bucket:
    """As much of a provider as a catalogue is asked by."""

    name: str = "s3"
    region: str = "us-east-1"


def run(bench: Bench) -> Section:
    """Fill a catalogue, and suppose."""
    home = bench.empty_folder("supposing")
    bench.say(f"supposed rules: writing {VIDEOS:,} videos")
    database = SqliteDatabase(home / "phyght.db")
    fill(database, VIDEOS)
    warehouse, prices = Warehouse(home / "warehouse", database), s3_prices(load_prices(), _Bucket.region)
    opened, found = _taken(lambda: catalogued(database, warehouse, cast(StorageProvider, _Bucket()), _TODAY))
    moved = [_moved(name, _taken(lambda rule=rule: suppose(found, rule, prices))[0]) for name, rule in _RULES.items()]
    told = METHOD.format(videos=VIDEOS, objects=len(cast(Catalogued, found).keys), tries=_TRIES).strip()
    return Section(TITLE, told, (at_most("the dialog opens", opened, 1, "s of CPU", "the catalogue is read"), *moved))


def _moved(name: str, taken_s: float) -> Figure:
    return at_most(f"a slider is moved: {name}", taken_s, 1, "s of CPU", "a goal of the page: within a second")


def _taken(work: Callable[[], Any]) -> tuple[float, Any]:
    """Median seconds of CPU, and what it answered."""
    times, found = [], None
    for _ in range(_TRIES):
        started = time.process_time()
        found = work()
        times.append(time.process_time() - started)
    return median(times), found
