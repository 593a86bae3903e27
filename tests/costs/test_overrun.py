"""The chance of an overrun is what earlier forecasts were off by, on the side that is dear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs.overrun import chance_of_overrun

#: Eight of ten stayed within 100, and 96 of 100 within 300.
HALVES = {80: 100.0, 96: 300.0}


@pytest.mark.parametrize(
    ("room", "chance"),
    [
        (0, 0.5),  # as likely above what is expected as below
        (50, 0.3),  # 40 % within 50: of the other 60 % half are above
        (100, 0.1),
        (200, 0.06),  # 88 % within 200
        (300, 0.02),
        (5000, 0.02),  # nothing is known of what is further off
        (-100, 0.9),
        (-300, 0.98),
    ],
)
def test_the_chance_by_how_far_the_budget_is_from_what_is_expected(room: float, chance: float) -> None:
    assert chance_of_overrun(room, HALVES) == pytest.approx(chance)


@pytest.mark.parametrize(("room", "chance"), [(1, 0), (0, 0), (-0.01, 1)])
@pytest.mark.parametrize("halves", [{}, {80: 0.0, 95: 0.0}])
def test_what_was_never_off_is_not_off_now(room: float, chance: float, halves: dict[int, float]) -> None:
    assert chance_of_overrun(room, halves) == chance


@given(
    st.dictionaries(st.integers(1, 99), st.floats(0, 1e9), min_size=1),
    st.floats(-1e9, 1e9),
    st.floats(0, 1e9),
)
def test_more_room_is_never_a_greater_chance(halves: dict[int, float], room: float, more: float) -> None:
    ordered = dict(zip(sorted(halves), sorted(halves.values()), strict=True))
    assert 0 <= chance_of_overrun(room + more, ordered) <= chance_of_overrun(room, ordered) + 1e-12 <= 1 + 1e-12
