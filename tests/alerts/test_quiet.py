"""Quiet hours: over midnight, and on the days on which clocks are changed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alerts.quiet import quiet_hours
from core.errors import RuleRefused

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "instant", "over"),
    [
        ("22:00-07:00 Europe/Berlin", "2026-11-30T20:59", "2026-11-30T20:59"),
        ("22:00-07:00 Europe/Berlin", "2026-11-30T21:00", "2026-12-01T06:00"),
        ("22:00-07:00 Europe/Berlin", "2026-12-01T05:59:30", "2026-12-01T06:00"),
        ("22:00-07:00 Europe/Berlin", "2026-12-01T06:00", "2026-12-01T06:00"),
        ("12:00-13:00 UTC", "2026-11-30T12:30", "2026-11-30T13:00"),
        # clocks go from 2 to 3 at 01:00 UTC on 29 March: the night is an hour shorter
        ("22:00-07:00 Europe/Berlin", "2026-03-28T21:00", "2026-03-29T05:00"),
        # what would end in the hour that there is not ends when that would begin
        ("22:00-02:30 Europe/Berlin", "2026-03-29T00:30", "2026-03-29T01:00"),
        # clocks go from 3 back to 2 at 01:00 UTC on 25 October
        ("22:00-07:00 Europe/Berlin", "2026-10-24T20:00", "2026-10-25T06:00"),
        # the half hour from 2 to half past comes twice, and is quiet twice
        ("22:00-02:30 Europe/Berlin", "2026-10-25T00:10", "2026-10-25T00:30"),
        ("22:00-02:30 Europe/Berlin", "2026-10-25T01:10", "2026-10-25T01:30"),
    ],
)
def test_it_is_quiet_until(written, instant, over):
    hours = quiet_hours(written)

    assert hours
    assert str(hours) == written
    assert hours.over(at(instant)) == at(over)


@given(
    st.sampled_from(ZONES),
    st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
)
def test_once_it_is_over_it_is_not_quiet_and_until_then_it_is(zone, start, end, instant):
    if start == end:
        return
    hours, now = quiet_hours(f"{start:%H:%M}-{end:%H:%M} {zone}"), instant.replace(tzinfo=UTC)
    assert hours
    over = hours.over(now)

    assert not hours.hold(over)
    assert timedelta(0) <= over - now <= timedelta(hours=25)
    assert (over == now) is not hours.hold(now)


@pytest.mark.parametrize("written", ["22-7 UTC", "22:00-22:00 UTC", "25:00-07:00 UTC", "22:00-07:00 Mars/Olympus", "x"])
def test_what_is_no_time_is_refused_in_words(written):
    with pytest.raises(RuleRefused, match="Write them like 22:00-07:00 Europe/Berlin"):
        quiet_hours(written)


def test_nothing_is_no_quiet_hours():
    assert quiet_hours(" ") is None
