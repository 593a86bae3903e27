"""Tiering others: catalogues that are watched in ways that no policy was made for, by a seed."""

from collections.abc import Callable

import numpy as np

from benchmarks.tiering_catalogues import DAYS, fetched
from core.recommendations.history import History
from core.recommendations.simulator.arrays import Floats, Ints, ints

_CHANGE = 450  #: the day on which a catalogue becomes another one


def _zipf(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """The n-th video is watched a n-th as much as the first, and half as much every 30 days."""
    return _ranked(len(created), 4.0, random) * 0.5 ** (age / 30)


def _steady(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """The n-th is watched a n-th as much as the first, at any age."""
    return _ranked(len(created), 0.03, random) * np.ones(age.shape)


def _events(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """Watched on the night of an event and for three days, and seldom after that, on its day of the week."""
    night, later = 4 * 0.4**age, 0.012 * (age % 7 == 0)
    return random.lognormal(0, 1, (len(created), 1)) * np.where(age < 4, night, later)


def _seasonal(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """Each is watched in two months of the year."""
    season = random.integers(0, 365, (len(created), 1))
    far = np.abs((np.arange(DAYS)[None] - season + 182) % 365 - 182)
    return random.lognormal(-1.2, 1, season.shape) * (far < 30)


def _once(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """Each rung is watched about once in its first two months, and never again."""
    return np.where(age < 60, 4 / 60, 0)


def _warming(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """A cold catalogue that is watched twenty times as much from one day to the next."""
    return random.lognormal(-4, 1, (len(created), 1)) * np.where(np.arange(DAYS) < _CHANGE, 0.3, 6)


def _awakening(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """One that nobody watches, until all of it is watched every other day."""
    cold, warm = random.lognormal(-7, 0.5, (len(created), 1)), random.lognormal(-0.7, 0.3, (len(created), 1))
    return np.where(np.arange(DAYS) < _CHANGE, cold, warm)


def _pulse(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """The same, for a week only."""
    is_warm = (np.arange(DAYS) >= _CHANGE) & (np.arange(DAYS) < _CHANGE + 7)
    return random.lognormal(-7, 0.5, (len(created), 1)) + 0.5 * is_warm


def _cooling(created: Ints, age: Ints, random: np.random.Generator) -> Floats:
    """A warm one that is watched a fortieth as much from one day to the next."""
    return random.lognormal(-3, 1, (len(created), 1)) * np.where(np.arange(DAYS) < _CHANGE, 4, 0.1)


def _ranked(videos: int, mean: float, random: np.random.Generator) -> Floats:
    share = 1 / np.arange(1, videos + 1)
    return mean * random.permutation(share)[:, None] / share.mean()


OTHERS: dict[str, Callable[[Ints, Ints, np.random.Generator], Floats]] = {
    "zipf": _zipf,
    "steady": _steady,
    "events": _events,
    "once": _once,
    "seasonal": _seasonal,
    "cooling": _cooling,
    "warming": _warming,
    "awakening": _awakening,
    "pulse": _pulse,
}


def other_catalogue(name: str, videos: int, seed: int) -> History:
    """Two years of one of OTHERS; half of the videos are older than the first day."""
    random = np.random.default_rng(seed)
    created = ints(np.sort(random.integers(-DAYS, DAYS - 30, videos)))
    age = np.arange(DAYS)[None] - created[:, None]
    return fetched(created, np.where(age >= 0, OTHERS[name](created, age.clip(0), random), 0), random)
