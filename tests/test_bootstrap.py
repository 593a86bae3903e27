"""Bootstrap: the demo is made when it is what would be shown and is not there as it should be; what the worker does."""

import shutil
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from core import seeding
from core.access.roles import Role, User, Via
from core.bootstrap import open_platform
from core.costs.stored_forecasts import stored_months
from core.installation import demo_home
from core.schedule import jobs
from core.seeding import needs_demo
from core.settings import Settings, load_settings
from core.sqlite_database import SqliteDatabase
from core.storage.checksums import crc64nvme
from core.uploads.history import recent
from core.uploads.new_file import NewFile
from core.uploads.session import State

BOSS = User("root", Role.ADMIN, Via.SHELL)


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


@pytest.mark.parametrize(
    "lost",
    [
        "warehouse/*/daily.parquet",
        "warehouse/*/monthly.parquet",
        "warehouse/*/requests.parquet",
        "warehouse/*/sessions.parquet",
        "phyght.db",
        "storage/**/360p*",
        "seeded",
    ],
)
def test_a_demo_that_lost_files_is_made_again(seeded: Settings, lost: str):
    today = seeded_at(seeded)
    for file in demo_home(seeded).glob(lost):
        file.unlink()

    assert needs_demo(seeded, today)


def test_who_has_connected_an_account_needs_no_demo(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PHYGHT_BILLING_SOURCES", "s3://bills/exports")

    assert not needs_demo(load_settings(), datetime(2026, 11, 22, tzinfo=UTC))


def test_the_worker_looks_after_uploads_that_nobody_goes_on_with(settings: Settings):
    platform = open_platform(settings)
    mp4 = b"\x00\x00\x00\x18ftypisom" + bytes(100)
    user = User("olga", Role.OPERATOR, Via.PASSWORD)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    upload = platform.uploads.start(user, NewFile("fight.mp4", len(mp4), mp4), long_ago)

    (step,) = next(job for job in jobs(platform) if job.name == "uploads").steps.values()
    step()

    assert platform.uploads.get(user, upload.session.id, long_ago).session.state is State.ABANDONED


def test_the_worker_keeps_forecasts_and_is_content_while_there_are_no_bills(settings: Settings):
    platform = open_platform(settings)

    (step,) = next(job for job in jobs(platform) if job.name == "forecasts").steps.values()
    step()

    assert stored_months(platform.database, "USD") == ()


def test_the_worker_finds_what_could_cost_less_and_says_why_it_knows_nothing(settings: Settings):
    platform = open_platform(settings)

    (step,) = next(job for job in jobs(platform) if job.name == "recommendations").steps.values()
    step()

    found = platform.recommendations.kept(User("vic", Role.VIEWER, Via.PASSWORD))
    assert found is not None
    assert found.counted == ()
    assert "There is no inventory of S3: nobody knows what lies in which class." in [
        each.words for each in found.remarks
    ]


def test_what_is_uploaded_is_asked_to_be_packaged(settings: Settings):
    platform = open_platform(settings)
    mp4, now = b"\x00\x00\x00\x18ftypisom" + bytes(100), datetime.now(UTC)
    user = User("olga", Role.OPERATOR, Via.PASSWORD)
    upload = platform.uploads.start(user, NewFile("fight.mp4", len(mp4), mp4), now).session
    platform.uploads.parts.write(user, upload.id, 1, mp4, now)
    assert platform.media.packaging(upload.id) is None

    platform.uploads.complete(user, upload.id, crc64nvme(mp4), None, now)

    packaging = platform.media.packaging(upload.id)
    assert packaging is not None
    assert not packaging.state.is_over


@pytest.fixture
def demo_with_an_upload(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a demo into which somebody has uploaded a film."""
    monkeypatch.setenv("PHYGHT_DEMO", "on")
    platform = open_platform(load_settings())
    mp4, now = b"\x00\x00\x00\x18ftypisom" + bytes(100), datetime.now(UTC)
    upload = platform.uploads.start(BOSS, NewFile("fight.mp4", len(mp4), mp4), now).session
    platform.uploads.parts.write(BOSS, upload.id, 1, mp4, now)
    platform.uploads.complete(BOSS, upload.id, crc64nvme(mp4), None, now)
    return platform.home


NEXT_MONTH = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


def test_what_was_uploaded_before_the_demo_was_made_stays_in_it(demo_with_an_upload: Path):
    seeding._clear_demo(demo_with_an_upload, NEXT_MONTH)

    database = SqliteDatabase(demo_with_an_upload / "phyght.db")
    assert [each.session.title for each in recent(database, BOSS, 9)] == ["fight"]


def test_what_was_uploaded_into_a_demo_that_begins_anew_is_kept_beside_it(demo_with_an_upload: Path):
    (demo_with_an_upload / "sources").mkdir()

    seeding._clear_demo(demo_with_an_upload, NEXT_MONTH)

    beside = demo_with_an_upload.with_name("demo-until-2026-12-01T083000")
    assert not demo_with_an_upload.exists()
    assert [each.session.title for each in recent(SqliteDatabase(beside / "phyght.db"), BOSS, 9)] == ["fight"]
    assert list(beside.glob("storage/data/*/00001-*"))


def test_a_demo_that_begins_anew_leaves_nothing_where_nobody_uploaded(settings: Settings):
    home = demo_home(settings)
    SqliteDatabase(home / "phyght.db").migrate()
    (home / "sources").mkdir()

    seeding._clear_demo(home, NEXT_MONTH)

    assert list(home.parent.glob("demo*")) == []
