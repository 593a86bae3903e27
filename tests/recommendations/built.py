"""Built: the reference's things as the simulator's columns."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from core.billing.prices import load_prices
from core.recommendations.simulator.arrays import floats, ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.classes import NUMBER
from core.recommendations.simulator.metering import Used, meter
from core.recommendations.simulator.prices import s3_prices
from core.recommendations.simulator.schedule import Changes, Entry, Schedule
from core.recommendations.simulator.window import Window, number_of
from core.storage.provider import StorageClass
from tests.recommendations.reference import Thing

PRICES = s3_prices(load_prices(), "us-east-1")


def window_of(first: date, end: date) -> Window:
    return Window(number_of(first), number_of(end))


def catalogue_of(things: Sequence[Thing], groups: Sequence[int] = ()) -> Catalogue:
    """Each thing as an object, and a video of its own unless groups are given."""
    rows = [(n, number_of(day), *read) for n, thing in enumerate(things) for day, read in thing.reads.items()]
    place, day, gets, read_bytes = zip(*rows, strict=True) if rows else ((), (), (), ())
    reads = added_up(ints(place), ints(day), floats(gets), floats(read_bytes))
    created = ints([number_of(thing.moves[0][0]) for thing in things])
    return Catalogue(ints(groups or np.arange(len(things))), ints([thing.size for thing in things]), created, reads)


def schedule_of(things: Sequence[Thing], window: Window) -> Schedule:
    moves = [
        (n, number_of(d), NUMBER[StorageClass(c)], Entry[h.upper()])
        for n, t in enumerate(things)
        for d, c, h in t.moves
    ]
    stays = Changes(*map(ints, zip(*moves, strict=True))).schedule(ints([number_of(t.gone) for t in things]))
    return Schedule(
        stays.object, stays.start.clip(window.first), stays.end,
        stays.storage_class, stays.entry, stays.since,
    )  # fmt: skip


def used_by(things: Sequence[Thing], first: date, end: date) -> Used:
    window = window_of(first, end)
    return meter(catalogue_of(things), schedule_of(things, window), window)


def daily_usd(things: Sequence[Thing], first: date, end: date) -> list[float]:
    return PRICES.daily_usd(used_by(things, first, end).meters).tolist()
