"""Bench: what a run of the benchmarks was asked for."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.datasets import Dataset, dataset
from benchmarks.measure import Cost


@dataclass(frozen=True)
class Bench:
    """What a run was asked for, and where it may work."""

    folder: Path
    rows: tuple[int, ...]  #: sizes of the months to measure with
    repeats: int  #: times that each contender runs, in turn with the others
    say: Callable[[str], None]  #: tells a person what is going on

    def datasets(self) -> list[Dataset]:
        """The months to measure with, smallest first; generated where they are not there yet."""
        for rows in self.rows:
            self.say(f"{rows:,} rows: looking for the generated month, or writing it")
        return [dataset(self.folder, rows) for rows in sorted(self.rows)]

    def empty_folder(self, name: str) -> Path:
        """A folder below the bench's with nothing in it."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


def median_cost(costs: list[Cost]) -> Cost:
    """Middle CPU and wall time of several runs, and the highest peak; the answer is the last one's."""
    return Cost(
        median(cost.cpu_s for cost in costs),
        median(cost.wall_s for cost in costs),
        max(cost.peak_mb for cost in costs),
        costs[-1].answer,
    )
