"""Series: one value a day, in order and without gaps; and how a file of any of them is read."""

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from core.errors import SeriesRefused
from core.forecasting.level import Array

COLUMNS = ("unique_id", "ds", "y")
_LONGEST = 366 * 60  #: days between the first and the last one; more is a wrong date
_YEARS = range(1000, 2201)  #: that a day may be in
_LARGEST = 1e300  #: beyond it a sum of days is no number any more


@dataclass(frozen=True)
class Series:
    """The values of a thing from its first to its last known day."""

    unique_id: str
    first: date
    values: Array  #: one for each day; NaN where it is not known

    @property
    def after(self) -> np.datetime64:
        """The day behind the last one."""
        return np.datetime64(self.first, "D") + len(self.values)


@dataclass(frozen=True)
class LeftOut:
    """A series that nothing can be said of."""

    unique_id: str
    reason: str  #: one sentence


def read_series(path: Path) -> tuple[list[Series], list[LeftOut]]:
    """The series of a CSV file with the columns unique_id, ds (ISO date) and y, in the order of their names.

    An instant is taken for its day. Days may come in any order; a day that is missing, or whose y is empty or no
    finite number such as NaN, is not known. Raises SeriesRefused for a file that is no such CSV; a series that states
    a day twice is left out.
    """
    found: dict[str, dict[date, float]] = {}
    twice: dict[str, date] = {}
    for unique_id, day, value in _rows(path):
        days = found.setdefault(unique_id, {})
        if day in days:
            twice.setdefault(unique_id, day)
        days[day] = value
    wrong = [LeftOut(unique_id, f"{day} is there twice.") for unique_id, day in sorted(twice.items())]
    built = [series_of(unique_id, days) for unique_id, days in sorted(found.items()) if unique_id not in twice]
    left_out = [each for each in built if isinstance(each, LeftOut)]
    return [each for each in built if isinstance(each, Series)], [*wrong, *left_out]


def series_of(unique_id: str, days: dict[date, float]) -> Series | LeftOut:
    """What is known of some days, as a series; gaps are not known."""
    known = [day for day, value in days.items() if math.isfinite(value)]
    if not known:
        return LeftOut(unique_id, "No day of it has a value.")
    first, last = min(known), max(known)
    if (last - first).days >= _LONGEST:
        return LeftOut(unique_id, f"It goes from {first} to {last}, which is over sixty years: a date is wrong.")
    if first.year not in _YEARS or last.year not in _YEARS:
        return LeftOut(unique_id, f"It goes from {first} to {last}: a date is wrong.")
    if largest := next((days[day] for day in known if abs(days[day]) > _LARGEST), None):
        return LeftOut(unique_id, f"It has {largest:g}, beyond the {_LARGEST:g} that can be added up.")
    values = np.full((last - first).days + 1, np.nan)
    for day in known:
        values[(day - first).days] = days[day]
    return Series(unique_id, first, values)


def _rows(path: Path) -> Iterator[tuple[str, date, float]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (lines.fieldnames or ())]:
                raise _refused(path, f"has no column {' and no '.join(missing)}")
            yield from _parsed(path, lines)
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, csv.Error):
        raise _refused(path, "is no CSV file in UTF-8") from None


def _parsed(path: Path, lines: Iterable[dict[str, str]]) -> Iterator[tuple[str, date, float]]:
    for number, line in enumerate(lines, 2):
        unique_id, day, value = (line[name] or "" for name in COLUMNS)
        try:
            known = float(value) if value.strip() else math.nan
            yield unique_id, datetime.fromisoformat(day.strip()).date(), known
        except ValueError:
            raise _refused(path, f"says ds={day!r}, y={value!r} in line {number}") from None


def _refused(path: Path, problem: str) -> SeriesRefused:
    return SeriesRefused(
        f"{path} {problem}.",
        "Give a CSV file with the columns unique_id, ds and y: a name, a day such as 2026-11-29, and a number.",
    )
