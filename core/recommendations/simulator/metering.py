"""Metering: what a schedule uses of each meter, by one exact pass over its stays and one over the reads.

A day's moves come first, then its reads; an object is stored for the whole day where it is after them.
"""

from dataclasses import dataclass

import numpy as np

from core.billing.class_rules import ARCHIVED_NAME_BYTES, RESTORED_DAYS
from core.recommendations.simulator.arrays import Ints, floats, ints
from core.recommendations.simulator.catalogue import Catalogue, Reads, key_of
from core.recommendations.simulator.classes import ARCHIVES, LEAST_DAYS, TIERING, WATERFALL, billed_bytes, tiered
from core.recommendations.simulator.meters import Kind, Ledger, Meters, Tier
from core.recommendations.simulator.schedule import Entry, Schedule
from core.recommendations.simulator.tiering import Idle, tier_spans
from core.recommendations.simulator.window import Window
from core.storage.provider import StorageClass

_RETRIEVAL = (StorageClass.STANDARD_IA, StorageClass.ONEZONE_IA, StorageClass.GLACIER_IR)


@dataclass(frozen=True)
class Used:
    """What a schedule uses, and whom it keeps waiting."""

    meters: Meters
    delayed: Ints  #: videos with a read that had to wait for a restore


def meter(catalogue: Catalogue, schedule: Schedule, window: Window) -> Used:
    """What the schedule uses in the window. Reads of objects that are not there on that day are left out."""
    ledger, size = Ledger(window), catalogue.size[schedule.object]
    reads, stay = _served(catalogue.reads, schedule)
    for number, storage_class in enumerate(WATERFALL):
        here = schedule.storage_class == number
        if here.any():
            _store(ledger, storage_class, number, schedule.where(here), size[here])
    _count_entries(ledger, schedule, size)
    _count_leaving(ledger, schedule, size, window)
    _count_reads(ledger, schedule.storage_class[stay], reads)
    _tier(ledger, catalogue, schedule, reads, stay)
    delayed = _restore(ledger, catalogue, reads, stay, schedule)
    return Used(ledger.meters(), delayed)


def _served(reads: Reads, schedule: Schedule) -> tuple[Reads, Ints]:
    """The reads that some stay serves, and which."""
    stay = np.searchsorted(schedule.key, reads.key, side="right") - 1
    found = stay >= 0
    found[found] &= (schedule.object[stay[found]] == reads.object[found]) & (
        reads.day[found] < schedule.end[stay[found]]
    )
    return reads.where(found), stay[found]


def _store(ledger: Ledger, storage_class: StorageClass, number: int, stays: Schedule, size: Ints) -> None:
    if number == TIERING:
        small = ~tiered(size)
        ledger.hold(Kind.STORAGE, Tier.FREQUENT, stays.start[small], stays.end[small], floats(size[small]))
        return
    ledger.hold(Kind.STORAGE, storage_class, stays.start, stays.end, billed_bytes(size, number))
    if number in ARCHIVES:
        names = np.full(len(size), float(ARCHIVED_NAME_BYTES))
        ledger.hold(Kind.STORAGE, StorageClass.STANDARD, stays.start, stays.end, names)


def _count_entries(ledger: Ledger, schedule: Schedule, size: Ints) -> None:
    left = np.append(0, schedule.storage_class[:-1])[: len(schedule)]
    for number, storage_class in enumerate(WATERFALL):
        into = schedule.storage_class == number
        written = into & np.isin(schedule.entry, (Entry.PUT, Entry.COPY))
        ledger.count(Kind.PUT, storage_class, schedule.start[written], np.ones(written.sum()))
        if storage_class is not StorageClass.STANDARD:
            moved = into & (schedule.entry == Entry.TRANSITION)
            ledger.count(Kind.TRANSITION, storage_class, schedule.start[moved], np.ones(moved.sum()))
        if storage_class in _RETRIEVAL:
            copied = (left == number) & (schedule.entry == Entry.COPY)
            ledger.count(Kind.RETRIEVAL, storage_class, schedule.start[copied], floats(size[copied]))
        if number in ARCHIVES:  # what is copied out of an archive is restored first, for that one copy
            copied = (left == number) & (schedule.entry == Entry.COPY)
            ledger.count(Kind.RESTORE, storage_class, schedule.start[copied], np.ones(copied.sum()))
            ledger.count(Kind.RESTORED, storage_class, schedule.start[copied], floats(size[copied]))


