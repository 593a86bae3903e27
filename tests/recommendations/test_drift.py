"""Drift: demotions stop once what lies cold is read more than the model expects, by more than chance does."""

from dataclasses import replace

import numpy as np
import pytest

from core.recommendations.policies.deciders import ByTable
from core.recommendations.policies.drift import drifted, is_alarming, is_over, warm_since, warmed
from core.recommendations.policies.fits import Fit
from core.recommendations.policies.habits import NEW, STATES, Habits, habits_of
from core.recommendations.policies.model import Model
from core.recommendations.policies.places import ENTERED, PLACES, STAY
from core.recommendations.policies.walk import Week
from core.recommendations.simulator.arrays import floats, ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.classes import INFREQUENT, INSTANT, STANDARD, TIERING

COLD, HOT, MIB = 7, 8, 2**20
UNREAD = added_up(ints([]), ints([]), floats([]), floats([]))


def fit_of(expected: float, gets: float = 1.0) -> Fit:
    """Objects in state COLD go from Standard to Glacier IR; of each byte so much is expected to be read in a week."""
    table = np.full((7, STATES, len(PLACES)), STAY)
    table[1, COLD, ENTERED[STANDARD]] = INSTANT
    rate = np.full(STATES, expected)
    return Fit(Model(rate * gets, rate, rate, np.eye(STATES)), table, 1)


def weeks_of(read: float, readers: float, state: int = COLD, gets: float = 1.0) -> Habits:
    """Four weeks with 1,000 objects of a byte in a state: so many bytes of them are read by so many readers in all."""
    empty = habits_of(Catalogue(ints([0]), ints([MIB]), ints([0]), UNREAD), 0, 0, 28)

    def each(amount: float) -> np.ndarray:
        found = np.zeros((4, STATES))
        found[:, state] = amount / 4
        return found

    return replace(
        empty, objects=each(4000), bytes=each(4000), gets=each(read * gets), read_bytes=each(read), read=each(readers)
    )


@pytest.mark.parametrize(
    ("read", "readers", "is_drift"),
    [(400, 400, False), (590, 590, False), (610, 610, True)],
    ids=["as expected", "not half as much again", "more than half as much again"],
)
def test_many_reads_are_drift_from_half_as_much_again(read, readers, is_drift):
    """0.1 of 4,000 object-weeks are expected."""
    assert drifted(weeks_of(read, readers), fit_of(0.1), 4) is is_drift


def test_a_few_reads_more_are_chance():
    """Nine where four are expected are three of chance, twice that is allowed; sixteen are eight beyond it."""
    assert not drifted(weeks_of(9, 9), fit_of(0.001), 4)
    assert drifted(weeks_of(16, 16), fit_of(0.001), 4)


def test_many_gets_of_few_bytes_are_drift_too():
    assert drifted(weeks_of(400, 400, gets=10), fit_of(0.1), 4)


def test_reads_of_what_is_kept_warm_are_none():
    assert not drifted(weeks_of(4000, 4000, state=HOT), fit_of(0.1), 4)


def test_only_the_last_four_weeks_are_looked_at():
    assert not drifted(weeks_of(4000, 4000), fit_of(0.1), 8)


@pytest.mark.parametrize(
    ("read", "readers", "expected", "alarms"),
    [(250, 250, 101, False), (250, 250, 99, True), (16, 16, 0.001, False), (20, 20, 2.0, True)],
    ids=["less than 2.5 times", "more", "four deviations of sixteen are all of them", "of twenty 2.1 are left"],
)
def test_far_more_than_expected_alarms(read, readers, expected, alarms):
    assert is_alarming(read, readers, expected) is alarms


def test_one_week_of_far_more_reads_is_enough_and_tells_when_it_began():
    """100 of 1,000 object-weeks are expected, in a last week 300 are read."""
    before, last = weeks_of(400, 400), weeks_of(1200, 1200)
    joined = replace(
        before,
        **{
            name: np.concatenate([getattr(before, name)[:3], getattr(last, name)[3:]])
            for name in ("read_bytes", "read", "gets")
        },
    )

    assert warmed(joined, fit_of(0.1), 4)
    assert not warmed(before, fit_of(0.1), 4)
    assert warm_since(joined, fit_of(0.1), 4) == 3
    assert warm_since(last, fit_of(0.1), 4) == 0


def test_a_spell_of_reads_is_over_once_there_is_less_than_half_of_what_it_expects():
    """200 of 2,000 object-weeks are expected."""
    assert is_over(weeks_of(190, 190), fit_of(0.1), 4)
    assert not is_over(weeks_of(210, 210), fit_of(0.1), 4)


def test_once_it_drifts_nothing_moves_where_reads_cost_extra_and_what_is_new_is_tiered():
    catalogue = Catalogue(ints([0, 1, 2]), ints([MIB] * 3), ints([0, 0, 0]), UNREAD)
    habits = replace(habits_of(catalogue, 0, 0, 28), states=np.full((4, 3), COLD, np.uint8))
    table = np.full((7, STATES, len(PLACES)), INSTANT)
    table[:, COLD, ENTERED[TIERING]] = INFREQUENT
    table[:, COLD, ENTERED[INSTANT]] = TIERING
    places = ints([ENTERED[STANDARD], ENTERED[TIERING], ENTERED[INSTANT]])
    week = Week(1, 7, ints([0, 1, 2]), places, np.zeros(3, bool))

    going, stopped = (ByTable(table, catalogue, habits, each) for each in (False, True))

    assert going.targets(week).tolist() == [INSTANT, INFREQUENT, TIERING]
    assert stopped.targets(week).tolist() == [TIERING, STAY, TIERING]
    assert table[1, NEW, ENTERED[STANDARD]] == INSTANT
    assert (going.written(week, ints([0])).item(), stopped.written(week, ints([0])).item()) == (INSTANT, TIERING)
