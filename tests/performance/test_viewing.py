"""What is watched: each figure worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.costs.period import Period
from core.performance import viewing
from core.performance.crowds import Crowd
from core.performance.interest import interest
from tests.performance.sessions import Sessions

NIGHT = datetime(2026, 11, 28, 20)  # a Saturday
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    (tmp_path / "home").mkdir()
    return Sessions(tmp_path / "home")


def test_views_are_sessions_in_which_the_picture_moved(sessions: Sessions):
    sessions.add(NIGHT, "one", watched_ms=60_000)
    sessions.add(NIGHT, "one", watched_ms=30_000, video="b")
    sessions.add(NIGHT, "two", watched_ms=0, played=False)
    sessions.add(NIGHT, "three", watched_ms=10_000, exact=False)
    warehouse = sessions.warehouse()

    assert viewing.audience(warehouse, NOVEMBER) == viewing.Audience(3, 2, 2, 100_000)
    assert viewing.audience(warehouse, NOVEMBER, "b") == viewing.Audience(1, 1, 1, 30_000)
    assert viewing.audience(warehouse, NOVEMBER, "c") == viewing.Audience(0, 0, 0, 0)


def test_the_curve_says_how_many_are_still_there(sessions: Sessions):
    for furthest in (4_000, 50_000, 99_999, 100_000):  # of 100 s
        sessions.add(NIGHT, furthest_ms=furthest)
    sessions.add(NIGHT, furthest_ms=1, duration_ms=None)

    curve = {each.percent: each.share for each in viewing.completion(sessions.warehouse(), NOVEMBER)}

    assert len(curve) == 21
    assert [curve[percent] for percent in (0, 5, 50, 55, 95, 100)] == [1, 0.75, 0.75, 0.5, 0.5, 0.25]


def test_quality_is_time_watched(sessions: Sessions):
    sessions.add(NIGHT, rung="1080p", watched_ms=60_000)
    sessions.add(NIGHT, rung="720p", watched_ms=20_000, exact=False)

    assert viewing.qualities(sessions.warehouse(), NOVEMBER) == (
        viewing.Quality("1080p", 60_000, 0.75, 60_000),
        viewing.Quality("720p", 20_000, 0.25, 0),
    )


def test_what_two_sources_have_in_the_same_log_is_watched_once(sessions: Sessions):
    sessions.add(NIGHT, "one", rung="1080p", watched_ms=60_000, exact=False)
    twice = sessions.rows[0], sessions.rungs[0]
    sessions.rows.append(twice[0])
    sessions.rungs.append(twice[1])
    warehouse = sessions.warehouse()

    assert viewing.audience(warehouse, NOVEMBER).watched_ms == 60_000
    assert viewing.qualities(warehouse, NOVEMBER) == (viewing.Quality("1080p", 60_000, 1, 0),)


def test_viewers_at_once(sessions: Sessions):
    sessions.add(NIGHT, watched_ms=11 * 60_000)  # 20:00 to 20:11
    sessions.add(NIGHT + timedelta(minutes=6), watched_ms=60_000)  # 20:06 to 20:07

    at = NIGHT.replace(tzinfo=UTC)
    assert tuple(viewing.crowds(sessions.warehouse(), NOVEMBER)) == (
        Crowd(at, 1),
        Crowd(at + timedelta(minutes=5), 2),
        Crowd(at + timedelta(minutes=10), 1),
        Crowd(at + timedelta(minutes=15), 0),
    )


def test_a_night_with_three_times_the_views_is_an_event(sessions: Sessions):
    for day in range(1, 31):
        for _ in range(7 if day == 28 else 2):
            sessions.add(NIGHT.replace(day=day))

    (night,) = viewing.nights(sessions.warehouse(), NOVEMBER)

    assert (night.day, night.views, night.times) == (NIGHT.date(), 7, 3.5)
    assert night.peak == Crowd(NIGHT.replace(tzinfo=UTC), 7)


def test_the_week_has_views_by_hour(sessions: Sessions):
    sessions.add(NIGHT)
    sessions.add(NIGHT - timedelta(days=7))
    sessions.add(NIGHT + timedelta(hours=5))  # Sunday, 1 o'clock

    found = viewing.hours(sessions.warehouse(), NOVEMBER)

    assert viewing.week(found) == {(5, 20): 2, (6, 1): 1}
    assert [(each.at.day, each.views, each.watched_ms) for each in found] == [
        (21, 1, 60_000), (28, 1, 60_000), (29, 1, 60_000),
    ]  # fmt: skip


def test_what_goes_cold_and_what_comes_back(sessions: Sessions):
    for day in (1, 1, 1, 2, 11, 21):  # half of six views are had on the first day
        sessions.add(datetime(2026, 9, day, 20), video="cold")
    for at in (datetime(2026, 10, 1), datetime(2026, 11, 25), datetime(2026, 11, 28)):
        sessions.add(at, video="back")

    today = date(2026, 11, 29)
    cold, back = interest(sessions.warehouse(), today)

    assert (cold.video, cold.views, cold.cold_days(today), cold.views_a_month, cold.half_life_days) == (
        "cold", 6, 69, 0, 0,
    )  # fmt: skip
    assert (back.cold_days(today), back.views_a_month, back.half_life_days) == (1, 2, 55)  # the second of three views
    assert (cold.is_back, back.is_back, back.away_days) == (False, True, 55)
