"""The bandwidth's timetable says what rclone's says, and its durations add up to the bytes that were asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import MigrationRefused
from core.migration.timetable import Timetable, parse_timetable
from core.units import GIB, KIB, MIB

SUNDAY = datetime(2026, 11, 29, 15, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


def at(day: datetime, hour: int, minute: int = 0) -> datetime:
    return day.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("", None), ("off", None), ("10M", 10 * MIB), ("512k", 512 * KIB), ("1.5G", 3 * GIB // 2), ("8MiB", 8 * MIB),
        ("1K", KIB),
    ],
)  # fmt: skip
def test_one_rate_holds_all_the_time(text: str, rate: int | None):
    timetable = parse_timetable(text)

    assert {timetable.rate_at(SUNDAY + timedelta(hours=hours)) for hours in range(200)} == {rate}


def test_each_hour_has_the_rate_that_began_last():
    timetable = parse_timetable("08:00,10M 18:00,off")

    assert timetable.rate_at(at(SUNDAY, 7, 59)) is None
    assert timetable.rate_at(at(SUNDAY, 8)) == 10 * MIB
    assert timetable.rate_at(at(SUNDAY, 17, 59)) == 10 * MIB
    assert timetable.rate_at(at(SUNDAY, 18)) is None


def test_hours_are_utc():
    berlin = datetime.fromisoformat("2026-11-29T08:30:00+01:00")

    assert parse_timetable("08:00,10M 18:00,1M").rate_at(berlin) == MIB


def test_a_day_of_the_week_goes_before_every_day():
    timetable = parse_timetable("08:00,10M Sun-08:00,off Monday-12:00,1M")

    assert timetable.rate_at(at(SUNDAY, 7)) == 10 * MIB
    assert timetable.rate_at(at(SUNDAY, 9)) is None
    assert timetable.rate_at(at(MONDAY, 7)) is None
    assert timetable.rate_at(at(MONDAY, 8)) == 10 * MIB
    assert timetable.rate_at(at(MONDAY, 12)) == MIB


def test_before_its_first_hour_the_last_of_the_week_before_holds():
    timetable = parse_timetable("Wed-08:00,512K Fri-20:00,2M")

    assert timetable.rate_at(at(MONDAY, 3)) == 2 * MIB


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10", "'10' is no rate: give a number with K, M or G, of 1K or more, or off for no limit."),
        ("0M", "'0M' is no rate: give a number with K, M or G, of 1K or more, or off for no limit."),
        ("-5M", "'-5M' is no rate: give a number with K, M or G, of 1K or more, or off for no limit."),
        ("08:00,fast", "'fast' is no rate: give a number with K, M or G, of 1K or more, or off for no limit."),
        ("08:00 10M", "'08:00' is no time with a rate."),
        ("24:00,10M", "'24:00,10M' is no time with a rate."),
        ("08:60,10M", "'08:60,10M' is no time with a rate."),
        ("Someday-08:00,10M", "'Someday' is no day of the week."),
        ("08:00,10M 8:00,off", "'8:00,off' begins when another entry does."),
        ("08:00,1M " * 200, "A timetable has 1000 characters or fewer, and not 1800."),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(text: str, told: str):
    with pytest.raises(MigrationRefused) as refused:
        parse_timetable(text)

    assert refused.value.message == told
    assert refused.value.advice


def test_a_duration_without_a_limit_is_that_of_the_line():
    assert parse_timetable("").duration(40_000_000 * 90, SUNDAY, 40_000_000) == timedelta(seconds=90)


def test_a_limit_above_the_line_changes_nothing():
    assert parse_timetable("1G").duration(10 * MIB, SUNDAY, MIB) == timedelta(seconds=10)


def test_a_duration_walks_through_the_hours():
    # from 17:00: an hour of 1 MiB/s, fourteen hours of 2, and what is left at 1 again
    size = MIB * 3600 + 2 * MIB * 14 * 3600 + 5 * MIB

    duration = parse_timetable("08:00,1M 18:00,off").duration(size, at(SUNDAY, 17), 2 * MIB)

    assert duration == timedelta(hours=15, seconds=5)


def test_no_bytes_take_no_time():
    assert parse_timetable("08:00,1M 18:00,off").duration(0, SUNDAY, MIB) == timedelta()


def test_what_would_never_end_takes_a_thousand_years():
    assert parse_timetable("1K").duration(2**70, SUNDAY, MIB) == timedelta(365_000)


RATES = st.sampled_from(["off", "1K", "7K", "1M", "3.5M", "2G"])
HOURS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda time: f"{time[0]:02}:{time[1]:02}")
DAYS = st.sampled_from(["", "Mon-", "Wed-", "Sun-"])
TIMETABLES = st.dictionaries(st.tuples(DAYS, HOURS).map("".join), RATES, max_size=6).map(
    lambda entries: parse_timetable(" ".join(f"{when},{rate}" for when, rate in entries.items()))
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda instant: instant.replace(tzinfo=UTC))


def moved(timetable: Timetable, start: datetime, duration: timedelta, bytes_per_s: int) -> float:
    """Bytes by the rates of `rate_at`, a minute at a time."""
    size, now, end = 0.0, start, start + duration
    while now < end:
        limit = timetable.rate_at(now)
        minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        span = (min(minute, end) - now).total_seconds()
        size += span * (bytes_per_s if limit is None else min(limit, bytes_per_s))
        now = minute
    return size


@settings(deadline=None)
@given(TIMETABLES, INSTANTS, st.integers(1_000, 10**8), st.integers(0, 20 * 86_400))
def test_what_moves_within_the_duration_are_the_bytes_that_were_asked(
    timetable: Timetable, start: datetime, bytes_per_s: int, seconds: int
):
    slowest = min(slot.rate or bytes_per_s for slot in timetable.slots)
    size = seconds * min(slowest, bytes_per_s)

    duration = timetable.duration(size, start, bytes_per_s)

    assert moved(timetable, start, duration, bytes_per_s) == pytest.approx(
        size, abs=max(bytes_per_s * 1e-5, 1), rel=1e-9
    )
