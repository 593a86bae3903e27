"""The optimum costs what the cheapest of all schedules costs."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.recommendations.policies.age_rule import rule_named, scheduled
from core.recommendations.policies.optimum import optimum
from core.recommendations.simulator.metering import meter
from tests.recommendations.built import PRICES, catalogue_of, window_of
from tests.recommendations.reference import GIB, KIB, Thing, day_usd, move_usd

FIRST = date(2026, 1, 15)
CLASSES = ("STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR")
FALLS = {
    ("STANDARD", "STANDARD_IA"), ("STANDARD", "INTELLIGENT_TIERING"), ("STANDARD", "GLACIER_IR"),
    ("STANDARD_IA", "INTELLIGENT_TIERING"), ("STANDARD_IA", "GLACIER_IR"), ("INTELLIGENT_TIERING", "GLACIER_IR"),
}  # fmt: skip


def least_usd(thing: Thing, end: date) -> float:
    """By trying every class on every day: a state is a class, since when, and the last read in it."""
    created = thing.moves[0][0]
    day = max(created, FIRST)
    states = {("STANDARD", created, FIRST): 0.0}
    if created >= FIRST:
        states = {(each, day, day): move_usd(thing, "", day, day, each, "put") for each in CLASSES}
    while day < end:
        moved = dict(states)
        for (here, since, _), usd in states.items():
            for to in CLASSES:
                if to != here:
                    cost = usd + min(move_usd(thing, here, since, day, to, how) for how in ways(thing, here, to, day))
                    moved[to, day, day] = min(cost, moved.get((to, day, day), cost))
        states = {}
        for (here, since, last), usd in moved.items():
            last = day if day in thing.reads else last
            cost = usd + day_usd(thing, here, day, last)
            states[here, since, last] = min(cost, states.get((here, since, last), cost))
        day += timedelta(1)
    return min(states.values())


def ways(thing: Thing, here: str, to: str, day: date) -> list[str]:
    young = to == "STANDARD_IA" and (day - thing.moves[0][0]).days < 30
    return ["copy", "transition"] if (here, to) in FALLS and thing.size >= 128 * KIB and not young else ["copy"]


def optimum_usd(things: list[Thing], end: date, every_day: bool = False) -> float:
    window, catalogue = window_of(FIRST, end), catalogue_of(things)
    schedule = optimum(catalogue, window, PRICES, every_day)
    return float(PRICES.daily_usd(meter(catalogue, schedule, window).meters).sum())


@st.composite
def things(draw: st.DrawFn, days: int) -> Thing:
    created = draw(st.integers(-200, days - 1))
    size = draw(st.sampled_from([1, 100 * KIB, 128 * KIB, 400 * KIB, 3 * 2**20, GIB, 50 * GIB]))
    read = st.tuples(
        st.sampled_from([1, 30, 10_000]), st.sampled_from([0.0, 0.01, 0.3, 1.0, 3.0]).map(lambda x: int(x * size))
    )
    reads = draw(st.dictionaries(st.integers(max(0, created), days - 1), read, max_size=6))
    moves = [(FIRST + timedelta(created), "STANDARD", "put")]
    return Thing(size, moves, date(2099, 1, 1), {FIRST + timedelta(day): each for day, each in reads.items()})


@settings(max_examples=25)
@given(st.data(), st.sampled_from([1, 20, 45]))
def test_no_schedule_is_cheaper(data, days):
    thing, end = data.draw(things(days)), FIRST + timedelta(days)

    assert optimum_usd([thing], end) == pytest.approx(least_usd(thing, end), rel=1e-9)


@settings(max_examples=40)
@given(st.data(), st.sampled_from([60, 130, 250]))
def test_only_some_days_have_to_be_looked_at(data, days):
    objects, end = data.draw(st.lists(things(days), min_size=1, max_size=5)), FIRST + timedelta(days)

    assert optimum_usd(objects, end) == pytest.approx(optimum_usd(objects, end, every_day=True), rel=1e-9)


def test_what_nobody_reads_goes_to_glacier_ir_at_once():
    cold = Thing(100 * GIB, [(date(2020, 1, 1), "STANDARD", "put")], date(2099, 1, 1))

    assert optimum_usd([cold], date(2026, 4, 15)) == pytest.approx((17 / 31 + 2 + 14 / 30) * 0.4 + 0.00002)


def test_an_age_rule_costs_more():
    day = FIRST + timedelta(100)
    watched = Thing(100 * GIB, [(date(2020, 1, 1), "STANDARD", "put")], date(2099, 1, 1), {day: (10, 200 * GIB)})
    window, catalogue = window_of(FIRST, FIRST + timedelta(120)), catalogue_of([watched])

    used = meter(catalogue, scheduled(rule_named("age:GLACIER_IR@0"), catalogue, window), window)

    assert optimum_usd([watched], FIRST + timedelta(120)) < PRICES.daily_usd(used.meters).sum()
