"""Tiered: everything in Intelligent-Tiering, without its archive tiers."""

import numpy as np

from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import STANDARD, TIERING, tiered
from core.recommendations.simulator.schedule import Changes, Entry, Schedule, joined
from core.recommendations.simulator.window import Window


def intelligent_tiering(catalogue: Catalogue, window: Window) -> Schedule:
    """New objects are written into it; a lifecycle rule moves those of 128 KB and more that lie in Standard."""
    there = np.flatnonzero(catalogue.created < window.end)
    new = catalogue.created[there] >= window.first
    begins = Changes(
        there, catalogue.created[there].clip(window.first),
        np.where(new, TIERING, STANDARD), np.where(new, Entry.PUT, Entry.HELD),
    )  # fmt: skip
    moved = there[~new & tiered(catalogue.size[there])]
    day, into = np.full(len(moved), window.first), np.full(len(moved), TIERING)
    falls = Changes(moved, day, into, np.full(len(moved), Entry.TRANSITION))
    return joined([begins, falls]).schedule(np.full(len(catalogue), window.end))
