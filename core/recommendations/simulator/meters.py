"""Meters: how much of each thing that S3 bills was used on each day, as usage types of a bill count it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.recommendations.simulator.arrays import Floats, Ints, floats
from core.recommendations.simulator.window import Window
from core.storage.provider import StorageClass


class Kind(StrEnum):
    """What is counted."""

    STORAGE = "storage"  #: byte-hours
    MONITORING = "monitoring"  #: object-hours
    EARLY_DELETION = "early deletion"  #: byte-hours that were left of the least days, on the day of leaving
    PUT = "put"  #: requests that write: PUT and COPY, by the class that is written to
    GET = "get"  #: requests
    TRANSITION = "transition"  #: objects, by the class that they go to
    RETRIEVAL = "retrieval"  #: bytes
    RESTORE = "restore"  #: requests
    RESTORED = "restored"  #: bytes


class Tier(StrEnum):
    """Where objects of INTELLIGENT_TIERING lie, as S3's inventory calls it."""

    FREQUENT = "FREQUENT"
    INFREQUENT = "INFREQUENT"
    ARCHIVE_INSTANT = "ARCHIVE_INSTANT"


@dataclass(frozen=True)
class Meter:
    """One line of a bill."""

    kind: Kind
    of: StorageClass | Tier


_S = StorageClass
_IAS = (_S.STANDARD_IA, _S.ONEZONE_IA)
_ARCHIVES = (_S.GLACIER, _S.DEEP_ARCHIVE)
_OF: dict[Kind, tuple[StorageClass | Tier, ...]] = {
    Kind.STORAGE: (_S.STANDARD, *_IAS, _S.GLACIER_IR, *_ARCHIVES, *Tier),
    Kind.MONITORING: (_S.INTELLIGENT_TIERING,),
    Kind.EARLY_DELETION: (*_IAS, _S.GLACIER_IR, *_ARCHIVES),
    Kind.PUT: tuple(_S),
    Kind.GET: tuple(_S),
    Kind.TRANSITION: tuple(each for each in _S if each is not _S.STANDARD),
    Kind.RETRIEVAL: (*_IAS, _S.GLACIER_IR),
    Kind.RESTORE: _ARCHIVES,
    Kind.RESTORED: _ARCHIVES,
}
METERS = tuple(Meter(kind, of) for kind, each in _OF.items() for of in each)
COLUMN = {meter: number for number, meter in enumerate(METERS)}
#: Those that are priced by the month, and so divided by the hours of theirs.
HOURLY = np.array([meter.kind in (Kind.STORAGE, Kind.MONITORING, Kind.EARLY_DELETION) for meter in METERS])


@dataclass(frozen=True)
class Meters:
    """Amounts by day and meter."""

    window: Window
    amounts: Floats  #: (days, meters)

    def of(self, kind: Kind, of: StorageClass | Tier) -> Floats:
        """One meter's amount on each day."""
        return self.amounts[:, COLUMN[Meter(kind, of)]]

    def told(self) -> Iterator[tuple[Meter, float]]:
        """What was used at all, and how much in the whole window."""
        return ((meter, float(total)) for meter, total in zip(METERS, self.amounts.sum(0), strict=True) if total)


class Ledger:
    """Where amounts are written down while a schedule is looked through."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._counted = np.zeros((len(METERS), window.days))
        self._held = np.zeros((len(METERS), window.days + 1))  #: what begins on a day less what ends

    def count(self, kind: Kind, of: StorageClass | Tier, day: Ints, amount: Floats) -> None:
        """Something that happens on a day; what does so outside the window is left out."""
        inside = (day >= self._window.first) & (day < self._window.end)
        days = day[inside] - self._window.first
        self._counted[COLUMN[Meter(kind, of)]] += np.bincount(days, amount[inside], self._window.days)

    def hold(self, kind: Kind, of: StorageClass | Tier, start: Ints, end: Ints, amount: Floats) -> None:
        """Something that lasts from a day until before another one, as far as it lies in the window."""
        first, days = self._window.first, self._window.days
        start, end = (start - first).clip(0, days), (end - first).clip(0, days)
        there = end > start
        began = np.bincount(start[there], amount[there], days + 1)
        self._held[COLUMN[Meter(kind, of)]] += began - np.bincount(end[there], amount[there], days + 1)

    def meters(self) -> Meters:
        """All that was written down; a day has 24 hours."""
        held = 24 * np.cumsum(self._held, 1)[:, :-1]
        return Meters(self._window, floats((self._counted + held).T))
