"""Supabase days: what was measured, as the usage file of a row a day that is ingested like any other source."""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from core.billing.supabase_egress import Egress, read_egress
from core.database import Database, named_queries
from core.errors import SourceUnreachable

_queries: Any = named_queries(__file__)
_HEADER = ("date", "organization", "project", "storage_bytes", "egress_bytes", "cached_egress_bytes")
_DAY = timedelta(days=1)
_NOTHING_SENT = Egress(0, 0)


@dataclass(frozen=True)
class StoredDay:
    """What one project stored on one UTC day."""

    project: str
    day: date
    size_bytes: int  #: average of the day's measurements
    measured: bool  #: False: on the straight line between the measured days around it


@dataclass(frozen=True)
class UsageFile:
    """What the usage file was made of."""

    file: Path
    days: tuple[StoredDay, ...]
    egress: dict[date, Egress]  #: as typed by a person; empty where egress is not measured

    @property
    def remark(self) -> str:
        """What a reader of the costs should know; empty where everything was measured."""
        filled = sum(not day.measured for day in self.days)
        unplaced = len(self.egress.keys() - {day.day for day in self.days})
        remarks = [] if self.egress else ["egress not measured"]
        remarks += [f"{_days(filled)} without a measurement, taken from the days around"] if filled else []
        remarks += [f"egress of {_days(unplaced)} left out: no storage was measured then"] if unplaced else []
        return "; ".join(remarks)


def measured_folder(home: Path) -> Path:
    """Where the usage file lies: a source like any other, for `ingest`."""
    return home / "measured" / "supabase"


def write_usage(project: str, database: Database, home: Path, today: date) -> UsageFile:
    """Write the usage file from everything that was ever measured, and the egress that a person has typed.

    It holds the UTC days that are over; of a project measured for the first time today, today so far. Days before a
    project's first measurement are left out. The egress belongs to the project that is named.

    Raises DeliveryRefused when the typed egress is not right, and then the file stays as it was.
    """
    egress = read_egress(home)
    # in a transaction: of two runs at once, the one that writes last has seen what the other has noted
    with database.transaction() as connection:
        days = _stored_days(list(_queries.measured_days(connection)), today)
        rows = [_row(day, egress if day.project == project else {}) for day in days]
        file = measured_folder(home) / "usage.csv"
        _replace(file, rows)
    return UsageFile(file, tuple(days), egress)


def fill_gaps(project: str, sizes: dict[date, int]) -> list[StoredDay]:
    """Every day from the first measured one to the last, in order.

    Storage is a level and is billed on every day, so a day on which nothing ran is put on the straight line between
    the measured days around it: left out, it would count as a day that cost nothing.
    """
    days = [StoredDay(project, day, size, True) for day, size in sorted(sizes.items())]
    filled = [between for before, after in pairwise(days) for between in _between(before, after)]
    return sorted([*days, *filled], key=lambda stored: stored.day)


def _between(before: StoredDay, after: StoredDay) -> list[StoredDay]:
    apart, rise = (after.day - before.day).days, after.size_bytes - before.size_bytes
    return [
        StoredDay(before.project, before.day + n * _DAY, before.size_bytes + rise * n // apart, False)
        for n in range(1, apart)
    ]


def _stored_days(rows: list[Any], today: date) -> list[StoredDay]:
    measured: dict[str, dict[date, int]] = defaultdict(dict)
    for row in rows:
        measured[row["project"]][date.fromisoformat(row["day"])] = _average(row["size_bytes"], row["measurements"])
    return [day for project, sizes in sorted(measured.items()) for day in fill_gaps(project, _settled(sizes, today))]


def _settled(sizes: dict[date, int], today: date) -> dict[date, int]:
    """The days that are over; where there is none yet, all, so that a new project shows at once."""
    return {day: size for day, size in sizes.items() if day < today} or sizes


def _average(total: int, count: int) -> int:
    """To the nearest whole byte."""
    return (2 * total + count) // (2 * count)


def _row(stored: StoredDay, egress: dict[date, Egress]) -> tuple[object, ...]:
    sent = egress.get(stored.day, _NOTHING_SENT)
    # the organisation is left empty: a project's key does not tell whose project it is
    return (stored.day, "", stored.project, stored.size_bytes, sent.uncached, sent.cached)


def _replace(file: Path, rows: list[tuple[object, ...]]) -> None:
    """Write the file whole or not at all, also when the machine loses its power."""
    from core.sources.workspace import disk_errors  # here: whoever only asks for the folder needs no DuckDB

    aside = file.with_suffix(".tmp")  # not .csv: an ingestion meanwhile leaves it alone
    try:
        with disk_errors(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("w", newline="") as text:
                csv.writer(text, lineterminator="\n").writerows([_HEADER, *rows])
                text.flush()
                os.fsync(text.fileno())
            aside.replace(file)
            _sync_folder(file.parent)
    except OSError as error:
        raise SourceUnreachable(
            f"{file} cannot be written: {error.strerror}.", "Give this user write permission on its folder."
        ) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
