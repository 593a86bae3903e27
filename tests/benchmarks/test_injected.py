"""Injected events: what is put into series, and how what is found of it is counted."""

from datetime import date

import numpy as np
import pytest

from benchmarks.contenders import odd_days
from benchmarks.injected import Event, Eventful, Kind, count, inject, stretches
from benchmarks.rolling import write_series
from core.forecasting.series import Series

FLAT = Series("flat", date(2025, 1, 1), np.full(300, 10.0))
TWO = Eventful(FLAT, (Event(Kind.SPIKE, 100, 2), Event(Kind.BURST, 200, 0.5)), (range(150, 152),))


def told(*places: int) -> dict[str, list[int]]:
    return {"flat": list(places)}


def test_events_come_about_twice_a_month_and_change_the_days_that_they_say():
    eventful = inject(FLAT, 1)

    assert len(eventful.events) == 15
    expected = np.full(300, 10.0)
    for event in eventful.events:
        expected[event.changed] *= event.size
        assert 0.2 <= event.size <= 0.5 or 1.5 <= event.size <= 3
    assert (eventful.series.values == expected).all()
    assert (FLAT.values == 10).all()


def test_shifts_go_up_and_down_in_turn():
    shifts = [event.size > 1 for event in inject(FLAT, 2).events if event.kind is Kind.SHIFT]

    assert shifts == [number % 2 == 0 for number in range(len(shifts))]


@pytest.mark.parametrize(
    ("kind", "days", "changed"),
    [
        (Kind.SPIKE, range(100, 101), slice(100, 101)),
        (Kind.BURST, range(100, 103), slice(100, 103)),
        (Kind.SHIFT, range(100, 103), slice(100, None)),
    ],
    ids=list(Kind),
)
def test_a_shift_lasts_but_is_news_for_three_days(kind, days, changed):
    event = Event(kind, 100, 2)

    assert (event.days, event.changed) == (days, changed)


def test_an_event_is_found_once_by_any_of_its_days():
    found = count([TWO], told(100, 201, 202))

    assert (found.events, found.hits, found.false_alarms, found.f1) == (2, 2, 0, 1)


def test_days_in_a_row_are_one_false_alarm():
    assert count([TWO], told(50, 51, 60)).false_alarms == 2


def test_the_week_after_an_event_or_news_is_neither_right_nor_wrong():
    found = count([TWO], told(102, 107, 150, 158, 209))

    assert (found.hits, found.false_alarms) == (0, 0)
    assert count([TWO], told(108, 159, 210)).false_alarms == 3


def test_series_months_are_those_in_which_a_false_alarm_could_be():
    assert count([TWO], {}).series_months == pytest.approx((300 - 35 - 8 - 10 - 9) / 30)


def test_stretches_lie_evenly_and_gappy_ones_are_left_out():
    long = Series("long", date(2025, 1, 1), np.arange(1000.0))
    gappy = Series("gappy", date(2025, 1, 1), np.where(np.arange(300) < 40, np.nan, 1.0))

    assert [(part.first, part.values[0]) for part in stretches([long, gappy, FLAT], 2)] == [
        (date(2026, 12, 2), 700), (date(2025, 12, 17), 350), (date(2025, 1, 1), 10),
    ]  # fmt: skip


@pytest.fixture
def spiked(tmp_path) -> str:
    dice = np.random.default_rng(1)
    values = 100 + dice.normal(0, 5, 120)
    values[90] = 300
    return str(write_series(tmp_path / "days.csv", [Series("a", date(2025, 1, 1), values)]))


def test_ours_tells_the_place_of_a_spike(spiked):
    assert odd_days.ours(spiked) == {"a": [90]}


def test_the_weekday_score_tells_it_too_and_the_more_the_lower_its_thresholds(spiked):
    found = odd_days.weekday_z(spiked)

    low, high = found[0], next(each for each in found if (each["far"], each["share"]) == (12, 0.5))
    assert len(found) == 210
    assert high["told"] == {"a": [90]}
    assert set(high["told"]["a"]) < set(low["told"]["a"])
