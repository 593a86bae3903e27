"""Either database: what rules threaten of held videos is kept, known since when, and gone with the hold."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.catalog.holds import Holds
from core.catalog.threatened import Threatened, check_holds, check_new_hold, latest
from core.database import Database
from core.errors import StorageUnreachable
from core.storage.lifecycle import LifecycleRule
from core.storage.local import LocalProvider
from core.storage.providers import Providers
from tests.catalog.videos import original, put, video
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ANN = User("ann", Role.ADMIN, Via.PASSWORD)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "home" / "phyght.db")


def test_it_is_kept_until_the_hold_is_gone(database: Database, tmp_path: Path):
    bucket, holds = LocalProvider(tmp_path / "s3", b"", lambda: NOW, "s3"), Holds(database, AuditLog(database))
    put(database, video("v1"), [("s3", [original("v1")])])
    holds.place(ANN, "v1", "A case.", NOW)
    twice = LifecycleRule("e", "videos/", expire_after_days=30), LifecycleRule("e", expire_noncurrent_after_days=9)
    bucket.set_lifecycle_rules(twice)
    assert latest(database) is None
    for days in range(2):
        check_holds(database, Providers((bucket,)), NOW + timedelta(days))

    found = latest(database)
    assert found is not None
    assert found.checked_at == NOW + timedelta(1)
    assert found.threats == (Threatened("s3", "e", "v1", 9, NOW),), "of two rules of one name the one that acts first"
    holds.release(ANN, "v1", NOW)
    released = latest(database)
    assert released is not None
    assert released.threats == ()


def test_a_hold_stands_and_is_known_at_once_though_another_bucket_does_not_answer(database: Database, tmp_path: Path):
    bucket, holds = LocalProvider(tmp_path / "s3", b"", lambda: NOW, "s3"), Holds(database, AuditLog(database))
    put(database, video("v1"), [("s3", [original("v1")]), ("silent", [original("v1")])])
    holds.place(ANN, "v1", "A case.", NOW)
    bucket.set_lifecycle_rules([LifecycleRule("e", "videos/", expire_after_days=30)])

    check_new_hold(database, Providers((Silent(tmp_path / "silent", b"", lambda: NOW, "silent"), bucket)), NOW)

    found = latest(database)
    assert found is not None
    assert found.threats == (Threatened("s3", "e", "v1", 30, NOW),)
    assert [each.video_id for each in holds.all(ANN)] == ["v1"]


class Silent(LocalProvider):
    """Does not answer when its rules are asked for."""

    def lifecycle_rules(self) -> tuple[LifecycleRule, ...]:
        raise StorageUnreachable("silent does not answer.", "Try again later.")
