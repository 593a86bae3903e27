"""How watching went: each figure worked out by hand."""

from datetime import date, datetime
from pathlib import Path

import pytest

from core.costs.period import Period
from core.performance.experience import ExperienceBy, experience
from tests.performance.sessions import Sessions

NIGHT = datetime(2026, 11, 28, 20)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    (tmp_path / "home").mkdir()
    return Sessions(tmp_path / "home")


def test_how_watching_went(sessions: Sessions):
    for ms in range(100, 2100, 100):  # 100 to 2,000 ms
        sessions.add(NIGHT, startup_ms=ms, watched_ms=180_000)
    sessions.add(NIGHT, startup_ms=None, played=False, watched_ms=0, ebvs=True)
    sessions.add(NIGHT, startup_ms=None, played=False, watched_ms=0, failed=True)
    sessions.rows[0] |= {"stalls": 2, "stalled_ms": 36_000}
    sessions.add(NIGHT, device="bot", startup_ms=9000)

    total = experience(sessions.warehouse(), NOVEMBER).total

    assert total is not None
    assert (total.sessions, total.views, total.exact_share) == (22, 20, 1.0)
    assert (total.startup_p50_ms, total.startup_p95_ms) == (1000, 1900)  # the 10th and the 19th of 20
    assert total.rebuffering == 36_000 / 3_636_000  # 20 * 180,000 ms watched
    assert total.stalls_an_hour == 2.0  # in one hour of watching
    assert (total.ebvs, total.failures) == (1 / 22, 1 / 22)


def test_logs_count_where_players_told_nothing_and_tell_neither_failures_nor_exits(sessions: Sessions):
    sessions.add(NIGHT, "told", startup_ms=700, failed=True)
    sessions.add(NIGHT, "told", startup_ms=900, exact=False, ebvs=None, failed=None)
    sessions.add(NIGHT, "silent", startup_ms=1100, exact=False, ebvs=None, failed=None)

    total = experience(sessions.warehouse(), NOVEMBER).total

    assert total is not None
    assert (total.sessions, total.exact_share, total.startup_p50_ms, total.startup_p95_ms) == (2, 0.5, 700, 1100)
    assert total.failures == 1.0  # of the one that is exact


def test_who_reports_stands_for_the_others_where_no_logs_tell_of_them(sessions: Sessions):
    sessions.add(NIGHT, video="a", weight=4.0, startup_ms=100)
    sessions.add(NIGHT, video="b", weight=4.0, startup_ms=200)
    sessions.add(NIGHT, video="b", exact=False, startup_ms=300)

    answer = experience(sessions.warehouse(), NOVEMBER, ExperienceBy.VIDEO)

    assert [(line.label, line.sessions) for line in answer.lines] == [("a", 4), ("b", 2)]
    assert answer.total is not None
    assert answer.total.startup_p50_ms == 100  # four of six


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        (ExperienceBy.COUNTRY, ["DE", ""]),
        (ExperienceBy.RUNG, ["720p", "1080p"]),
        (ExperienceBy.DEVICE, ["phone", "tv"]),
        (ExperienceBy.DAY, ["2026-11-27", "2026-11-28"]),
    ],
    ids=str,
)
def test_sessions_are_told_apart(sessions: Sessions, by: ExperienceBy, labels: list[str]):
    sessions.add(NIGHT)
    sessions.add(NIGHT.replace(day=27))
    sessions.add(NIGHT, country="", rung="1080p", device="tv")

    assert [line.label for line in experience(sessions.warehouse(), NOVEMBER, by).lines] == labels


def test_waiting_is_to_come_down_to_a_twentieth_of_the_period_before(sessions: Sessions):
    sessions.add(NIGHT.replace(month=10), watched_ms=80_000, stalled_ms=20_000)
    sessions.add(NIGHT, video="b")

    warehouse = sessions.warehouse()

    assert experience(warehouse, NOVEMBER).rebuffering_target == pytest.approx(0.2 * 0.05)
    assert experience(warehouse, NOVEMBER, video="b").rebuffering_target is None
    assert experience(warehouse, NOVEMBER, video="c").total is None
