"""Timing: at which constant rate a video is shown best, from the times of its frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

FASTEST = Fraction(60)
SLOWEST = Fraction(1)
_NTSC = (Fraction(24_000, 1001), Fraction(30_000, 1001), Fraction(48_000, 1001), Fraction(60_000, 1001))
_WHOLE = tuple(map(Fraction, (1, 2, 5, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 100, 120, 240)))
_USUAL = (*_NTSC, *_WHOLE)
_EXACT = Fraction(1, 2000)
#: As many frames of a constant rate may come at odd times, as between the fragments of a recording.
_HICCUPS = Fraction(1, 40)
#: For a picture that is shown only once, and says nothing of how long.
_ONE_FRAME = Fraction(25)


@dataclass(frozen=True)
class Timing:
    """How a video's frames follow each other."""

    rate: Fraction  #: frames a second, at least one and at most sixty
    variable: bool  #: they do not follow each other at a constant rate


def timing_of(times: Sequence[int], time_base: Fraction, stated: Fraction | None) -> Timing:
    """From the time of each frame, in ticks of the time base and in any order, and the rate that the file states."""
    shown = sorted(set(times))
    gaps = [later - earlier for earlier, later in pairwise(shown)]
    if not gaps:
        return Timing(_within_reason(stated or _ONE_FRAME), variable=False)
    usual = median(gaps)
    # a time base of milliseconds cannot say 1/30 s: its gaps are of 33 and 34
    steady = [gap for gap in gaps if abs(gap - usual) <= max(min(1.5, usual / 4), usual / 50)]
    variable = len(gaps) - len(steady) > len(gaps) * _HICCUPS
    measured = (_rate_of(gaps, usual) if variable else Fraction(len(steady), sum(steady))) / time_base
    if not variable and stated and _is_near(measured, stated, Fraction(1, 200)):
        measured = stated
    usual_rate = _nearest(measured, _WHOLE, Fraction(1, 25)) if variable else _nearest(measured, _USUAL, _EXACT)
    return Timing(_within_reason(usual_rate), variable)


def _rate_of(gaps: Sequence[int], usual: float) -> Fraction:
    """Frames a tick: those of the faster part, where a tenth of the frames or more come that fast."""
    fast = sorted(gaps)[len(gaps) // 10]
    return 1 / Fraction(fast if fast < 0.75 * usual else usual)


def _nearest(rate: Fraction, usual: Sequence[Fraction], tolerance: Fraction) -> Fraction:
    nearest = min(usual, key=lambda each: abs(each - rate))
    return nearest if _is_near(rate, nearest, tolerance) else rate.limit_denominator(1001)


def _is_near(rate: Fraction, other: Fraction, tolerance: Fraction) -> bool:
    return abs(rate - other) <= other * tolerance


def _within_reason(rate: Fraction) -> Fraction:
    halved = next((rate / n for n in (2, 4) if rate / n in (FASTEST, _NTSC[3])), rate)
    return min(max(halved, SLOWEST), FASTEST)
