"""Bootstrap: the demo is made when it is what would be shown, and is not there as it should be."""

import shutil
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from core.bootstrap import demo_home, needs_demo
from core.settings import Settings, load_settings


@pytest.fixture
def seeded(seeded_home: Path, settings: Settings) -> Settings:
    """An installation with the demo in it, as of today."""
    shutil.copytree(seeded_home, settings.phyght_home)
    return settings


def seeded_at(settings: Settings) -> datetime:
    """Noon of the day that the demo goes up to."""
    day = datetime.fromisoformat((demo_home(settings) / "seeded").read_text())
    return datetime.combine(day, time(12), UTC)


def test_the_demo_is_made_on_the_first_start_and_again_on_another_day(seeded: Settings, tmp_path: Path):
    today = seeded_at(seeded)
    nowhere = seeded.model_copy(update={"phyght_home": tmp_path / "nowhere"})

    assert [needs_demo(nowhere, today), needs_demo(seeded, today), needs_demo(seeded, today + timedelta(1))] == [
        True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("lost", ["warehouse/*/daily.parquet", "warehouse/*/monthly.parquet", "phyght.db", "seeded"])
def test_a_demo_that_lost_files_is_made_again(seeded: Settings, lost: str):
    today = seeded_at(seeded)
    for file in demo_home(seeded).glob(lost):
        file.unlink()

    assert needs_demo(seeded, today)


def test_who_has_connected_an_account_needs_no_demo(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PHYGHT_BILLING_SOURCES", "s3://bills/exports")

    assert not needs_demo(load_settings(), datetime(2026, 11, 22, tzinfo=UTC))
