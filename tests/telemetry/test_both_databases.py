"""What was measured is kept in a file and in a server alike: read once, late lines and all."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.databases import BOTH, either_database
from tests.telemetry import crashing
from tests.telemetry.catalogued import add_video
from tests.telemetry.ingesting import Delivery, Installation
from tests.telemetry.test_access_logs import line as access_line
from tests.telemetry.test_inventory import line as listed
from tests.telemetry.test_kills import deliver


@pytest.fixture(params=BOTH)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    home = tmp_path / "home"
    return Installation(home, tmp_path / "source", given=either_database(request, home / "phyght.db"))


def test_days_are_made_once_and_anew_when_late_lines_come(home: Installation):
    add_video(home.database, "v1", {"videos/v1/original.mp4": "original", "videos/v1/hls/1080p.mp4": "1080p"})
    deliver(home, 1)
    (home.source / "access-1").write_text(access_line("R1"))
    Delivery(home.source).csv(listed("videos/v1/original.mp4", 5))
    assert sorted(home.outcomes()) == [
        f"{dataset} 2026-11-28 loaded" for dataset in ("cloudfront", "inventory", "origin", "players")
    ]
    assert home.outcomes() == []
    deliver(home, 2)
    (home.source / "access-2").write_text(access_line("R2"))

    later = datetime.now(UTC) + timedelta(hours=2)  # what was replaced now is collected by then

    measured = home.ingest(clock=lambda: later).measured

    assert (measured.files, measured.refused) == (3, 0)
    assert crashing.counted(home) == (2, 2)
    assert home.ask("SELECT video, requests FROM origin_requests") == [("a", 2)]
    assert home.ask("SELECT video, objects FROM inventory") == [("v1", 1)]
    assert len(list(home.warehouse.folder.iterdir())) == 4


def test_a_line_that_is_taken_back_takes_its_day_with_it(home: Installation):
    (home.source / "access-1").write_text(access_line())
    home.ingest()
    (home.source / "access-1").write_text(access_line(at="27/Nov/2026:10:15:00 +0000"))

    home.ingest()

    assert home.ask("SELECT hour::VARCHAR FROM origin_requests") == [("2026-11-27 10:00:00",)]
    with home.database.reading() as connection:
        days = connection.execute("select day from measurements where dataset = 'origin'").fetchall()
    assert [row[0] for row in days] == ["2026-11-27"]
