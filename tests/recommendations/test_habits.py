"""Habits: in which state each object is at the beginning of a week, by what was known then."""

import numpy as np
import pytest

from core.recommendations.policies.habits import ABSENT, AGE, IDLE, NEW, RECENT, SHAPE, habits_of
from core.recommendations.simulator.arrays import ints
from core.recommendations.simulator.catalogue import Catalogue, added_up

MIB = 2**20


def catalogue_of(created: list[int], reads: list[tuple[int, int]], size: int = MIB) -> Catalogue:
    """Each read is of an object, on a day: two GETs and half of its bytes."""
    place, day = ints([each[0] for each in reads]), ints([each[1] for each in reads])
    rows = added_up(place, day, np.full(len(reads), 2.0), np.full(len(reads), size / 2))
    return Catalogue(ints(range(len(created))), np.full(len(created), size), ints(created), rows)


def named(state: int) -> str | tuple[int, int, int]:
    """Least weeks without a read, least days with reads, least weeks of age."""
    if state in (NEW, ABSENT):
        return "new" if state == NEW else "absent"
    idle, recent, age = np.unravel_index(state, SHAPE)
    return int(IDLE[idle]), int(RECENT[recent]), int(AGE[age])


def test_an_object_is_absent_then_new_in_its_first_week_and_then_as_idle_and_as_old_as_it_is():
    habits = habits_of(catalogue_of([8], [(0, 9), (0, 10)]), 0, 0, 49)

    assert [named(state) for state in habits.states[:, 0]] == [
        "absent", "new", (0, 2, 0), (1, 2, 0), (2, 2, 0), (3, 2, 0), (3, 2, 0),
    ]  # fmt: skip


def test_days_with_reads_are_remembered_for_thirteen_weeks():
    habits = habits_of(catalogue_of([-400], [(0, 0), (0, 1), (0, 3)]), 0, 0, 7 * 16)

    steps = [named(state) for state in habits.states[:, 0]]
    assert steps[0] == (0, 0, 52)
    assert steps[1] == (0, 2, 52)
    assert steps[13] == (9, 2, 52)
    assert steps[14] == (13, 0, 52)


def test_what_was_read_in_a_week_is_told_of_the_state_at_its_beginning():
    habits = habits_of(catalogue_of([-400, -400], [(0, 7), (0, 8), (1, 14)]), 0, 0, 21)

    state = habits.states[1, 0]
    assert habits.objects[1, state] == 2
    assert habits.bytes[1, state] == 2 * MIB
    assert (habits.gets[1, state], habits.read_bytes[1, state], habits.read[1, state]) == (4, MIB, 1)


def test_reads_of_the_week_of_writing_are_those_of_new_objects():
    habits = habits_of(catalogue_of([2], [(0, 3), (0, 4)]), 0, 0, 14)

    assert (habits.objects[0, NEW], habits.read[0, NEW], habits.gets[0, NEW]) == (1, 1, 4)
    assert habits.followed[0, NEW, habits.states[1, 0]] == 1


def test_objects_under_128_kb_have_states_and_teach_nothing():
    habits = habits_of(catalogue_of([-10], [(0, 3)], size=1000), 0, 0, 14)

    assert habits.states[1, 0] != ABSENT
    assert habits.objects.sum() == habits.gets.sum() == habits.followed.sum() == 0


@pytest.mark.parametrize(("day", "week"), [(0, 0), (1, 1), (7, 1), (8, 2)])
def test_weeks_begin_on_the_day_that_they_are_aligned_to(day, week):
    habits = habits_of(catalogue_of([0], [(0, 1)]), -3, 14, 28)

    assert habits.origin == -7
    assert habits.week_of(day - 7) == week
    assert habits.day_of(3) == 14


def test_a_state_is_made_of_what_was_before_only():
    early, late = [(0, 3), (0, 30)], [(0, 3), (0, 31), (0, 32)]

    sooner, later = (habits_of(catalogue_of([0], reads), 0, 0, 49).states[:5] for reads in (early, late))

    assert sooner.tolist() == later.tolist()
