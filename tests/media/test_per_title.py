"""Per title: the quality that a video needs, and the rungs that it does not."""

from fractions import Fraction

import pytest

from core.errors import PackagingFailed
from core.media.ladder import Ladder, Rung, fixed_ladder
from core.media.per_title import Dropped, crf_for, per_title, plan_from_json, undominated
from core.media.samples import Sampled
from tests.media.test_ladder import found
from tests.media.watching import streams

FIXED = fixed_ladder(found(1280, 720))


@pytest.mark.parametrize(
    ("scores", "crf"),
    [
        pytest.param([(22, 97), (30, 89)], 24.0, id="between"),
        pytest.param([(22, 99), (30, 97)], 34.0, id="beyond, at no less than half a point a step"),
        pytest.param([(22, 93), (30, 85)], 20.0, id="before"),
        pytest.param([(22, 80), (30, 70)], 12.0, id="never better than this"),
        pytest.param([(22, 99.9), (30, 99.8)], 38.0, id="never worse than this"),
        pytest.param([(22, 97), (30, 89), (24, 96)], 24.9, id="between the nearest two"),
    ],
)
def test_the_setting_is_found_along_straight_lines(scores, crf):
    assert crf_for(95, scores) == crf


def sampled(*kilobits: int) -> list[Sampled]:
    return [Sampled(rung, 1000 * bits) for rung, bits in zip(FIXED, kilobits, strict=True)]


@pytest.mark.parametrize(
    ("kilobits", "kept", "dropped"),
    [
        pytest.param((3000, 2000, 730, 145), ["720p", "540p", "360p", "234p"], [], id="hard: all are needed"),
        pytest.param((1500, 900, 500, 140), ["720p", "360p", "234p"], ["540p"], id="720p takes less than 540p did"),
        pytest.param((700, 500, 300, 100), ["720p", "234p"], ["540p", "360p"], id="and less than 360p did"),
        pytest.param((140, 100, 60, 40), ["720p"], ["540p", "360p", "234p"], id="easy: one for everybody"),
    ],
)
def test_a_rung_that_a_better_one_makes_useless_is_dropped(kilobits, kept, dropped):
    rungs, without = undominated(FIXED, sampled(*kilobits))

    assert [rung.name for rung in rungs] == kept
    assert [each.name for each in without] == dropped


def test_the_reason_names_both_rates():
    _, dropped = undominated(FIXED, sampled(1500, 900, 740, 140))

    assert dropped == (Dropped("540p", "720p takes 1,500 kb/s, and the fixed 540p 2,000 kb/s"),)


class Unmeasurable:
    """Samples that cannot be taken."""

    def vmaf(self, _: object) -> list[float]:
        raise PackagingFailed("Samples of the video could not be encoded: no such filter", "")


def test_a_picture_that_cannot_be_measured_gets_a_usual_quality_and_says_so():
    plan = per_title(found(1280, 720), Unmeasurable())  # pyright: ignore[reportArgumentType]
    small = per_title(found(62, 62), Unmeasurable())  # pyright: ignore[reportArgumentType]

    assert [rung.crf for rung in plan.rungs] == [23.0] * 4
    assert plan.warnings == (
        "The quality could not be measured: Samples of the video could not be encoded: no such filter",
    )
    assert small.warnings == ("The picture is too small for its quality to be measured.",)


def test_a_plan_is_kept_and_found_again():
    rungs, dropped = undominated(FIXED, sampled(1500, 900, 740, 140))
    plan = per_title(found(62, 62), Unmeasurable())  # pyright: ignore[reportArgumentType]
    whole = type(plan)(rungs, dropped, 95.0, 94.8, 5_875_000.0, ("a warning",))

    assert plan_from_json(whole.as_json()) == whole


def test_a_real_video_meets_the_target_and_tells_what_it_saves(packaged):
    easy = packaged("easy.mp4", Ladder.PER_TITLE)
    fixed = packaged("easy.mp4", Ladder.FIXED)

    chosen, saved = easy.report["chosen"], easy.report["saved"]
    assert chosen["vmaf"] == pytest.approx(95, abs=2)
    assert chosen["dropped"] == [{"name": "234p", "reason": chosen["dropped"][0]["reason"]}]
    assert [stream.playlist for stream in streams(easy.folder / "master.m3u8")] == ["270p.m3u8"]
    taken, usual = (sum(rung["size_bytes"] for rung in each.report["chosen"]["rungs"]) for each in (easy, fixed))
    assert saved["bytes"] == taken
    assert saved["fixed_bytes"] == pytest.approx(usual, rel=0.15)
    assert saved["share"] == pytest.approx(1 - taken / saved["fixed_bytes"], abs=1e-3)
    assert saved["share"] > 0.4


def test_the_highest_rate_is_that_of_the_fixed_ladder():
    rungs, _ = undominated(FIXED, [Sampled(Rung("720p", 1280, 720, 16.0, 3_000_000), 3e6), *sampled(1, 2, 3, 4)[1:]])

    assert rungs[0].highest_rate == 3_000_000
    assert Fraction(rungs[0].pixels) == 921_600
