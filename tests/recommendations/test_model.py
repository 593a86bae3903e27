"""Model: rates and chances by state, and what is decided by them."""

from dataclasses import replace

import numpy as np
import pytest

from core.recommendations.policies.habits import IDLE, NEW, SHAPE, STATES, habits_of
from core.recommendations.policies.model import Model, chances, smoothed
from core.recommendations.policies.places import ENTERED, STAY
from core.recommendations.policies.sizes import Sizes, bin_of, sizes_before
from core.recommendations.policies.values import decided
from core.recommendations.simulator.arrays import Floats, floats, ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.classes import INSTANT, STANDARD, TIERING
from tests.recommendations.built import PRICES

GIB = 2**30
ONE_GIB = Sizes(ints([3]), np.full(7, float(GIB)), np.ones(7), 3)


def state(idle: int, recent: int = 0, age: int = 3) -> int:
    """By the places of its steps."""
    return int(np.ravel_multi_index((idle, recent, age), SHAPE))


def column(**values: float) -> Floats:
    """Zero, but for the states `s...` that are named."""
    found = np.zeros(STATES)
    for name, value in values.items():
        found[int(name[1:])] = value
    return found


def decided_by(weekly_reads: float, follows: Floats | None = None) -> np.ndarray:
    """Every object of a GiB is read so often a week, in whole, and stays in its state."""
    reads = np.full(STATES, weekly_reads)
    model = Model(reads, reads, reads.clip(0, 1), np.eye(STATES) if follows is None else follows)
    return decided(model, PRICES, ONE_GIB)[3]


def test_a_state_that_was_seen_often_has_its_own_rate():
    a, b = state(0), state(0, recent=2)

    rate = smoothed(column(**{f"s{a}": 1e6}), column(**{f"s{a}": 1e7, f"s{b}": 1e7}), 50)

    assert rate[a] == pytest.approx(0.1, rel=1e-4)
    assert rate[b] == pytest.approx(0, abs=1e-6)


def test_where_fifty_object_weeks_were_seen_half_of_the_rate_is_that_of_its_kind():
    """All states of one idle step: 150 reads in 1,000 weeks, and 50 of them without one in a state of its own."""
    often, seldom = state(0, 0, 0), state(0, 0, 1)
    amount, of = column(**{f"s{often}": 150.0}), column(**{f"s{often}": 950.0, f"s{seldom}": 50.0})

    rate = smoothed(amount, of, 50)

    kind = 0.15  # of all, of as many idle weeks, and of as many days with reads
    assert rate[seldom] == pytest.approx((0 + 50 * kind) / 100)


def test_of_a_time_without_reads_that_nobody_has_reached_the_longest_one_before_tells():
    hot, cold = state(0), state(5)
    amount, of = column(**{f"s{hot}": 9e6, f"s{cold}": 1e3}), column(**{f"s{hot}": 1e7, f"s{cold}": 1e7})

    rate = smoothed(amount, of, 50)

    never_seen = state(len(IDLE) - 1)
    assert rate[never_seen] == pytest.approx(1e-4, rel=0.1)


def test_new_objects_are_read_as_new_ones_were():
    rate = smoothed(column(**{f"s{NEW}": 700.0}), column(**{f"s{NEW}": 100.0, "s0": 1e6}), 0)

    assert rate[NEW] == 7
    assert rate[0] == 0


def test_chances_are_shares_and_what_was_never_seen_lasts():
    followed = np.zeros((STATES, STATES))
    followed[1, 2], followed[1, 3] = 3, 1

    chance = chances(followed)

    assert chance[1, 2] == pytest.approx(0.75, abs=1e-5)
    assert chance[4, 4] == 1
    assert chance.sum(1) == pytest.approx(np.ones(STATES))


def test_what_nobody_reads_goes_to_glacier_ir_and_what_is_read_each_week_does_not():
    longest = state(len(IDLE) - 1)

    assert decided_by(0)[longest, ENTERED[STANDARD]] == INSTANT
    assert decided_by(1)[state(0), ENTERED[STANDARD]] == STAY


def test_what_is_read_each_week_is_brought_back_from_glacier_ir():
    """Its reads cost 0.03 a week and GiB there, being stored at Standard's price 0.0053."""
    assert decided_by(1)[state(0), ENTERED[INSTANT] + 13] in (STANDARD, TIERING)


def test_bins_hold_sixteen_times_their_least():
    assert bin_of(ints([1, 131072, 131072 * 16 - 1, 131072 * 16, 2**46])).tolist() == [0, 0, 0, 1, 6]


def test_of_sizes_only_what_was_there_before_the_day_is_known():
    reads = added_up(ints([0, 1, 1]), ints([3, 4, 30]), floats([1, 9, 500]), floats([1, 1, 1]))
    catalogue = Catalogue(ints([0, 1, 2]), ints([200_000, 4_000_000, 6_000_000]), ints([0, 0, 20]), reads)

    sizes = sizes_before(catalogue, 20)

    assert sizes.bins.tolist() == [0, 1]
    assert sizes.bytes[:2].tolist() == [200_000, 4_000_000]
    assert sizes.gets[:2].tolist() == [0.2, 1.8]  # one and nine GETs of a day, where five are usual
    assert sizes.usual == 1


def test_all_weeks_before_a_change_count_as_much_as_four_of_them():
    """Eight weeks with 10 reads of each 100 objects, and four with 20: half of the former, (40 + 80) / 800."""
    empty = habits_of(
        Catalogue(ints([0]), ints([GIB]), ints([0]), added_up(ints([]), ints([]), floats([]), floats([]))), 0, 0, 84
    )
    reads, objects = np.zeros((12, STATES)), np.zeros((12, STATES))
    reads[:8, 0], reads[8:, 0], objects[:, 0] = 1e5, 2e5, 1e6
    habits = replace(empty, objects=objects, bytes=objects, gets=reads, read_bytes=reads, read=reads)

    assert Model.of(habits, 12, 8).bytes[0] == pytest.approx(0.15, rel=1e-3)
    assert Model.of(habits, 12).bytes[0] == pytest.approx((8 + 8) / 120, rel=1e-3)
