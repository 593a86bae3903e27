"""Demand grows smoothly, has weekdays, and peaks on event nights."""

from datetime import date, timedelta

import pytest

from core.demo.events import Event
from core.demo.story import days_between
from core.demo.traffic import AUDIENCES, DayTraffic, Traffic, hours_of


def total(day: DayTraffic) -> int:
    return day.supabase + day.cdn + day.cdn_evening


@pytest.fixture(scope="module")
def november_event(traffic: Traffic) -> Event:
    return next(event for event in traffic.events if event.date == date(2026, 11, 14))


def test_an_event_night_is_as_many_times_a_plain_saturday_as_it_says(traffic: Traffic, november_event: Event):
    plain = traffic.days[date(2026, 11, 5)]  # a Thursday between events
    night = traffic.days[november_event.date]

    assert november_event.name == "Phyght 61"
    # a plain Saturday has 1.22 / 0.95 of a Thursday's; noise is 2.5 % each, the week before leaves less than 5 %
    assert total(night) / total(plain) == pytest.approx(november_event.peak * 1.22 / 0.95, rel=0.12)


def test_every_numbered_event_is_the_busiest_day_of_its_month(traffic: Traffic):
    for event in traffic.events:
        if event.name.startswith("Phyght "):
            month = [day for day in traffic.days if (day.year, day.month) == (event.date.year, event.date.month)]
            assert max(month, key=lambda day: total(traffic.days[day])) == event.date


def test_an_event_is_watched_in_the_evening(traffic: Traffic, november_event: Event):
    def sent(hour: int) -> int:
        start = hours_of(november_event.date)[hour]
        return sum(traffic.hour(start, audience).sent_bytes for audience in AUDIENCES)

    assert max(range(24), key=sent) == 21
    assert sent(21) > 10 * sent(9)


def test_the_hours_of_a_day_add_up_to_the_day(traffic: Traffic):
    day = date(2026, 11, 10)
    hours = [traffic.hour(hour, audience) for hour in hours_of(day) for audience in AUDIENCES]

    assert sum(hour.sent_bytes for hour in hours) == pytest.approx(traffic.days[day].cdn, rel=0.02)


def test_ordinary_days_grow_by_about_two_percent_a_month(traffic: Traffic):
    thursdays = [day for day in traffic.days if day.weekday() == 3]  # an event is forgotten by then
    first, last = (sum(total(traffic.days[day]) for day in part) for part in (thursdays[:8], thursdays[-8:]))

    months = (thursdays[-1] - thursdays[7]).days / 30.4
    assert last / first == pytest.approx(1.022**months, rel=0.02)


def test_nothing_goes_through_cloudfront_before_the_migration(traffic: Traffic):
    before = days_between(traffic.story.start, traffic.story.migration_starts)

    assert {traffic.days[day].cdn for day in before} == {0}
    assert traffic.fetched_from_origin(hours_of(before[-1])[12]) == (0, 0)


def test_in_the_mishap_cloudfront_fetches_most_of_what_it_sends(traffic: Traffic):
    broken, _ = traffic.story.mishap
    before = traffic.hour(broken - timedelta(hours=1), AUDIENCES[0])
    after = traffic.hour(broken, AUDIENCES[0])

    assert before.origin_bytes / before.sent_bytes == pytest.approx(0.06, abs=0.001)
    assert after.origin_bytes / after.sent_bytes == pytest.approx(0.59, abs=0.001)
    assert after.origin_requests > 10 * before.origin_requests
