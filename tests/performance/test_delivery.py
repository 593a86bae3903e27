"""What was delivered is told to the digit, from logs that were written by hand."""

import json
from datetime import date
from pathlib import Path

import pytest

from core.__main__ import main
from core.costs.period import Period
from core.performance.bins import Percentiles, percentiles
from core.performance.delivery import By, Delivery, Only, delivery
from core.rollups import ROLLUPS
from core.settings import Settings
from core.warehouse import Warehouse
from tests.performance.binned import binned
from tests.telemetry.logged import Logged, line

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
MISS = {"x_edge_response_result_type": "Miss"}
ERROR = {"x_edge_response_result_type": "Error", "sc_bytes": "0"}


@pytest.fixture
def logged(tmp_path: Path, settings: Settings) -> Logged:
    """Ten requests of viewers and one of a health check."""
    logged = Logged(tmp_path / "logs", settings.phyght_home, settings)
    logged.deliver(
        *(line(sc_bytes="100", time_to_first_byte="0.010") for _ in range(5)),
        line(sc_bytes="300", time_to_first_byte="0.200", **MISS),
        line(sc_bytes="50", x_edge_location="IAD89-C1", time="15:00:00", cs_uri_stem="/videos/v2/hls/720p.mp4"),
        line(sc_bytes="150", x_edge_location="IAD89-C1", cs_uri_stem="/videos/v2/hls/720p.mp4", **MISS),
        line(sc_status="404", **ERROR),
        line(sc_status="503", **ERROR),
        line(cs_user_agent="ELB-HealthChecker/2.0"),
    )
    logged.ingest()
    return logged


def ask(logged: Logged, by: By, only: Only | None = None) -> Delivery:
    return delivery(logged.warehouse, NOVEMBER, by, only)


def test_the_whole_of_it(logged: Logged):
    answer = ask(logged, By.EDGE)

    assert (answer.total.requests, answer.total.bytes, answer.bots) == (10, 1000, 1)
    assert answer.total.hit_ratio == 6 / 8
    assert answer.total.byte_hit_ratio == 550 / 1000
    assert (answer.total.errors_4xx, answer.total.errors_5xx) == (1, 1)


@pytest.mark.parametrize(
    ("by", "lines"),
    [
        (By.EDGE, [("FRA", 8, 800), ("IAD", 2, 200)]),
        (By.COUNTRY, [("DE", 8, 800), ("US", 2, 200)]),
        (By.VIDEO, [("v1", 8, 800), ("v2", 2, 200)]),
        (By.RUNG, [("1080p", 8, 800), ("720p", 2, 200)]),
        (By.DEVICE, [("desktop", 10, 1000)]),
        (By.HOUR, [("2026-11-28T14:00:00Z", 9, 950), ("2026-11-28T15:00:00Z", 1, 50)]),
        (By.DAY, [("2026-11-28", 10, 1000)]),
        (By.RESULT, [("hit", 6, 550), ("error", 2, 0), ("miss", 2, 450)]),
    ],
    ids=str,
)
def test_it_adds_up_by_each_dimension(logged: Logged, by: By, lines: list[tuple[str, int, int]]):
    assert [(each.label, each.requests, each.bytes) for each in ask(logged, by).lines] == lines


def test_filters_hold_together_whatever_they_are_of(logged: Logged):
    places = ask(logged, By.HOUR, Only(edge="IAD"))
    titles = ask(logged, By.COUNTRY, Only(video="v2", rung="720p"))
    both = ask(logged, By.VIDEO, Only(edge="IAD", device="desktop", country="US"))

    assert [answer.total.requests for answer in (places, titles, both)] == [2, 2, 2]
    assert [answer.timed for answer in (places, titles, both)] == [True, True, False]
    assert both.total.ttfb_ms is None


def test_bots_are_counted_when_they_are_asked_for(logged: Logged):
    answer = ask(logged, By.DEVICE, Only(bots=True))

    assert [(each.label, each.requests) for each in answer.lines] == [("desktop", 10), ("bot", 1)]
    assert answer.bots == 0


def test_half_of_the_requests_had_their_first_byte_within_ten_milliseconds(logged: Logged):
    found = ask(logged, By.EDGE, Only(edge="FRA", video=None)).total.ttfb_ms

    assert found is not None
    assert found.p50 == pytest.approx(10, rel=0.1)
    assert found.p99 == pytest.approx(200, rel=0.1)


