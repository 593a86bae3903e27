"""Crowds: how many watched at once, as columns, for in a quarter that changes tens of thousands of times."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.datetime64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Crowd:
    """Viewers at once."""

    at: datetime  #: UTC, beginning of five minutes
    viewers: float  #: of whom any moment of watching, pausing included, lies in them


class Crowds(Collection[Crowd]):
    """Viewers in each five minutes in which their number changes, until it changes again; oldest first."""

    def __init__(self, at: Instants, viewers: Floats) -> None:
        self.at, self.viewers = at.astype("datetime64[us]"), viewers  # UTC, without saying so

    @classmethod
    def of(cls, crowds: Iterable[Crowd]) -> "Crowds":
        told = [(each.at.astimezone(UTC).replace(tzinfo=None), each.viewers) for each in crowds]
        return cls(np.array([at for at, _ in told], "datetime64[us]"), np.array([count for _, count in told], float))

    def __len__(self) -> int:
        return len(self.at)

    def __iter__(self) -> Iterator[Crowd]:
        return (self._crowd(place) for place in range(len(self)))

    def __contains__(self, crowd: object) -> bool:
        return any(crowd == each for each in self)

    def __repr__(self) -> str:
        return repr(tuple(self))

    def peak(self, day: date | None = None) -> Crowd | None:
        """When most watched at once, on a day where that is given; of equals the first."""
        first, end = (0, len(self)) if day is None else np.searchsorted(self.at, _midnights(day, day + timedelta(1)))
        return self._crowd(first + int(self.viewers[first:end].argmax())) if first < end else None

    def most_in_steps(self, start: date, step: timedelta) -> list[float]:
        """The most in each step from a day on, up to the last change."""
        step_of: Any = (self.at - _midnights(start)[0]) // np.timedelta64(step)
        most = np.zeros(int(step_of[-1]) + 1 if len(self) else 0)
        np.maximum.at(most, step_of, self.viewers)
        before = np.searchsorted(step_of, np.arange(len(most))) - 1  # who is there when a step begins
        return np.maximum(most, np.where(before >= 0, self.viewers[before], 0.0)).tolist()

    def _crowd(self, place: int) -> Crowd:
        return Crowd(self.at[place].item().replace(tzinfo=UTC), self.viewers[place].item())


def _midnights(*days: date) -> Instants:
    return np.array(days, "datetime64[us]")
