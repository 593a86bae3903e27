"""Machine: whatever a figure does, an alert goes the ways that it may go."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.alerts.alert import Alert, State
from core.alerts.figure import Reading
from core.alerts.machine import advance
from core.alerts.rule import Comparison, Rule
from tests.alerts.conftest import NOON, Said

#: Readings of one subject, one a minute: a value, one that is not known, or no such subject any more.
COURSES = st.lists(st.one_of(st.integers(0, 10), st.just("unknown"), st.just("gone")), max_size=40)
WAYS = {
    (None, State.PENDING), (None, State.FIRING), (State.PENDING, None), (State.PENDING, State.FIRING),
    (State.FIRING, State.RESOLVED),
}  # fmt: skip


def reading(said: int | str) -> Reading | None:
    if said == "gone":
        return None
    return Reading(None if said == "unknown" else Decimal(said))


@given(COURSES, st.integers(0, 10), st.integers(0, 3), st.integers(0, 5))
def test_an_alert_goes_only_the_ways_that_it_may(course, threshold, below, hold):
    rule = Rule("r", "t", "error_rate", Comparison.ABOVE, Decimal(threshold), Decimal(threshold - below),
                hold=timedelta(minutes=hold))  # fmt: skip
    alert: Alert | None = None
    for minute, said in enumerate(course):
        now = NOON + timedelta(minutes=minute)
        after = advance(rule, Said().about, alert, reading(said), now)
        before_state, after_state = alert and alert.state, after and after.state
        assert before_state is after_state or (before_state, after_state) in WAYS
        if isinstance(said, int):
            if after_state is State.FIRING:
                assert said > threshold - below
            if after_state is None or after_state is State.RESOLVED:
                assert said <= threshold
        if said == "unknown":
            assert after is alert
        if after and after.fired_at:
            assert after.fired_at - after.began_at >= rule.hold
        alert = None if after_state is State.RESOLVED else after


@given(COURSES, st.integers(0, 10), st.integers(0, 5))
def test_the_same_reading_at_the_same_instant_changes_nothing(course, threshold, hold):
    rule = Rule("r", "t", "error_rate", Comparison.ABOVE, Decimal(threshold), hold=timedelta(minutes=hold))
    alert: Alert | None = None
    for minute, said in enumerate(course):
        now = NOON + timedelta(minutes=minute)
        after = advance(rule, Said().about, alert, reading(said), now)
        if after and after.state is not State.RESOLVED:
            assert advance(rule, Said().about, after, reading(said), now) == after
        alert = None if after and after.state is State.RESOLVED else after
