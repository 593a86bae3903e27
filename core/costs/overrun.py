"""Overrun: how likely it is that more will be spent than there is."""

from bisect import bisect_left
from collections.abc import Mapping


def chance_of_overrun(room: float, halves: Mapping[int, float]) -> float:
    """How likely what comes is more than `room` beyond what is expected; room below 0: what is expected is too much.

    `halves` tells how far from what was expected things stayed, by how often they did, in percent; between these the
    chance goes in straight lines, and beyond the widest it stays as it is there. Where nothing was ever off, neither
    is this.
    """
    known = sorted((half, level / 100) for level, half in halves.items())
    if not known or known[-1][0] <= 0:
        return 1.0 if room < 0 else 0.0
    tail = (1 - _inside(abs(room), known)) / 2
    return 1 - tail if room < 0 else tail


def _inside(far: float, known: list[tuple[float, float]]) -> float:
    """How often what came was no further from what was expected."""
    place = bisect_left(known, (far, 1.0))
    if place == len(known):
        return known[-1][1]
    below, above = known[place - 1] if place else (0.0, 0.0), known[place]
    if above[0] <= below[0]:
        return above[1]
    return below[1] + (above[1] - below[1]) * (far - below[0]) / (above[0] - below[0])
