"""Odd days: far from what was expected the day before, by what was usual until then, and worth telling."""

from datetime import date, timedelta

import pytest

from core.forecasting.odd_days import Least, events, odd_days
from tests.forecasting.days import FIRST, made, series


def jitter(n: int) -> float:
    """100, 102 and 98 in turn."""
    return 100.0 + 2 * ((n % 3) - 1)


def test_a_night_that_cost_twice_as_much_is_odd_and_the_days_around_it_are_not():
    values = [jitter(n) for n in range(90)]
    values[70] = 200.0

    (odd,) = odd_days([series(values)]).days

    assert (odd.day, odd.actual) == (FIRST + timedelta(70), 200.0)
    assert odd.expected == pytest.approx(100, abs=3)
    assert odd.impact == pytest.approx(100, abs=3)
    assert odd.lo < odd.expected < odd.hi < 200


def test_a_day_without_anything_is_odd_too():
    values = [jitter(n) for n in range(90)]
    values[70] = 0.0

    (odd,) = odd_days([series(values)]).days

    assert odd.impact == pytest.approx(-100, abs=3)


def test_half_as_much_is_as_odd_as_twice_as_much_where_days_differ_by_factors():
    """Days are 80 and 125 times a hundredth in turn: a quarter off each way, so the usual factor is near 1.25 and its
    threefold (1.25 ** (3 * 1.4826), 2.7) is beyond twice as much, and within four times and a quarter.
    """
    values = [100.0 * (1.25 if number % 2 else 0.8) for number in range(90)]
    found = {factor: _told_on_day_70(values, factor) for factor in (0.2, 0.5, 2.0, 5.0)}

    assert found == {0.2: True, 0.5: False, 2.0: False, 5.0: True}


def _told_on_day_70(values: list[float], factor: float) -> bool:
    changed = [*values[:70], 100.0 * factor, *values[71:]]
    return FIRST + timedelta(70) in {each.day for each in odd_days([series(changed)]).days}


def test_a_series_that_has_days_of_nothing_is_judged_by_amounts():
    """Credits and zeros have no factors; 0, 10 and 20 in turn are off by up to 10, so that 300 is odd and 30 is not."""
    values = [10.0 * (number % 3) for number in range(90)]

    assert _told_on_day_70(values, 3.0)
    assert not _told_on_day_70(values, 0.3)


def test_a_day_is_odd_at_a_hundred_times_however_wrong_expectations_were():
    values = [10.0 ** (8 * (number % 2)) for number in range(90)]

    ends = [each.hi / each.expected for each in odd_days([series(values)]).days]

    assert ends
    assert ends == pytest.approx([100.0] * len(ends))


def test_fees_and_weekends_are_expected():
    def spent(day: date) -> float:
        return (400.0 if day.day == 1 else 0.0) + (180.0 if day.weekday() == 5 else 100.0)

    found = odd_days([made(150, spent)]).days

    # nobody could know of the second fee; from the third on two were alike
    assert [each.day for each in found if each.day > date(2026, 4, 1)] == []


def test_a_step_is_one_event_that_ends_when_it_is_usual():
    values = [jitter(n) for n in range(60)] + [100 + jitter(n) for n in range(60, 90)]

    (event,) = events(odd_days([series(values)]).days)

    assert event[0].day == FIRST + timedelta(60)
    assert 1 <= len(event) <= 7


@pytest.mark.parametrize(
    ("least", "number"), [(Least(0.2, 0), 1), (Least(0.2, 150), 0), (Least(1.5, 0), 0), (Least(0.9, 90), 1)]
)
def test_what_is_not_worth_telling_is_not_told(least, number):
    values = [jitter(n) for n in range(90)]
    values[70] = 200.0

    assert len(odd_days([series(values)], least).days) == number


def test_a_credit_of_less_than_what_is_worth_telling_is_not_told():
    """10 a day, once -5: 15 less, though a series that was never below 0 is expected above it."""
    values = [10.0] * 90
    values[70] = -5.0

    assert [each.impact for each in odd_days([series(values)], Least(0.2, 14.9)).days] == pytest.approx([-15])
    assert odd_days([series(values)], Least(0.2, 15.1)).days == ()


def test_what_was_not_known_on_a_day_does_not_judge_it():
    """The days before are judged the same, whatever came later."""
    values = [jitter(n) for n in range(90)]
    values[50] = 300.0
    later = [*values, *(1000.0 for _ in range(20))]

    assert odd_days([series(later)]).days[0] == odd_days([series(values)]).days[0]


def test_too_short_a_past_is_left_out_with_the_reason():
    found = odd_days([series([1.0] * 34)])

    assert found.days == ()
    assert found.left_out[0].reason == "It begins on 2026-01-01: 34 days are too few, 35 are needed."
