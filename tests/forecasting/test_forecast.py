"""Forecasts: what goes on goes on, what was odd is forgotten, and bands hold what they promise."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.forecasting.backtest import backtest
from core.forecasting.forecast import forecast
from core.forecasting.series import LeftOut, series_of
from tests.forecasting.days import FIRST, made, series


def mean(values, h: int = 30) -> list[float]:
    (found,) = forecast([values], h).forecasts
    return found.mean.tolist()


def test_a_constant_goes_on_and_is_certain():
    (found,) = forecast([series([5.0] * 60)]).forecasts

    assert found.first == date(2026, 3, 2)
    assert found.mean.tolist() == pytest.approx([5.0] * 30)
    assert found.days[80].lo.tolist() == pytest.approx([5.0] * 30)
    assert found.days[95].hi.tolist() == pytest.approx([5.0] * 30)
    assert found.totals[95].hi[-1] == pytest.approx(150)


def test_nothing_goes_on_as_nothing():
    assert mean(series([0.0] * 40)) == [0.0] * 30


def test_a_week_repeats_itself():
    def spent(day: date) -> float:
        return 150.0 if day.weekday() >= 5 else 100.0

    found = mean(made(84, spent))

    ahead = [FIRST + timedelta(84 + n) for n in range(30)]
    assert found == pytest.approx([spent(day) for day in ahead])


def test_a_week_that_loses_money_on_sundays_does_so_again():
    def spent(day: date) -> float:
        return -20.0 if day.weekday() == 6 else 10.0

    assert mean(made(84, spent), 7) == pytest.approx([spent(FIRST + timedelta(84 + n)) for n in range(7)])


def test_the_fee_of_the_first_of_a_month_comes_again_and_belongs_to_no_other_day():
    found = mean(made(150, lambda day: 310.0 if day.day == 1 else 10.0))

    # the last day is 30 May: the first of June is two days later
    assert found[1] == pytest.approx(310)
    assert found[:1] + found[2:] == pytest.approx([10.0] * 29)


def test_a_single_first_of_a_month_is_no_fee():
    values = made(50, lambda day: 310.0 if day == date(2026, 2, 1) else 10.0)

    assert mean(values) == pytest.approx([10.0] * 30)


def test_one_day_that_was_odd_changes_nothing():
    usual = [10.0] * 90
    odd = [*usual[:80], 900.0, *usual[81:]]

    assert mean(series(odd)) == pytest.approx([10.0] * 30)


def test_a_step_is_believed_after_a_week():
    found = mean(series([10.0] * 80 + [20.0] * 8))

    assert found[0] == pytest.approx(20, rel=0.1)


def test_what_grows_every_week_goes_on_growing_by_less_and_less():
    """By 1 each day for seventeen weeks."""
    found = mean(series(100.0 + n for n in range(120)))

    rises = np.diff(found)
    assert found[0] > 215
    assert all(0.8 < rise <= 1 for rise in rises)


def test_what_was_never_below_nothing_is_not_expected_to_be():
    (found,) = forecast([series(max(60.0 - n, 0.0) for n in range(56))]).forecasts

    assert min(found.mean) >= 0
    assert min(found.days[95].lo) >= 0
    assert min(found.totals[95].lo) >= 0


def test_days_that_are_not_known_are_no_zeros():
    values = [10.0 if n % 5 else np.nan for n in range(90)]

    assert mean(series(values)) == pytest.approx([10.0] * 30)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([1.0] * 27, "It begins on 2026-01-01: 27 days are too few, 28 are needed."),
        ([1.0] * 60 + [np.nan] * 20, "Only 8 of its last 28 days are known; 14 are needed."),
    ],
)
def test_too_little_is_no_forecast_and_it_says_why(values, reason):
    answer = forecast([series(values), series([1.0] * 28, "b")])

    assert [each.unique_id for each in answer.forecasts] == ["b"]
    assert [(each.unique_id, each.reason) for each in answer.left_out] == [("a", reason)]


@pytest.mark.parametrize("days", [28, 30, 34, 45, 70])
def test_a_short_past_has_bands_too_and_they_widen(days):
    values = [100 + 10 * ((7 * n) % 5) for n in range(days)]
    (found,) = forecast([series(values)]).forecasts

    for level, band in found.days.items():
        width = band.hi - found.mean
        assert np.all(np.isfinite(band.lo) & np.isfinite(band.hi)), level
        assert np.all(np.diff(width) >= -1e-9), level
    assert np.all(found.days[95].hi >= found.days[80].hi)


def test_bands_hold_as_many_days_as_they_say():
    random = np.random.default_rng(7)
    many = [series(100 + random.normal(0, 10, 260), f"s{n}") for n in range(30)]

    scores = backtest(many).scores

    assert scores.forecasts == 30 * 5
    assert scores.mase < 0.9 * scores.naive_mase
    assert scores.covered[80] == pytest.approx(0.80, abs=0.04)
    assert scores.late_covered[80] == pytest.approx(0.80, abs=0.08)
    assert scores.covered[95] == pytest.approx(0.95, abs=0.03)


@given(st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=28, max_size=80))
def test_any_values_are_forecast_or_refused_and_never_unknown(values):
    answer = forecast([series(values)], 10)

    assert len(answer.forecasts) + len(answer.left_out) == 1
    for found in answer.forecasts:
        for band in (*found.days.values(), *found.totals.values()):
            assert np.all(np.isfinite([band.lo, band.hi]))
        assert np.all(found.days[95].lo <= found.mean)
        assert np.all(found.mean <= found.days[95].hi)


def noisy(days: int = 180):
    """Around 100, off by 5 or so."""
    return np.random.default_rng(7).normal(100, 5, days).tolist()


def width_of_sum(values, level: int = 80) -> float:
    (found,) = forecast([series(values)]).forecasts
    return float(found.totals[level].hi[-1] - found.mean.sum())


@pytest.mark.parametrize("at", [60, 120, 150, 178, 179])
def test_a_single_spike_does_not_widen_the_band_of_the_sum(at):
    spiked = noisy()
    spiked[at] = 3000.0

    for level in (80, 95):
        assert width_of_sum(spiked, level) <= 1.5 * width_of_sum(noisy(), level) + 10


def test_spikes_that_come_again_and_again_do():
    often = [3000.0 if n % 30 == 17 else value for n, value in enumerate(noisy())]

    assert width_of_sum(often) > 1000


@pytest.mark.parametrize("ago", [28, 40, 100])
def test_a_series_that_has_stopped_is_forgotten_after_four_weeks(ago):
    (found,) = forecast([series([*noisy(180 - ago), *([0.0] * ago)])]).forecasts

    assert found.mean.tolist() == [0.0] * 30
    assert found.totals[95].hi[-1] == 0


def test_what_comes_now_and_then_has_not_stopped():
    """Every 35 days 50, and nothing else for the last four weeks: it may come again."""
    (found,) = forecast([series([50.0 if n % 35 == 0 else 0.0 for n in range(174)])]).forecasts

    assert found.totals[95].hi[-1] > 0


def test_what_has_become_a_hundredth_is_as_sure_as_it_is_now():
    assert width_of_sum([*noisy(120), *(each / 100 for each in noisy(60))]) < 100  # of 30 days of 1; it was thousands


@pytest.mark.parametrize("last", [1, 2, 3, 5])
def test_where_every_other_day_is_known_a_spike_moves_nothing(last):
    values = [value if n % 2 else np.nan for n, value in enumerate(noisy())]
    values[-2 * last + 1] = 3000.0

    assert mean(series(values)) == pytest.approx([100.0] * 30, abs=10)


def test_the_band_of_a_sum_is_known_where_days_are_not():
    """Three days in four are known: the band is about as wide as if all were."""
    gaps = [np.nan if n % 4 == 2 else value for n, value in enumerate(noisy())]

    assert 0.5 * width_of_sum(noisy()) < width_of_sum(gaps) < 3 * width_of_sum(noisy())


def test_many_series_are_forecast_as_each_would_be():
    """More than are worked out at once, of different lengths, with gaps: what is expected of one goes with no other."""
    many = [series(noisy(40 + n), f"s{n:03}") for n in range(70)]
    many[69].values[::5] = np.nan

    found = forecast(many, 10).forecasts

    assert [each.unique_id for each in found] == [each.unique_id for each in many]
    for each, one in ((found[n], many[n]) for n in (0, 63, 64, 69)):
        assert each.mean.tolist() == pytest.approx(mean(one, 10))
        assert each.earlier == min((len(one.values) - min(max(len(one.values) // 2, 28), 56)) // 3, 42)


def test_every_other_day_is_enough_for_bands():
    """No two known days lie a week apart: what two days differ by tells how far days may be off."""
    (found,) = forecast([series([100.0 + n % 5 if n % 2 == 0 else np.nan for n in range(120)])]).forecasts

    for band in (*found.days.values(), *found.totals.values()):
        assert np.isfinite(band.lo).all()
        assert np.isfinite(band.hi).all()


def test_a_day_that_is_not_known_leaves_the_error_of_the_sum_known():
    values = [100.0 + n % 7 if n % 25 else np.nan for n in range(200)]

    scores = backtest([series(values)]).scores

    assert np.isfinite([scores.total_error, scores.naive_total_error]).all()


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({date(9999, 12, day): 1.0 for day in range(1, 31)}, "a date is wrong"),
        ({date(2026, 1, day): 1.7e308 for day in range(1, 31)}, "beyond the 1e+300"),
    ],
)
def test_what_cannot_be_forecast_is_left_out_with_the_reason(days, said):
    found = series_of("a", days)

    assert isinstance(found, LeftOut)
    assert said in found.reason
