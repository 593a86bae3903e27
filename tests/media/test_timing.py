"""Timing: the constant rate that frames are shown at."""

from fractions import Fraction

import pytest

from core.media.timing import Timing, timing_of

MS = Fraction(1, 1000)
TICKS = Fraction(1, 90_000)


def at(*gaps: int, times: int = 1) -> list[int]:
    """Times with these gaps between them, again and again."""
    return [sum((gaps * times)[:n]) for n in range(len(gaps) * times + 1)]


@pytest.mark.parametrize(
    ("times", "base", "stated", "rate"),
    [
        pytest.param(at(3600, times=9), TICKS, None, "25", id="25"),
        pytest.param(at(3003, times=9), TICKS, None, "30000/1001", id="NTSC"),
        pytest.param(at(33, 33, 34, times=9), MS, None, "30", id="30 in milliseconds"),
        pytest.param(at(33, 34, 33, times=2), MS, Fraction(30_000, 1001), "30000/1001", id="the file says it better"),
        pytest.param(at(40, times=9), MS, Fraction(90_000), "25", id="the file says nonsense"),
        pytest.param(at(750, times=9), TICKS, None, "60", id="120 is halved"),
        pytest.param(at(1_001, times=9), Fraction(1, 120_000), None, "60000/1001", id="119.88 is halved"),
        pytest.param(at(900, times=9), TICKS, None, "60", id="100 is capped"),
        pytest.param(at(900_000, times=3), TICKS, None, "1", id="a picture in ten seconds"),
        pytest.param([7], TICKS, Fraction(24), "24", id="one frame"),
        pytest.param([7], TICKS, None, "25", id="one frame that says nothing"),
        pytest.param([0, 3600, 1800, 5400], TICKS, None, "50", id="in any order"),
    ],
)
def test_frames_at_a_constant_rate_keep_it(times, base, stated, rate):
    assert timing_of(times, base, stated) == Timing(Fraction(rate), variable=False)


def test_a_hiccup_does_not_make_a_rate_variable():
    assert timing_of(at(*[3600] * 50, 9000, *[3600] * 50), TICKS, None) == Timing(Fraction(25), variable=False)


@pytest.mark.parametrize(
    ("times", "rate"),
    [
        pytest.param(at(33, 33, 67, 33, 100, times=9), 30, id="frames are missing"),
        pytest.param(at(29, 37, 33, 31, 36, times=9), 30, id="frames are early and late"),
        pytest.param(at(*[67] * 20, *[17] * 20), 60, id="as fast as its fast half"),
    ],
)
def test_a_variable_rate_becomes_the_one_that_leaves_out_nothing(times, rate):
    assert timing_of(times, MS, None) == Timing(Fraction(rate), variable=True)
