"""Datasets: generated months, kept between runs and made anew when the generator changes."""

import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from benchmarks.columns import DATA
from benchmarks.delivery import Delivery, deliver_to
from benchmarks.measure import ROOT
from core.costs.period import Period, month_of

OCTOBER = month_of(date(2026, 10, 1))
SEPTEMBER = OCTOBER.previous


@dataclass(frozen=True)
class Dataset:
    """A month of bills to measure with, and a tenth of it for the month before, to compare with."""

    rows: int
    source: Path  #: folder to ingest: the month
    month: Delivery
    source_before: Path
    month_before: Delivery

    @property
    def files(self) -> list[str]:
        """The month's data files."""
        return [str(file) for file in self.month.files]

    @property
    def all_files(self) -> list[str]:
        """Those of the month before too."""
        return [*self.files, *(str(file) for file in self.month_before.files)]


def dataset(folder: Path, rows: int) -> Dataset:
    """The dataset of that many rows, below the folder; generated unless it is there."""
    source, before = (folder / f"{rows}-{_version()}" / name for name in ("month", "month-before"))
    month = _delivery(source, rows, OCTOBER)
    return Dataset(rows, source, month, before, _delivery(before, max(2_000, rows // 10), SEPTEMBER))


def _delivery(out: Path, rows: int, month: Period) -> Delivery:
    delivery = deliver_to(out, rows, month)
    if not delivery.manifest.exists():
        # in a process of its own: a contender's peak memory counts from that of the process that starts it
        command = [
            sys.executable,
            "-m",
            "benchmarks.generate",
            str(out),
            "--rows",
            str(rows),
            "--month",
            f"{month.start:%Y-%m}",
        ]
        subprocess.run(command, check=True, cwd=ROOT)
    return delivery


def _version() -> str:
    made_by = [
        Path(__file__).with_name("generate.py"),
        Path(__file__).with_name("generate.sql"),
        *sorted(DATA.iterdir()),
    ]
    return sha256(b"".join(file.read_bytes() for file in made_by)).hexdigest()[:8]
