"""Cohorts: objects that every age rule treats alike, so that a rule is priced by their sums, exactly."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.recommendations.simulator.arrays import Bools, Floats, Ints, floats
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import LEAST_DAYS, STANDARD, tiered
from core.recommendations.simulator.meters import Kind, Ledger, Meters
from core.recommendations.simulator.window import Window
from core.storage.provider import StorageClass
from core.storage.waterfall import WATERFALL

#: Objects that are older than this at the window's beginning are as old to every rule.
OLDEST_DAYS = 4000
#: Classes whose objects can be priced by sums; the others look at each object's reads.
SUMMED = (StorageClass.STANDARD, StorageClass.STANDARD_IA, StorageClass.ONEZONE_IA, StorageClass.GLACIER_IR)


@dataclass(frozen=True)
class Cohorts:
    """Objects of one day that are moved, or are too small to be; one cohort in each place of the columns."""

    window: Window
    created: Ints
    moved: Bools  #: 128 KB or more
    objects: Floats
    bytes: Floats
    gets: Floats  #: (cohorts, days + 1): those before each day
    read_bytes: Floats


def cohorts_of(catalogue: Catalogue, window: Window) -> Cohorts:
    """The cohorts of objects that there are before the window's end, with their reads in it."""
    first = window.first - OLDEST_DAYS
    born = catalogue.created.clip(first, window.end) - first
    key = 2 * born + tiered(catalogue.size)
    objects = np.bincount(key, minlength=2 * (OLDEST_DAYS + window.days + 1))
    objects[2 * (OLDEST_DAYS + window.days) :] = 0  # born after the window
    found = np.flatnonzero(objects)
    number = np.full(len(objects), len(found))
    number[found] = np.arange(len(found))
    cohort = number[key]
    size = np.bincount(cohort, catalogue.size, len(found) + 1)[:-1]
    gets, read_bytes = _reads_before(catalogue, cohort, len(found), window)
    return Cohorts(window, first + found // 2, found % 2 == 1, floats(objects[found]), floats(size), gets, read_bytes)


def _reads_before(catalogue: Catalogue, cohort: Ints, cohorts: int, window: Window) -> tuple[Floats, Floats]:
    reads, width = catalogue.reads, window.days + 1
    day = reads.day - window.first
    inside = (day >= 0) & (day < window.days)
    cell = np.where(inside, cohort[reads.object] * width + day + 1, cohorts * width)
    sums = (np.bincount(cell, each, (cohorts + 1) * width) for each in (reads.gets, reads.bytes))
    gets, read_bytes = (floats(np.cumsum(each.reshape(-1, width)[:-1], 1)) for each in sums)
    return gets, read_bytes


@dataclass(frozen=True)
class _Stage:
    """What lies in one class of a rule, from when until when."""

    number: int
    start: Ints
    end: Ints
    there: Bools


def meter_rule(cohorts: Cohorts, steps: tuple[tuple[int, int], ...]) -> Meters:
    """What a rule of (days from creation, class) uses: the same as `metering.meter` of its schedule.

    Requests and retrieval stand on the first day of their month. The classes have to be SUMMED.
    """
    ledger, window = Ledger(cohorts.window), cohorts.window
    born = cohorts.created >= window.first
    ledger.count(Kind.PUT, StorageClass.STANDARD, cohorts.created[born], cohorts.objects[born])
    for stage in _stages(cohorts, steps):
        _store(ledger, cohorts, stage)
        _read(ledger, cohorts, stage)
    return ledger.meters()


def _stages(cohorts: Cohorts, steps: tuple[tuple[int, int], ...]) -> Iterator[_Stage]:
    window = cohorts.window
    start = cohorts.created.clip(window.first)
    late = np.full(len(start), window.end)
    ends = [np.where(cohorts.moved, (cohorts.created + days).clip(window.first, window.end), late) for days, _ in steps]
    for number, end in zip((STANDARD, *(number for _, number in steps)), (*ends, late), strict=True):
        yield _Stage(number, start, end, end > start)
        start = end


def _store(ledger: Ledger, cohorts: Cohorts, stage: _Stage) -> None:
    storage_class, there = WATERFALL[stage.number], stage.there
    start, end, objects = stage.start[there], stage.end[there], cohorts.objects[there]
    stored = cohorts.bytes[there]  # what is moved is no smaller than the least that is billed
    ledger.hold(Kind.STORAGE, storage_class, start, end, stored)
    if stage.number == STANDARD:
        return
    ledger.count(Kind.TRANSITION, storage_class, start, objects)
    owed = LEAST_DAYS[stage.number] - (end - start)
    early = (owed > 0) & (end < cohorts.window.end)
    ledger.count(Kind.EARLY_DELETION, storage_class, end[early], 24.0 * owed[early] * stored[early])


def _read(ledger: Ledger, cohorts: Cohorts, stage: _Stage) -> None:
    months = cohorts.window.months
    edges = np.append(months, cohorts.window.end)[:, None]
    start = np.maximum(stage.start, edges[:-1]) - cohorts.window.first
    end = np.maximum(np.minimum(stage.end, edges[1:]) - cohorts.window.first, start)
    rows, storage_class = np.arange(len(cohorts.created)), WATERFALL[stage.number]
    gets = (cohorts.gets[rows, end] - cohorts.gets[rows, start]).sum(1)
    ledger.count(Kind.GET, storage_class, months, gets)
    if storage_class is not StorageClass.STANDARD:
        retrieved = (cohorts.read_bytes[rows, end] - cohorts.read_bytes[rows, start]).sum(1)
        ledger.count(Kind.RETRIEVAL, storage_class, months, retrieved)
