"""Ladder: sizes that keep a video's shape, and usual rates for them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from core.media.found import DynamicRange, Found, VideoTrack
from core.media.ladder import Rung, best_rate, fixed_ladder, sizes, usual_rate

VIDEO = VideoTrack(
    0, "h264", 1920, 1080, "1:1", 0, "yuv420p", DynamicRange.SDR, 1, 1, 1, False, False, 250, 2, 2, "25", False, 0, 10
)


def found(width: int, height: int, aspect: str = "1:1", rotation: int = 0, rate: str = "25") -> Found:
    video = replace(VIDEO, width=width, height=height, sample_aspect=aspect, rotation=rotation, frame_rate=rate)
    return Found("mov", 10_000, 10, 0, 0, video, (), (), ())


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        pytest.param(found(1920, 1080), [(1920, 1080), (1280, 720), (960, 540), (640, 360), (416, 234)], id="HD"),
        pytest.param(found(3840, 2160), [(1920, 1080), (1280, 720), (960, 540), (640, 360), (416, 234)], id="4K"),
        pytest.param(found(1080, 1920), [(1080, 1920), (720, 1280), (540, 960), (360, 640), (234, 416)], id="portrait"),
        pytest.param(found(1280, 720, rotation=90), [(720, 1280), (540, 960), (360, 640), (234, 416)], id="turned"),
        pytest.param(found(1280, 720, rotation=-180), [(1280, 720), (960, 540), (640, 360), (416, 234)], id="upside"),
        pytest.param(found(640, 480), [(640, 480), (480, 360), (312, 234)], id="4:3"),
        pytest.param(found(720, 576, "64:45"), [(1024, 576), (640, 360), (416, 234)], id="anamorphic"),
        pytest.param(found(960, 720, "4:3", 90), [(720, 1280), (540, 960), (360, 640), (234, 416)], id="both"),
        pytest.param(found(639, 357), [(638, 356), (416, 232)], id="odd"),
        pytest.param(found(16, 16), [(16, 16)], id="tiny"),
        pytest.param(found(1, 1), [(2, 2)], id="one pixel"),
        pytest.param(found(440, 248), [(440, 248)], id="hardly larger than the next rung"),
    ],
)  # fmt: skip
def test_rungs_are_even_never_larger_than_the_video_and_of_its_shape(video, expected):
    assert sizes(video) == expected


@pytest.mark.parametrize("width", range(301, 330))
def test_no_rung_is_more_than_a_pixel_off_the_shape(width):
    for aspect in ("1:1", "16:15", "32:27"):
        video = found(width * 3, 577, aspect)
        wide, tall = video.video.display_size
        assert all(abs(w - h * wide / tall) <= 1 for w, h in sizes(video))


def test_the_fixed_ladder_has_the_rates_of_the_authoring_specification():
    assert fixed_ladder(found(1280, 720)) == (
        Rung("720p", 1280, 720, None, 3_000_000),
        Rung("540p", 960, 540, None, 2_000_000),
        Rung("360p", 640, 360, None, 730_000),
        Rung("234p", 416, 234, None, 145_000),
    )


def test_the_best_rung_of_a_small_video_is_no_stopgap():
    assert [rung.rate for rung in fixed_ladder(found(416, 234))] == [308_000]  # 97,344 pixels at 3.168 bits
    assert [rung.rate for rung in fixed_ladder(found(480, 270))] == [411_000, 145_000]
    assert best_rate(1280 * 720, Fraction(25)) == usual_rate(1280 * 720, Fraction(25)) == 3_000_000


def test_more_frames_take_more_but_not_twice_as_much():
    assert usual_rate(1920 * 1080, Fraction(25)) == 6_000_000
    assert usual_rate(1920 * 1080, Fraction(60)) == 8_485_000  # times the square root of two
    assert usual_rate(16 * 16, Fraction(25)) == 40_000


def test_a_fixed_rung_may_rise_above_its_average_and_a_constant_quality_may_not():
    fixed = Rung("720p", 1280, 720, None, 3_000_000)

    assert fixed.highest_rate == 4_500_000
    assert replace(fixed, crf=23.0).highest_rate == 3_000_000
