"""Tiering catalogues: videos of four rungs, and what a CDN fetches of them, of several shapes, by a seed."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from core.recommendations.history import History
from core.recommendations.simulator.arrays import Floats, Ints, floats, ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.window import number_of
from core.units import GIB

DAYS = 730
_FIRST = number_of(date(2024, 10, 1))
_RUNG_BYTES = floats([2.2, 1.1, 0.5, 0.2]) * GIB
_RUNG_SHARE = floats([0.45, 0.35, 0.15, 0.05])


@dataclass(frozen=True)
class Shape:
    """How videos of a catalogue are watched; rates are fetches of a whole video a day."""

    at_first: float  #: rate of the middle video when it is new
    spread: float  #: sigma of the lognormal around it
    decay: float  #: the rate falls with age in weeks to this power
    lasting: float  #: share of the first rate that stays
    surges: float = 0.0  #: a video and year
    surge_rate: float = 0.0


SHAPES = {
    "cold": Shape(0.05, 1.5, 1.6, 0.0),
    "balanced": Shape(0.15, 1.3, 0.7, 0.03),
    "surging": Shape(0.05, 1.3, 1.4, 0.0, surges=1.0, surge_rate=0.3),
    "hot": Shape(0.6, 0.8, 0.15, 0.3),
}


def catalogue_of(shape: Shape, videos: int, seed: int) -> History:
    """Two years of it; half of the videos are older than the first day."""
    random = np.random.default_rng(seed)
    created = np.sort(random.integers(-DAYS, DAYS - 30, videos))
    day, rates = np.arange(DAYS), np.zeros((videos, DAYS))
    age = day[None] - created[:, None]
    popular = shape.at_first * random.lognormal(0, shape.spread, videos)
    faded = (1 + age.clip(0) / 7) ** -shape.decay
    rates = np.where(age >= 0, popular[:, None] * np.maximum(faded, shape.lasting), 0)
    rates += _surges(shape, age, random)
    return fetched(created, rates, random)


def fetched(created: Ints, rates: Floats, random: np.random.Generator) -> History:
    """Videos of four rungs, by the day of creation and the rate of each on each day."""
    size = _RUNG_BYTES[None] * random.lognormal(0, 0.4, len(created))[:, None]
    return _history(created, size, rates, random)


def _surges(shape: Shape, age: Ints, random: np.random.Generator) -> Floats:
    starts = random.random(age.shape) < shape.surges / 365
    rates = np.zeros(age.shape)
    for after in range(21):
        shifted = np.roll(starts, after, 1)
        shifted[:, :after] = False
        rates += shifted * shape.surge_rate * 0.85**after
    return np.where(age > 30, rates, 0)


def _history(created: Ints, size: Floats, rates: Floats, random: np.random.Generator) -> History:
    place, day, times = [], [], []
    for rung, share in enumerate(_RUNG_SHARE):
        whole = random.poisson(rates * share)
        video, days = np.nonzero(whole)
        place.append(4 * video + rung)
        day.append(days)
        times.append(whole[video, days])
    places, count = ints(np.concatenate(place)), floats(np.concatenate(times))
    sizes = ints(size.reshape(-1))
    read_bytes = sizes[places] * count
    reads = added_up(places, ints(np.concatenate(day)) + _FIRST, np.ceil(read_bytes / 2e6), read_bytes)
    groups, made = ints(np.repeat(np.arange(len(created)), 4)), ints(np.repeat(created, 4) + _FIRST)
    return History(Catalogue(groups, sizes, made, reads), _FIRST, _FIRST + DAYS, ())
