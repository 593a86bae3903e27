"""Performance: the figures on the page are those of the logs and sessions that were ingested."""

from datetime import datetime

import pytest

from core.segments import Shelf
from core.telemetry.store import Key, Segment, publish
from tests.catalog.videos import original, put, video
from tests.pages.bills import read, tiles, words
from tests.pages.measured import NOW, SESSION, THE_DAY
from tests.pages.text_tables import text_tables
from tests.telemetry.measured import write


def chips(app) -> list[str]:
    return [button.label for button in app.button if (button.key or "").startswith("chip-")]


def test_without_a_measurement_it_says_how_to_get_one(empty, visit):
    said = words(visit("performance"))

    assert "Nothing measured yet" in said
    assert "python -m core ingest s3://bucket/prefix" in said


def test_delivery_is_that_of_the_logs(logged, visit):
    app = visit("performance", **THE_DAY)

    found = {label: value for label, (value, _) in tiles(app).items()}
    assert found["Cache hit ratio"] == "75.0 %"
    assert found["Hit ratio by bytes"] == "55.0 %"
    assert found["Failed requests"] == "20.0 %"
    assert found["Requests"] == "10"
    assert found["Bytes sent"] == "1,000 bytes"
    assert "1 request of crawlers" in words(app)


def test_a_filter_leaves_only_what_it_lets_through(logged, visit):
    app = visit("performance", **THE_DAY, edge="IAD")

    assert tiles(app)["Requests"][0] == "2"
    assert tiles(app)["Cache hit ratio"][0] == "50.0 %"
    assert chips(app) == ["Edge\\:\u2060 IAD"]


def test_removing_a_filter_can_be_undone(logged, visit):
    app = visit("performance", **THE_DAY, edge="IAD")
    app.button(key="chip-edge").click().run()
    assert tiles(app)["Requests"][0] == "10"
    assert "edge" not in app.query_params

    app.button(key="chips-undo").click().run()

    assert tiles(app)["Requests"][0] == "2"
    assert app.query_params["edge"] == "IAD"


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        ("edge", ["FRA, Germany", "IAD, United States"]),
        ("country", ["Germany", "United States"]),
        ("device", ["desktop"]),
        ("video", ["v1", "v2", "no video"]),
        ("rung", ["1080p", "720p", "unknown"]),
        ("hour", ["2026-11-28 14:00"]),
    ],
)
def test_it_is_broken_down_by(logged, visit, by, labels):
    (table,) = visit("performance", **THE_DAY, by=by).dataframe

    assert sorted(table.value["label"]) == sorted(labels)


def test_paths_behind_misses_and_errors_are_named(logged, visit):
    missed, failed = text_tables(visit("performance", **THE_DAY))[-2:]

    assert any("v1" in path for path, *_ in missed)
    assert ["/favicon.ico", "404"] in [[path, status] for path, _, status, _ in failed]


def test_a_day_without_requests_says_of_which_there_are_some(logged, visit):
    said = words(visit("performance", from_="2026-01-01", to="2026-01-02"))

    assert "No requests in 1 January 2026" in said
    assert "27 to 28 November 2026" in said


def test_experience_is_that_of_the_sessions(watched, visit):
    app = visit("performance", **THE_DAY, section="experience", by="country")

    found = {label: value for label, (value, _) in tiles(app).items()}
    # four starts: 400, 600, 800, 2400 ms; 144 s of 4 h and 144 s stood still; 2 stalls in 4 h; 1 of 5 left
    assert found["Start-up, p50"] == "600 ms"
    assert found["Start-up, p95"] == "2.40 s"
    assert found["Rebuffering"] == "0.99 %"
    assert found["Stalls an hour"] == "0.50"
    assert found["Left before start"] == "20.0 %"
    assert found["Playback failures"] == "0 %"
    assert "Exact: told by players" in words(app)
    (table,) = app.dataframe
    assert table.value[["label", "sessions", "p95"]].to_numpy().tolist() == [
        ["Brazil", 2.0, 2400],
        ["Germany", 2.0, 600],
        ["United States", 1.0, 800],
    ]


def test_viewing_is_that_of_the_sessions(watched, visit):
    app = visit("performance", **THE_DAY, section="viewing")

    found = {label: value for label, (value, _) in tiles(app).items()}
    assert found["Views"] == "4"
    assert found["Watch time"] == "4.0 h"
    assert found["Watch time a view"] == "1.0 h"
    assert found["Most at once"] == "4"


def test_a_filter_that_sessions_do_not_have_is_said_not_to_count(watched, visit):
    app = visit("performance", **THE_DAY, section="viewing", edge="FRA")

    assert tiles(app)["Views"][0] == "4"
    assert "The filter by edge counts for delivery only" in words(app)


def test_a_section_is_stated_in_the_url(watched, visit):
    app = visit("performance", **THE_DAY)
    app.segmented_control(key="switch Section").set_value("experience").run()

    assert app.query_params["section"] == "experience"
    assert app.query_params["by"] == "country"
    assert tiles(app)["Start-up, p50"][0] == "600 ms"


def test_a_videos_page_has_its_own_figures(watched, logged, visit):
    put(logged.database, video("v1", title="Rivera vs Stone"), [("s3", [original("v1")])], served="s3")

    tables = [each.value.to_numpy().tolist() for each in visit("video", video="slug-v1").table]
    rows = {read(row[0]): read(row[1]) for rows in tables for row in rows}

    assert "Something went wrong" not in words(visit("video", video="slug-v1"))  # measured, and no bill yet
    # four views of an hour; two of four to the end; of v1 on the 27th and 28th 8 hits and 2 misses, 1 of 11 failed
    assert rows["Views"] == "4"
    assert rows["Watch time"] == "4.0 h"
    assert rows["Watched to the end"] == "50.0 %"
    assert rows["Start-up, p50 and p95"] == "600 ms, 2.40 s"
    assert rows["From the cache"] == "80.0 %"
    assert rows["Requests that failed"] == "9.1 %"


def test_a_video_that_nobody_watched_says_so(watched, visit):
    put(watched.database, video("v9", title="Lost fight"), [("s3", [original("v9")])], served="s3")

    assert "Nobody watched it in these days" in words(visit("video", video="slug-v9"))


def test_videos_that_went_cold_lead_to_their_pages(watched, logged, visit, tmp_path):
    put(watched.database, video("v0", title="Okafor vs Silva"), [("s3", [original("v0")])], served="s3")
    folder = tmp_path / "older"
    folder.mkdir()
    long_ago = datetime(2026, 9, 1, 20)
    session = {"session": "z", "video": "v0", "day": long_ago.date(), "started": long_ago, "ended": long_ago}
    write(folder, "sessions", [SESSION | session])
    segment = Segment(Key("players", "older", long_ago.date()), "1", {"": 1}, folder)
    publish([segment], [], "older", {}, Shelf(watched.home / "warehouse"), watched.database, NOW)

    (cold,) = visit("performance", **THE_DAY, section="viewing").dataframe

    assert cold.value[["title", "page", "views"]].to_numpy().tolist() == [
        ["Okafor vs Silva", "/video?video=slug-v0", 1.0]
    ]
