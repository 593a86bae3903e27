"""Rolling origins: where series are cut, and what answers score."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.contenders.forecasting import ours
from benchmarks.rolling import Cut, score, turns, write_series
from core.forecasting.series import Series, read_series

FIRST = date(2025, 1, 1)


def rising(days: int, unique_id: str = "a") -> Series:
    return Series(unique_id, FIRST, np.arange(float(days)))


def answer(value: float, reach: float = 1) -> dict:
    days = {"mean": [value] * 30, "lo-80": [value - reach] * 30, "hi-80": [value + reach] * 30}
    return days | {"total-lo-80": 30 * (value - reach), "total-hi-80": 30 * (value + reach)}


def cut(actual: float | list[float], unique_id: str = "a") -> Cut:
    return Cut(Series(unique_id, FIRST, np.arange(180.0)), np.broadcast_to(np.array(actual, float), 30))


def test_a_series_is_cut_a_month_apart_and_what_came_follows_its_history():
    cuts = [each for turn in turns([rising(270)]) for each in turn]

    assert [each.history.first for each in cuts] == [FIRST + timedelta(days) for days in (60, 30, 0)]
    assert [(each.history.values[-1], each.actual[0], each.actual[-1]) for each in cuts] == [
        (239, 240, 269), (209, 210, 239), (179, 180, 209),
    ]  # fmt: skip


def test_a_long_series_is_cut_evenly_and_a_short_one_not_at_all():
    long = turns([rising(2510)])

    assert len(long) == 24
    assert {early[0].history.first - late[0].history.first for early, late in pairwise(long)} == {timedelta(100)}
    assert [len(turn) for turn in turns([rising(210), rising(209, "b")])] == [1]


def test_what_came_is_not_known_in_too_many_days_so_it_is_not_forecast():
    gappy = rising(210)
    gappy.values[-8:] = np.nan

    assert turns([gappy, rising(210, "b")])[0][0].history.unique_id == "b"


def test_an_error_counts_in_units_of_the_weekly_difference():
    found = score([[cut(21)]], [{"a": answer(7)}], [80])

    assert found.mase == 14 / 7
    assert found.total_error == 14 / 21
    assert (found.covered, found.late_covered, found.totals_covered) == ({80: 0}, {80: 0}, {80: 0})


def test_days_and_late_days_and_sums_within_their_bands_are_counted_apart():
    came = [7.0] * 23 + [8.5] * 7

    found = score([[cut(came)]], [{"a": answer(7)}], [80])

    assert found.covered[80] == pytest.approx(23 / 30)
    assert found.late_covered[80] == 0
    assert found.totals_covered[80] == 1


def test_each_series_counts_the_same_however_often_it_is_forecast():
    found = score([[cut(7), cut(14, "b")], [cut(7)]], [{"a": answer(7), "b": answer(7)}, {"a": answer(7)}], [80])

    assert (found.forecasts, found.series) == (3, 2)
    assert found.mase == 0.5
    assert found.covered[80] == 0.5


def test_a_contender_without_intervals_of_sums_is_not_judged_by_them():
    told = {name: values for name, values in answer(7).items() if not name.startswith("total")}

    assert np.isnan(score([[cut(7)]], [{"a": told}], [80]).totals_covered[80])


def test_a_file_is_read_as_it_was_written(tmp_path):
    series = Series("a, b", FIRST, np.array([1.5, np.nan, 3]))

    [read], left_out = read_series(write_series(tmp_path / "days.csv", [series]))

    assert (read.unique_id, read.first, left_out) == ("a, b", FIRST, [])
    np.testing.assert_array_equal(read.values, series.values)


def test_ours_answers_each_day_and_the_sum_for_every_file(tmp_path):
    steady = Series("steady", FIRST, np.full(180, 4.0))
    files = [str(write_series(tmp_path / f"{number}.csv", [steady])) for number in (1, 2)]

    first, second = ours(files, 30, [80])

    assert first == second
    assert first["steady"]["mean"] == pytest.approx([4.0] * 30)
    assert first["steady"].keys() == {"mean", "lo-80", "hi-80", "total-lo-80", "total-hi-80"}
    assert first["steady"]["total-lo-80"] <= 120 <= first["steady"]["total-hi-80"]
