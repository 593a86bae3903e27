"""Findings are kept with what they are about, on either database; a video that is gone meanwhile is left out."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.catalog.residing import Astray, Source, bound, keep, latest
from core.database import Database
from tests.catalog.videos import original, put, video
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ONE = Astray("v1", "s3", "us-east-1", Source.CATALOGUE, "videos/v1/original.mp4", 1, 1_000)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


def test_a_check_is_kept_in_the_place_of_the_one_before(database: Database):
    assert latest(database) is None
    put(database, video("v1", residency="EU"), [("s3", [original("v1")])])
    keep(database, [ONE, Astray("gone", "s3", "", Source.INVENTORY, "720p", 1, 1)], 1, 1, date(2026, 11, 29), NOW)
    keep(database, [ONE], 2, 3, None, NOW + timedelta(1))
    found = latest(database)
    assert found is not None
    assert (found.checked_at, found.videos, found.objects, found.listed_on) == (NOW + timedelta(1), 2, 3, None)
    (astray,) = found.astray
    assert (astray.title, astray.residency, astray.since) == ("Rivera vs Stone", "EU", NOW)


def test_only_videos_with_a_residency_are_bound(database: Database):
    put(database, video("v1", residency="EU"), [("s3", [original("v1")]), ("s3-eu", [original("v1")])])
    put(database, video("v2"), [("s3", [original("v2")])])
    with database.reading() as connection:
        videos, objects = bound(connection)
    assert videos == {"v1": "EU"}
    assert [(each.provider, each.key, each.size_bytes) for each in objects] == [
        ("s3", "videos/v1/original.mp4", 1_000), ("s3-eu", "videos/v1/original.mp4", 1_000),
    ]  # fmt: skip
