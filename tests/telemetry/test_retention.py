"""What players told is let go once it was made into sessions, and these stay."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.telemetry import players
from core.telemetry.reports import MeasuredReport
from tests.telemetry.ingesting import Installation
from tests.telemetry.telling import BEGIN, Telling

#: A session from 20:00 until after midnight, and another one three weeks later.
LONG_AGO, LATER = BEGIN - timedelta(days=40), BEGIN - timedelta(days=19)
SESSIONS = [(LONG_AGO.date(), 18_000_000), (LATER.date(), 2_000)]


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    home = Installation(tmp_path / "home", tmp_path / "home" / "telemetry")
    Telling(home.source, begin=LONG_AGO).all((0, "s"), (1, "p"), (18_001, "e"))
    return home


def ingest(home: Installation, at: datetime) -> MeasuredReport:
    report = home.ingest(clock=lambda: at).measured
    assert not report.refused
    return report


def sessions(home: Installation) -> list[tuple]:
    return home.ask("SELECT day, watched_ms FROM sessions ORDER BY day")


def told(home: Installation) -> list[str]:
    return sorted(file.name for file in home.source.iterdir())


@pytest.fixture
def settled(home: Installation) -> Installation:
    """What was told long ago is let go."""
    ingest(home, LONG_AGO + timedelta(days=2))
    assert len(told(home)) == 2
    Telling(home.source, sid="two", begin=LATER).all((0, "s"), (1, "p"), (3, "e"))
    ingest(home, LATER + timedelta(hours=1))
    assert told(home) == [f"cmcd-{LATER:%Y-%m-%d}.jsonl"]
    return home


def test_sessions_stay_when_what_they_were_made_of_is_let_go(settled: Installation):
    assert sessions(settled) == SESSIONS
    assert ingest(settled, LATER + timedelta(hours=2)).days == ()
    assert sessions(settled) == SESSIONS


def test_what_was_not_ingested_is_kept_however_old_it_is(home: Installation):
    ingest(home, LATER)

    assert len(told(home)) == 2
    assert sessions(home) == SESSIONS[:1]


def test_files_that_are_read_anew_leave_days_that_are_over_as_they_are(
    home: Installation, monkeypatch: pytest.MonkeyPatch
):
    """One session a day, whose files are let go one by one; then the way they are read changes."""
    for ago in (16, 15, 14, 13):
        Telling(home.source, sid=f"{ago}", begin=LATER - timedelta(days=ago)).all((0, "s"), (1, "p"), (3, "e"))
    ingest(home, LATER - timedelta(days=11))
    ingest(home, LATER)
    assert [name[5:15] for name in told(home)] == [str((LATER - timedelta(days=ago)).date()) for ago in (14, 13)]
    monkeypatch.setattr(players, "_VERSION", "another")

    report = ingest(home, LATER + timedelta(hours=1))

    assert [day.outcome for day in report.days] == ["unchanged", "unchanged", "unchanged"]
    assert [watched_ms for _, watched_ms in sessions(home)] == [18_000_000, 2_000, 2_000, 2_000, 2_000]


def test_a_day_that_is_over_and_damaged_is_told_to_be_lost_and_hinders_no_other(settled: Installation):
    lost = next(settled.warehouse.folder.glob(f"{LONG_AGO:%Y-%m-%d}-players-*"))
    shutil.rmtree(lost)

    (day,) = settled.ingest(clock=lambda: LATER + timedelta(hours=2)).measured.days

    assert (day.day, day.outcome, day.lines) == (LONG_AGO.date(), "refused", 0)
    assert f"cmcd-{LONG_AGO:%Y-%m-%d}.jsonl that they were made of was let go: the day is lost." in day.reason
    assert sessions(settled) == SESSIONS[1:]
    ingest(settled, LATER + timedelta(hours=3))


def test_a_folder_of_somebodys_own_is_left_as_it_is(home: Installation, tmp_path: Path):
    own = tmp_path / "copied"
    shutil.copytree(home.source, own)
    for days in (2, 30, 40):
        home.ingest(own, lambda days=days: LONG_AGO + timedelta(days=days))

    assert len(list(own.iterdir())) == 2
