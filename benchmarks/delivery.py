"""Delivery: where Data Exports puts a month of CUR 2.0 whose files the next delivery overwrites."""

from dataclasses import dataclass
from pathlib import Path

from core.costs.period import Period

EXPORT = "bench-cur2"
ROWS_A_FILE = 1_250_000


@dataclass(frozen=True)
class Delivery:
    """One delivery of the export: where it lies, and the rows it holds."""

    folder: Path
    month: Period
    rows: int
    files: tuple[Path, ...]
    manifest: Path

    @property
    def size_bytes(self) -> int:
        """Bytes of the data files together."""
        return sum(file.stat().st_size for file in self.files)


def deliver_to(out: Path, rows: int, month: Period, files: int | None = None) -> Delivery:
    """Where a month of that many rows lies below `out`, written or not."""
    folder = out / EXPORT
    partition = f"BILLING_PERIOD={month.start:%Y-%m}"
    names = [f"{EXPORT}-{n:05}.snappy.parquet" for n in range(1, (files or max(1, round(rows / ROWS_A_FILE))) + 1)]
    paths = tuple(folder / "data" / partition / name for name in names)
    return Delivery(folder, month, rows, paths, folder / "metadata" / partition / f"{EXPORT}-Manifest.json")
