"""Scales: where the marks beside a chart stand, and how they are written, so that each says something else."""

from collections.abc import Sequence
from enum import Enum, auto
from math import ceil, floor, log10

from dashboard import format

_NARROW = "\u202f"
_MOST_MARKS = 5
#: Of what is drawn, room above it; and below it, where it does not begin at zero.
_ROOM = 0.08
_STEPS = (1, 2, 5, 10)


class Unit(Enum):
    """What is measured."""

    SHARE = auto()  #: 0 to 1, in per cent
    MILLISECONDS = auto()
    COUNT = auto()
    BYTES = auto()  #: in steps of 1,024


def span(values: Sequence[float], from_zero: bool) -> tuple[float, float]:
    """From where to where a scale goes on which all values are seen."""
    if not values:
        return 0.0, 1.0
    low, high = (0.0 if from_zero else min(values)), max(values)
    room = _ROOM * ((high - low) or abs(high) or 1.0)
    return (low if from_zero else low - room), high + room


def marks(low: float, high: float, unit: Unit) -> list[float]:
    """Round numbers between the two, a few of them."""
    one = _one(high) if unit is Unit.BYTES else 1.0
    step = _step((high - low) / one, whole=unit is Unit.COUNT) * one
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [at * step for at in range(first, last + 1)]


def _one(high: float) -> float:
    """The largest of 1 byte, 1 KiB, 1 MiB ... that is not larger."""
    one = 1.0
    while one * 1024 <= high:
        one *= 1024
    return one


def _step(length: float, whole: bool) -> float:
    least = length / _MOST_MARKS
    ten = 10.0 ** floor(log10(least)) if least > 0 else 1.0
    step = next(each * ten for each in _STEPS if each * ten >= least * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def texts(at: Sequence[float], unit: Unit) -> list[str]:
    """How marks are written: with as many decimals as tell them apart."""
    if unit is Unit.COUNT or not at:
        return [format.compact(each) for each in at]
    one, name = _written_in(max(at), unit)
    step = at[1] - at[0] if len(at) > 1 else at[0]
    decimals = max(0, ceil(-log10(step / one) - 1e-9)) if step else 0
    return [f"{each / one:,.{decimals if each else 0}f}{name}" for each in at]


def _written_in(most: float, unit: Unit) -> tuple[float, str]:
    """What is one of the unit that the largest mark is written in, and its name."""
    if unit is Unit.SHARE:
        return 0.01, f"{_NARROW}%"
    if unit is Unit.MILLISECONDS:
        return (1_000.0, f"{_NARROW}s") if most >= 2_000 else (1.0, f"{_NARROW}ms")
    one = _one(most)
    return one, f"{_NARROW}{format.size(one).split()[-1]}"
