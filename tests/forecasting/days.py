"""Days: daily series that a test knows all about."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from core.forecasting.series import Series

FIRST = date(2026, 1, 1)  #: a Thursday


def series(values: Iterable[float], unique_id: str = "a", first: date = FIRST) -> Series:
    return Series(unique_id, first, np.array(list(values), dtype=float))


def made(days: int, value: Callable[[date], float], first: date = FIRST) -> Series:
    return series((value(first + timedelta(n)) for n in range(days)), first=first)


def write(path: Path, rows: Iterable[str], head: str = "unique_id,ds,y") -> Path:
    path.write_text("".join(f"{line}\n" for line in (head, *rows)))
    return path
