"""The daily series of the benchmark: days of hours, and what is made of them."""

from datetime import date, datetime, timedelta

import numpy as np

from benchmarks.cost_like import cost_like, days_of
from benchmarks.daily_series import read_days
from core.forecasting.charges import is_first
from core.forecasting.series import Series

MONDAY = datetime(2026, 1, 5)
USAGE = Series("usage", date(2025, 1, 1), np.full(500, 10.0))


def hours(*numbers: int, value: float = 2):
    return iter([(MONDAY + timedelta(hours=number), value) for number in numbers])


def test_a_day_is_the_sum_of_its_hours_and_an_hour_that_is_there_twice_counts_once():
    assert read_days(hours(*range(24), 3, 3), 24) == {date(2026, 1, 5): 48}


def test_a_day_with_few_hours_missing_is_filled_up_and_one_with_many_is_not_known():
    assert read_days(hours(*range(20)), 24) == {date(2026, 1, 5): 48}
    assert read_days(hours(*range(19)), 24) == {}


def test_a_file_of_days_is_taken_as_it_is():
    assert read_days(hours(0, 24), 1) == {date(2026, 1, 5): 2, date(2026, 1, 6): 2}


def test_a_seed_makes_the_same_costs_again_and_another_one_others():
    assert (cost_like(USAGE, 3).series.values == cost_like(USAGE, 3).series.values).all()
    assert (cost_like(USAGE, 3).series.values != cost_like(USAGE, 4).series.values).any()


def test_constant_usage_costs_the_same_each_day_but_for_news_and_the_first_of_a_month():
    for seed in range(20):
        made = cost_like(USAGE, seed)
        usual = np.ones(len(made.series.values), bool)
        usual[is_first(days_of(made.series))] = False
        for days in made.news:
            usual[days.start : days.stop + 1] = False
        steady = usual[1:] & usual[:-1]
        assert np.abs(np.diff(made.series.values)[steady]).max() < 0.011


def test_costs_are_cents_and_their_stretch_lies_in_the_usage():
    made = cost_like(USAGE, 1).series

    assert len(made.values) == 450
    assert date(2025, 1, 1) <= made.first <= date(2025, 1, 1) + timedelta(50)
    assert (np.round(made.values, 2) == made.values).all()
