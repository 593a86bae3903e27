"""A gap in a history is told: it may be that nobody measured."""

import pytest

from core.recommendations.simulator.arrays import ints
from core.recommendations.simulator.gaps import longest_gap


def test_weeks_without_a_read_among_days_with_reads_are_a_gap():
    days = ints([*range(130, 160), *range(100)])

    assert longest_gap(days) == (100, 130)


@pytest.mark.parametrize(
    "days",
    [range(100), [*range(50), *range(56, 100)], range(0, 700, 28), [3], []],
    ids=["each day", "six days without", "a night in four weeks", "one day", "none"],
)
def test_what_is_usual_for_a_catalogue_is_no_gap(days):
    assert longest_gap(ints(list(days))) is None
