"""Paths behind misses and errors are those of viewers, and a connection that a viewer closed is neither."""

import json
from datetime import date
from pathlib import Path

import pytest

from core.__main__ import main
from core.costs.period import Period
from core.performance.closed import Closed, closed_by_viewers
from core.performance.delivery import By, Only, delivery
from core.performance.paths import Trouble, worst_paths
from core.settings import Settings
from tests.telemetry.logged import Logged, line

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
MISS = {"x_edge_response_result_type": "Miss", "sc_status": "200"}
ERROR = {"x_edge_response_result_type": "Error", "sc_bytes": "0"}
CLOSED = {**ERROR, "sc_status": "000", "cs_uri_stem": "/videos/v1/hls/480p.mp4"}
BOT = {"cs_user_agent": "curl/8.0"}


@pytest.fixture
def logged(tmp_path: Path, settings: Settings) -> Logged:
    """Of viewers four hits, two misses, an error and three closed connections; of scripts all but closed ones."""
    logged = Logged(tmp_path / "logs", settings.phyght_home, settings)
    logged.deliver(
        *(line() for _ in range(4)),
        *(line(cs_uri_stem="/a.mp4", **MISS) for _ in range(2)),
        line(cs_uri_stem="/gone.mp4", **ERROR | {"sc_status": "404"}),
        *(line(**CLOSED) for _ in range(2)),
        line(x_edge_location="IAD89-C1", **CLOSED),
        *(line(cs_uri_stem="/wp-login.php", **ERROR | BOT | {"sc_status": "404"}) for _ in range(5)),
        *(line(cs_uri_stem="/a.mp4", **MISS | BOT) for _ in range(5)),
    )
    logged.ingest()
    return logged


def worst(logged: Logged, trouble: Trouble, only: Only | None = None) -> list[tuple[str, int]]:
    return [(path.path, path.requests) for path in worst_paths(logged.warehouse, NOVEMBER, trouble, only).lines]


def test_what_crawlers_and_scripts_miss_is_left_out_unless_it_is_asked_for(logged: Logged):
    assert worst(logged, Trouble.MISS) == [("/a.mp4", 2)]
    assert worst(logged, Trouble.ERROR) == [("/gone.mp4", 1)]
    assert worst(logged, Trouble.MISS, Only(bots=True)) == [("/a.mp4", 7)]
    assert worst(logged, Trouble.ERROR, Only(bots=True)) == [("/wp-login.php", 5), ("/gone.mp4", 1)]


def test_a_connection_that_the_viewer_closed_is_counted_by_itself(logged: Logged):
    total = delivery(logged.warehouse, NOVEMBER, By.EDGE).total

    assert (total.requests, total.errors_4xx, total.errors_5xx) == (10, 1, 0)
    assert closed_by_viewers(logged.warehouse, NOVEMBER) == Closed(3, 10)
    assert closed_by_viewers(logged.warehouse, NOVEMBER).share == 0.3
    assert worst(logged, Trouble.CLOSED) == [("/videos/v1/hls/480p.mp4", 3)]


@pytest.mark.parametrize(
    ("only", "closed"),
    [
        (Only(edge="FRA"), Closed(2, 9)),
        (Only(video="v1"), Closed(3, 7)),
        (Only(video="v1", rung="1080p"), Closed(0, 4)),
        (Only(video="v1", edge="IAD"), Closed(1, 1)),
        (Only(bots=True), Closed(3, 20)),
        (Only(country="AT"), Closed(0, 0)),
    ],
    ids=["an edge", "a video", "a rung", "a video at an edge", "bots too", "nowhere"],
)
def test_closed_connections_are_told_apart_as_all_others(logged: Logged, only: Only, closed: Closed):
    assert closed_by_viewers(logged.warehouse, NOVEMBER, only) == closed


def test_viewers_paths_are_kept_before_those_of_scripts(tmp_path: Path, settings: Settings):
    logged = Logged(tmp_path / "many", settings.phyght_home / "other", settings)
    scanned = [line(cs_uri_stem=f"/{n}.php", **ERROR | BOT | {"sc_status": "404"}) for n in range(300) for _ in "ab"]
    logged.deliver(*scanned, line(cs_uri_stem="/gone.mp4", **ERROR | {"sc_status": "404"}))
    logged.ingest()

    found = worst_paths(logged.warehouse, NOVEMBER, Trouble.ERROR)
    everybody = worst_paths(logged.warehouse, NOVEMBER, Trouble.ERROR, Only(bots=True))

    assert [(path.path, path.requests) for path in found.lines] == [("/gone.mp4", 1)]
    assert (found.others, everybody.others) == (0, 2)


def test_of_equal_edges_and_statuses_the_first_is_told(tmp_path: Path, settings: Settings):
    logged = Logged(tmp_path / "ties", settings.phyght_home / "ties", settings)
    at_two = {"cs_uri_stem": "/at-two.mp4", **ERROR}
    one_edge = {"cs_uri_stem": "/one-edge.mp4", **ERROR}
    most = {"cs_uri_stem": "/most.mp4", **ERROR}
    logged.deliver(
        line(x_edge_location="IAD89-C1", **at_two | {"sc_status": "403"}),
        line(**at_two | {"sc_status": "404"}),
        line(**one_edge | {"sc_status": "404"}),
        line(**one_edge | {"sc_status": "403"}),
        line(**most | {"sc_status": "403"}),
        *(line(x_edge_location="IAD89-C1", **most | {"sc_status": "404"}) for _ in range(2)),
    )
    logged.ingest()

    found = worst_paths(logged.warehouse, NOVEMBER, Trouble.ERROR)

    assert [(path.path, path.edge, path.edges, path.status) for path in found.lines] == [
        ("/most.mp4", "IAD", 2, 404),
        ("/at-two.mp4", "FRA", 2, 404),
        ("/one-edge.mp4", "FRA", 1, 403),
    ]


def test_the_command_tells_them_apart(
    logged: Logged, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    period = ["--from", "2026-11-01", "--to", "2026-11-30"]

    assert main(["performance", *period]) == 0
    told = capsys.readouterr().err
    assert "3 requests were closed by the viewer before an answer (30.00%): that is no error." in told
    assert main(["performance", *period, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["closed_by_viewers"] == 3