def test_percentiles_are_within_a_bin_of_the_truth():
    # 90 requests in (1.1^23, 1.1^24], 10 in (1.1^47, 1.1^48]
    (found,) = percentiles(binned({24: 90, 48: 10}))

    assert found is not None
    assert [found.p50, found.p95, found.p99] == pytest.approx([1.1 ** (23 + 50 / 90), 1.1**47.5, 1.1**47.9])
    assert percentiles(binned({})) == [None]
    assert percentiles(binned({0: 3})) == [Percentiles(0, 0, 0)]


def test_a_period_without_logs_is_told_as_such(logged: Logged):
    answer = delivery(logged.warehouse, Period(date(2026, 1, 1), date(2026, 2, 1)), By.EDGE)

    assert (answer.unknown, answer.lines) == (True, ())


def test_the_command_says_the_same(logged: Logged, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    assert main(["performance", "--from", "2026-11-28", "--to", "2026-11-29", "--by", "edge", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["performance", "--from", "2026-11-28", "--to", "2026-11-29", "--by", "edge"]) == 0
    shown = capsys.readouterr()

    assert [(each["label"], each["requests"]) for each in told["lines"]] == [("FRA", 8), ("IAD", 2)]
    assert told["total"]["hit_ratio"] == 0.75
    assert shown.out.splitlines()[-1].split()[:4] == ["all", "10", "0.0", "75.00%"]
    assert "Left out: 1 request of crawlers" in shown.err


def test_every_breakdown_is_of_the_same_requests(logged: Logged):
    for only in (Only(), Only(country="DE"), Only(edge="IAD"), Only(video="v1"), Only(rung="720p"), Only(bots=True)):
        tests = [f"{name} = '{value}'" for name, value in only.values.items()] + ([] if only.bots else ["NOT bot"])
        ((requests, size, failed),) = logged.warehouse.query(
            "SELECT sum(requests), sum(bytes), coalesce(sum(requests) FILTER (status >= 500), 0) FROM requests "
            f"WHERE {' AND '.join(tests or ['true'])}"
        )
        for by in By:
            answer = ask(logged, by, only)

            assert (answer.total.requests, answer.total.bytes, answer.total.errors_5xx) == (requests, size, failed)
            assert sum(each.requests for each in answer.lines) == requests
            assert sum(each.errors_5xx or 0 for each in answer.lines) == failed


def test_times_are_kept_of_places_and_of_titles(logged: Logged):
    """Of each breakdown the line with the most requests has one that waited for 200 ms, and so has the whole."""
    places = [Only(), Only(country="DE"), Only(edge="FRA"), Only(device="desktop"), Only(edge="FRA", device="desktop")]
    titles = [Only(video="v1"), Only(rung="1080p"), Only(video="v1", country="DE"), Only(video="v1", rung="1080p")]
    asked = [(only, by) for only in places for by in (By.EDGE, By.COUNTRY, By.DEVICE, By.DAY, By.HOUR)]
    asked += [(only, by) for only in titles for by in (By.VIDEO, By.RUNG, By.COUNTRY, By.DAY)]
    for only, by in asked:
        answer = ask(logged, by, only)
        found = [answer.total.ttfb_ms, max(answer.lines, key=lambda line: line.requests).ttfb_ms]

        assert answer.timed
        assert [each and each.p99 for each in found] == pytest.approx([200, 200], rel=0.1)


def test_of_all_lines_the_first_are_as_if_only_they_were_asked_for(logged: Logged):
    everything = delivery(logged.warehouse, NOVEMBER, By.COUNTRY, most=None)
    first = everything.first(1)

    assert [line.label for line in everything.lines] == ["DE", "US"]
    assert [line.label for line in first.lines] == ["DE"]
    assert (everything.more, first.more, first.total.requests) == (0, 1, 10)
    assert first == delivery(logged.warehouse, NOVEMBER, By.COUNTRY, most=1)
    days = delivery(logged.warehouse, NOVEMBER, By.DAY, most=0)
    assert [line.label for line in days.lines] == ["2026-11-28"]
    assert days.first(0) == days


def test_where_a_day_has_no_rollup_its_facts_are_asked(logged: Logged):
    before = [repr(ask(logged, by, Only(country="DE"))) for by in By]
    with logged.database.transaction() as connection:
        for view in ROLLUPS:
            connection.execute(f"DELETE FROM measurement_files WHERE name = '{view}.parquet'")
    for view in ROLLUPS:
        for file in logged.warehouse.folder.rglob(f"{view}.parquet"):
            file.unlink()
    anew = Warehouse(logged.warehouse.folder, logged.database)

    assert [repr(delivery(anew, NOVEMBER, by, Only(country="DE"))) for by in By] == before