def _count_leaving(ledger: Ledger, schedule: Schedule, size: Ints, window: Window) -> None:
    owed = LEAST_DAYS[schedule.storage_class] - (schedule.end - schedule.since)
    early = (owed > 0) & (schedule.goes_on | (schedule.end < window.end))
    for number in np.unique(schedule.storage_class[early]):
        gone = early & (schedule.storage_class == number)
        hours = 24.0 * owed[gone] * billed_bytes(size[gone], int(number))
        ledger.count(Kind.EARLY_DELETION, WATERFALL[number], schedule.end[gone], hours)


def _count_reads(ledger: Ledger, number: Ints, reads: Reads) -> None:
    for each in np.unique(number):
        here, storage_class = number == each, WATERFALL[each]
        ledger.count(Kind.GET, storage_class, reads.day[here], reads.gets[here])
        if storage_class in _RETRIEVAL:
            ledger.count(Kind.RETRIEVAL, storage_class, reads.day[here], reads.bytes[here])


def _tier(ledger: Ledger, catalogue: Catalogue, schedule: Schedule, reads: Reads, stay: Ints) -> None:
    monitored = (schedule.storage_class == TIERING) & tiered(catalogue.size[schedule.object])
    stays, size = schedule.where(monitored), floats(catalogue.size[schedule.object[monitored]])
    ledger.hold(Kind.MONITORING, StorageClass.INTELLIGENT_TIERING, stays.start, stays.end, np.ones(len(stays)))
    inside = monitored[stay]
    place = (np.cumsum(monitored) - 1)[stay[inside]]
    for tier, idle in tier_spans(Idle.of(stays.since, stays.end, place, reads.day[inside])):
        start = np.maximum(idle.start, stays.start[idle.stay])  # since may lie before the window
        ledger.hold(Kind.STORAGE, tier, start, idle.end, size[idle.stay])


def _restore(ledger: Ledger, catalogue: Catalogue, reads: Reads, stay: Ints, schedule: Schedule) -> Ints:
    archived = np.isin(schedule.storage_class[stay], ARCHIVES)
    asked, stay = reads.where(archived), stay[archived]
    first = _first_of_each(stay, asked.day)
    size = floats(catalogue.size[asked.object[first]])
    for number in ARCHIVES:
        here, storage_class = schedule.storage_class[stay[first]] == number, WATERFALL[number]
        day = asked.day[first][here]
        ledger.count(Kind.RESTORE, storage_class, day, np.ones(len(day)))
        ledger.count(Kind.RESTORED, storage_class, day, size[here])
    until = np.minimum(asked.day[first] + RESTORED_DAYS, schedule.end[stay[first]])
    ledger.hold(Kind.STORAGE, StorageClass.STANDARD, asked.day[first], until, size)
    return np.unique(catalogue.group[asked.object[first]])


def _first_of_each(stay: Ints, day: Ints) -> Ints:
    """Reads that need a restore: those that come when no restored copy of their stay is there any more."""
    key, found, left = key_of(stay, day), [ints([])], ints(np.unique(stay, return_index=True)[1])
    while len(left):
        found.append(left)
        after = np.searchsorted(key, key[left] + RESTORED_DAYS)
        there = after < len(key)
        left = after[there][stay[after[there]] == stay[left[there]]]
    return np.concatenate(found)
