"""Days are made anew of the files that they were made of, when it is asked for: as videos are known by then."""

import gzip
from pathlib import Path

import pytest

from tests.telemetry import logged, test_access_logs
from tests.telemetry.catalogued import add_video
from tests.telemetry.ingesting import Delivery, Installation
from tests.telemetry.test_inventory import line as listed

OBJECTS = {"old/1/film.mp4": "original", "old/1/hls/720p.mp4": "720p"}
FILM = "old/1/film.mp4"
_VIDEOS = {"requests": "video, rung, requests", "origin_requests": "video, rung, requests",
           "inventory": "video, rung, objects"}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    """A request for a film, one that reached the bucket, and the film in an inventory, before the film is known."""
    home = Installation(tmp_path / "home", tmp_path / "source")
    (home.source / logged.NAME).write_bytes(gzip.compress(logged.w3c(logged.line(cs_uri_stem=f"/{FILM}"))))
    (home.source / "access").write_text(test_access_logs.line(key=FILM))
    Delivery(home.source).csv(listed(FILM, 5))
    home.ingest()
    add_video(home.database, "v1", OBJECTS)
    return home


def told(home: Installation) -> list[list[tuple]]:
    return [home.ask(f"SELECT {columns} FROM {view}") for view, columns in _VIDEOS.items()]


def test_a_video_that_gets_known_later_is_found_in_days_that_are_made_again(home: Installation):
    assert home.outcomes() == []
    assert told(home) == [[("", "", 1)]] * 3

    report = home.ingest(again=True).measured

    assert sorted((day.dataset, day.outcome) for day in report.days) == [
        ("cloudfront", "loaded"), ("inventory", "loaded"), ("origin", "loaded"),
    ]  # fmt: skip
    assert told(home) == [[("v1", "original", 1)]] * 3
    assert home.outcomes() == []


def test_a_day_whose_files_are_gone_stays_as_it_is(home: Installation):
    (home.source / logged.NAME).unlink()

    home.ingest(again=True)

    assert told(home)[:2] == [[("", "", 1)], [("v1", "original", 1)]]
