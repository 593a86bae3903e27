"""python -m core experience and viewing: the same figures for people and for programs."""

import json
from datetime import UTC, datetime

import pytest

from core.__main__ import main
from core.ingestion import ingest
from core.settings import Settings
from tests.support.databases import fresh_database
from tests.telemetry.catalogued import add_video
from tests.telemetry.telling import Telling

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NOVEMBER = ("--from", "2026-11-01", "--to", "2026-12-01")


@pytest.fixture
def told(own_environment: None, settings: Settings) -> None:
    """A view of ten seconds with a stall of two and a half, and somebody who left before the start."""
    database = fresh_database(settings.phyght_home / "phyght.db")
    add_video(database, "a", {})
    telling = Telling(settings.phyght_home / "telemetry")
    telling.all((0, "s"), (0.8, "p", "pt=0"), (6.8, "r", "pt=6000"), (9.3, "p", "pt=6000"), (13.3, "q", "pt=10000"))
    telling.another(sid="two").all((0, "s"), (4, "q"))
    ingest(str(telling.folder), database, settings.phyght_home / "warehouse", settings, lambda: NOW)


def test_how_watching_went(told: None, capsys: pytest.CaptureFixture[str]):
    assert main(["experience", *NOVEMBER, "--by", "video", "--json"]) == 0

    answer = json.loads(capsys.readouterr().out)
    total = answer["total"]
    assert (total["sessions"], total["exact_share"], total["startup_p50_ms"], total["ebvs"]) == (2, 1, 800, 0.5)
    assert (total["rebuffering"], total["stalls_an_hour"], total["failures"]) == (0.2, 360, 0)
    assert [line["label"] for line in answer["lines"]] == ["a"]
    assert answer["targets"] == {"startup_ms": 1000, "rebuffering": None}

    assert main(["experience", *NOVEMBER]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "unknown", "2", "100%", "800", "/", "800", "20.00%", "360.00", "50.00%", "0.00%",
    ]  # fmt: skip


def test_what_is_watched(told: None, capsys: pytest.CaptureFixture[str]):
    assert main(["viewing", *NOVEMBER, "--video", "a", "--json"]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert answer["audience"] == {"views": 1, "exact_views": 1, "unique_sessions": 1, "watched_ms": 10_000}
    assert answer["week"] == [{"weekday": 5, "hour": 20, "views": 1}]
    assert answer["crowds"][0] == {"at": "2026-11-28T20:00:00.000000Z", "viewers": 1}
    assert answer["interest"][0]["last"] == "2026-11-28"

    assert main(["viewing", *NOVEMBER]) == 0
    assert capsys.readouterr().out.startswith("1 views, 1 of them told by players; 0.0 hours watched.\n")


@pytest.mark.parametrize("command", ["experience", "viewing"])
def test_where_nothing_is_known_it_says_so(told: None, command: str, capsys: pytest.CaptureFixture[str]):
    assert main([command, "--from", "2025-11-01", "--to", "2025-12-01"]) == 0

    assert "Nothing is known of watching in this period." in capsys.readouterr().err


def test_a_period_has_to_end_after_it_begins(told: None, capsys: pytest.CaptureFixture[str]):
    assert main(["experience", "--from", "2026-11-02", "--to", "2026-11-02"]) == 2
