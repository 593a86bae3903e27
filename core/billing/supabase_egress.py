"""Supabase egress: the bytes sent, typed from the dashboard's usage page, as no interface of Supabase tells them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.errors import DeliveryRefused

_HEADER = ["date", "egress_bytes", "cached_egress_bytes"]
_CURE = f"Begin it with the line {','.join(_HEADER)}, then a day in each line: 2026-10-31,1500000000,0."


@dataclass(frozen=True)
class Egress:
    """What was sent on one UTC day."""

    uncached: int  #: bytes
    cached: int  #: bytes, from the CDN's cache


def egress_file(home: Path) -> Path:
    """Where a person may keep what they read on the usage page; beside the measured folder, which is ingested whole."""
    return home / "measured" / "supabase_egress.csv"


def egress_measured_until(home: Path) -> date | None:
    """The last day whose egress is known; None where egress is not measured, and counts as 0 bytes.

    Raises DeliveryRefused when the file is there and not right.
    """
    return max(read_egress(home), default=None)


def read_egress(home: Path) -> dict[date, Egress]:
    """What each day sent; empty where there is no file. Raises DeliveryRefused, naming the line that is wrong."""
    file = egress_file(home)
    if not file.exists():
        return {}
    days: dict[date, Egress] = {}
    for line, row in _rows(file):
        day, egress = _parse(file, line, row)
        if day in days:
            raise _refused(file, f"line {line} has {day} a second time")
        days[day] = egress
    return days


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text)
            header = [cell.strip() for cell in next(reader, [])]
            if header != _HEADER:
                raise _refused(file, "its first line is another one")
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _refused(file, f"it cannot be read ({type(error).__name__})") from error


def _parse(file: Path, line: int, row: list[str]) -> tuple[date, Egress]:
    try:
        day, uncached, cached = (cell.strip() for cell in row)
        if not (uncached.isdecimal() and cached.isdecimal()):
            raise ValueError("whole bytes only")
        return date.fromisoformat(day), Egress(int(uncached), int(cached))
    except ValueError as error:
        raise _refused(file, f"line {line} is not a day and two numbers of bytes") from error


def _refused(file: Path, reason: str) -> DeliveryRefused:
    return DeliveryRefused(f"{file} cannot be used: {reason}.", _CURE)
