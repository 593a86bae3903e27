"""Age rules: what S3 takes, and cohorts that price them as each object's stays do."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WrongArguments
from core.recommendations.policies.age_rule import AgeRule, rule_named, scheduled
from core.recommendations.simulator.classes import NUMBER
from core.recommendations.simulator.cohorts import SUMMED, cohorts_of, meter_rule
from core.recommendations.simulator.metering import meter
from core.storage.provider import StorageClass
from tests.recommendations.built import PRICES, catalogue_of, window_of
from tests.recommendations.reference import GIB, KIB, Thing

FIRST = date(2026, 1, 15)


@st.composite
def things(draw: st.DrawFn) -> Thing:
    created = draw(st.integers(-300, 200))
    size = draw(st.sampled_from([0, 1, 128 * KIB - 1, 128 * KIB, 5 * GIB]))
    reads = draw(
        st.dictionaries(st.integers(created, 260), st.tuples(st.integers(0, 99), st.integers(0, GIB)), max_size=8)
    )
    moves = [(FIRST + timedelta(created), "STANDARD", "put")]
    return Thing(size, moves, date(2099, 1, 1), {FIRST + timedelta(day): read for day, read in reads.items()})


@st.composite
def rules(draw: st.DrawFn) -> AgeRule:
    numbers = sorted(draw(st.sets(st.sampled_from([NUMBER[each] for each in SUMMED[1:]]), max_size=2)))
    days = sorted(draw(st.lists(st.integers(0, 150), min_size=len(numbers), max_size=len(numbers))))
    return AgeRule(tuple(zip(days, numbers, strict=True)))


@given(st.lists(things(), min_size=1, max_size=6), rules(), st.integers(1, 200))
def test_cohorts_come_to_the_same_as_each_objects_stays(objects, rule, days):
    window, catalogue = window_of(FIRST, FIRST + timedelta(days)), catalogue_of(objects)

    summed = PRICES.monthly_usd(meter_rule(cohorts_of(catalogue, window), rule.steps))

    each = PRICES.monthly_usd(meter(catalogue, scheduled(rule, catalogue, window), window).meters)
    assert np.allclose(summed, each, rtol=1e-10, atol=1e-15)


def test_a_rule_moves_what_is_old_enough_at_once_and_the_rest_at_its_age():
    old, new, small = (
        Thing(size, [(day, "STANDARD", "put")], date(2099, 1, 1))
        for size, day in ((30 * GIB, date(2025, 1, 1)), (30 * GIB, date(2026, 4, 1)), (1000, date(2025, 1, 1)))
    )
    window, catalogue = window_of(date(2026, 4, 1), date(2026, 5, 1)), catalogue_of([old, new, small])

    used = meter(catalogue, scheduled(rule_named("age:GLACIER_IR@20"), catalogue, window), window)

    standard = 0.69 * 20 / 30 + 1000 / GIB * 0.023 + 0.000005
    instant = 0.12 + 0.12 * 10 / 30 + 2 * 0.00002
    assert PRICES.monthly_usd(used.meters) == pytest.approx([standard + instant])


@pytest.mark.parametrize(
    "text",
    [
        "age:STANDARD_IA@29",
        "age:STANDARD_IA@30,GLACIER_IR@59",
        "age:GLACIER_IR@30,STANDARD_IA@60",
        "age:STANDARD@30",
        "age:COLD@30",
        "age:GLACIER_IR",
        "age:GLACIER_IR@-1",
        "age:GLACIER_IR@1.5",
        "age:GLACIER_IR@99999",
        "age:ONEZONE_IA@30,GLACIER_IR@90",
        "age:",
    ],
)
def test_what_s3_would_not_take_is_refused(text):
    with pytest.raises(WrongArguments):
        rule_named(text)


def test_a_rule_is_named_as_it_is_written():
    assert rule_named("age:STANDARD_IA@30,GLACIER_IR@90").name == "age:STANDARD_IA@30,GLACIER_IR@90"
    assert rule_named("GLACIER@0").steps == ((0, NUMBER[StorageClass.GLACIER]),)
