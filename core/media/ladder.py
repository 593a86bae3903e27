"""Ladder: in which sizes and at which rates a video is offered, so that every connection gets the best it can carry."""

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from core.media.found import Found

SEGMENT_S = 6
GROUPS_A_SEGMENT = 3  #: of pictures, so that one begins every two seconds
#: Boxes that the rungs fit into, landscape or portrait: the long side, and the short one.
_BOXES = ((1920, 1080), (1280, 720), (960, 540), (640, 360), (416, 234))
#: Average bits a second for so many pixels at up to 30 frames a second, after Apple's authoring specification.
_RATES = (
    (416 * 234, 145_000),
    (640 * 360, 730_000),
    (768 * 432, 1_100_000),
    (960 * 540, 2_000_000),
    (1280 * 720, 3_000_000),
    (1920 * 1080, 6_000_000),
)
_SMALL_BITS_A_PIXEL = 730_000 / (640 * 360)
_SLOWEST_RATE = 40_000
_BASE_FPS = 30
#: A rung that is nearly as large as the one above it is of no use to anybody.
_SMALLER_BY = Fraction(9, 10)
_PEAK = 1.5  #: of a fixed rung, over its average


class Ladder(StrEnum):
    """How the rates are chosen."""

    PER_TITLE = "per-title"  #: as the picture needs them
    FIXED = "fixed"  #: the same for every video of that size


@dataclass(frozen=True)
class Rung:
    """One quality of a video: at a constant quality up to a highest rate, or else at an average rate."""

    name: str  #: like 720p: its shorter side
    width: int
    height: int
    crf: float | None  #: constant rate factor of x264; None: at the average rate
    rate: int  #: bits a second: the highest with a crf, else the average

    @property
    def highest_rate(self) -> int:
        """Bits a second that its decoder must be fed with at most, over two seconds."""
        return self.rate if self.crf is not None else round(_PEAK * self.rate)

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def as_json(self) -> dict[str, Any]:
        """What Rung(**...) takes."""
        return asdict(self)


def fixed_ladder(found: Found) -> tuple[Rung, ...]:
    """The rungs of a video at the rates that are usual for their sizes, largest first; at least one."""
    rate = found.video.rate
    top, *others = sizes(found)
    rungs = [_fixed(top, best_rate(math.prod(top), rate)), *(_fixed(s, usual_rate(math.prod(s), rate)) for s in others)]
    return tuple(rungs)


def _fixed(size: tuple[int, int], rate: int) -> Rung:
    return Rung(f"{min(size)}p", *size, crf=None, rate=rate)


def sizes(found: Found) -> list[tuple[int, int]]:
    """Even widths and heights in square pixels, upright, largest first; none is larger than the video."""
    chosen: list[tuple[int, int]] = []
    for long, short in _BOXES:
        size = fitted(found, long, short)
        if not chosen or max(size) <= max(chosen[-1]) * _SMALLER_BY:
            chosen.append(size)
    return chosen


def usual_rate(pixels: int, frame_rate: Fraction) -> int:
    """Bits a second that a fixed ladder spends on a picture of so many pixels, audio excluded."""
    return max(round(_rate_at(pixels) * _faster(frame_rate) / 1000) * 1000, _SLOWEST_RATE)


def best_rate(pixels: int, frame_rate: Fraction) -> int:
    """The same for the best rung: of a small video it is no stopgap, and gets as much a pixel as 640x360 does."""
    return max(usual_rate(pixels, frame_rate), round(_faster(frame_rate) * _SMALL_BITS_A_PIXEL * pixels / 1000) * 1000)


def _faster(frame_rate: Fraction) -> float:
    """Twice the frames differ less from each other, and take less than twice the bits."""
    return math.sqrt(max(frame_rate / _BASE_FPS, 1))


def _rate_at(pixels: int) -> float:
    """Between two known sizes along a straight line of their logarithms, and beyond them along the last one."""
    upper = next((n for n, (known, _) in enumerate(_RATES) if n and pixels <= known), len(_RATES) - 1)
    (low, low_rate), (high, high_rate) = _RATES[upper - 1], _RATES[upper]
    if pixels < low:  # the line is steep at its lower end: a tiny picture would get nothing
        return low_rate * pixels / low
    return low_rate * (high_rate / low_rate) ** (math.log(pixels / low) / math.log(high / low))


def fitted(found: Found, long: int, short: int) -> tuple[int, int]:
    """The largest even size in a box, landscape or portrait, that is not larger than the video, and of its shape.

    The shape is a pixel off at most.
    """
    width, height = found.video.display_size
    box = (long, short) if width >= height else (short, long)
    scale = min(Fraction(box[0]) / width, Fraction(box[1]) / height, Fraction(1))
    # the shorter side comes first: a pixel of it is worth more than one of the longer side
    if width < height:
        even = _even_below(width * scale)
        return even, _nearest_even(even * height / width)
    even = _even_below(height * scale)
    return _nearest_even(even * width / height), even


def _even_below(length: Fraction) -> int:
    return max(math.floor(length / 2) * 2, 2)


def _nearest_even(length: Fraction) -> int:
    return max(2 * math.ceil(length / 2 - Fraction(1, 2)), 2)  # half-way goes down: never larger than the video
