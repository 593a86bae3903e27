"""Either database: what rules ask of it, what is kept of their answers, and what is dismissed."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.billing.prices import load_prices
from core.catalog.catalog import add_video, record_copy, serve_from
from core.catalog.video import Kind
from core.database import Database
from core.recommendations.known import known, packaged
from core.recommendations.recommendations import Recommendations
from core.settings import Settings
from core.storage.local import LocalProvider
from core.storage.provider import StorageClass
from core.storage.providers import Providers
from core.warehouse import Warehouse
from tests.recommendations.small import GIB, an_object, titled
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "home" / "phyght.db")


@pytest.fixture
def recommendations(database: Database, tmp_path: Path, settings: Settings) -> Recommendations:
    """Two videos whose originals are the same, each in two places."""
    providers = tuple(
        LocalProvider(tmp_path / name, b"s" * 32, lambda: NOW, name, region="us-east-1") for name in ("s3", "s3-old")
    )
    with database.transaction() as connection:
        for video in "ab":
            add_video(connection, titled(video))
            for provider in providers:
                objects = an_object(video, "original", GIB, crc64nvme=7), an_object(video, "1080p", GIB)
                record_copy(connection, video, provider.name, objects, NOW.replace(month=10))
            serve_from(connection, video, "s3", NOW.replace(month=10))
    audit, warehouse = AuditLog(database), Warehouse(tmp_path / "home" / "warehouse", database)
    return Recommendations(database, audit, Providers(providers), load_prices(), settings, lambda: warehouse)


def test_it_is_found_kept_dismissed_and_brought_back(recommendations: Recommendations):
    recommendations.refresh(NOW)
    recommendations.refresh(NOW)  # takes the place of the one before

    found = recommendations.kept(OLGA)

    assert found is not None
    assert [each.recommendation.rule for each in found.counted] == [
        "retirable copies", "duplicate content", "duplicate content",
    ]  # fmt: skip
    first = found.counted[0].recommendation
    assert f"{first.monthly_saving_usd:.3f}" == "0.092"  # 4 GiB
    assert not any("It failed" in each.words for each in found.remarks)
    for reason in ("no", "no, really"):
        recommendations.dismiss(OLGA, first.id, reason, NOW)
    away = recommendations.kept(OLGA)
    assert away is not None
    assert [(each.id, why.reason) for each, why in away.dismissed] == [(first.id, "no, really")]
    recommendations.bring_back(OLGA, first.id, NOW)
    back = recommendations.kept(OLGA)
    assert back is not None
    assert back.dismissed == ()


@pytest.mark.usefixtures("recommendations")
def test_what_the_catalogue_has_is_told_with_small_objects_apart(database: Database):
    with database.transaction() as connection:
        objects = an_object("a", "720p", 100), an_object("a", "360p", GIB, storage_class=StorageClass.DEEP_ARCHIVE)
        record_copy(connection, "a", "s3", objects, NOW)
    grounds: Any = SimpleNamespace(database=database, written=lambda _: {"videos/a/360p.mp4": NOW})

    found = {(each.video, each.rung): each for each in known(grounds, "s3", Kind.RENDITION)}

    assert set(found) == {("a", "1080p"), ("a", "720p"), ("a", "360p"), ("b", "1080p")}
    assert (found["a", "720p"].objects, found["a", "720p"].size_bytes) == (1, 100)
    assert found["a", "360p"].billable_bytes == GIB + 32 * 1024, "an archived object has an index"
    assert (found["a", "360p"].written_at, found["a", "720p"].written_at) == (NOW, None), (
        "asked where it costs to leave"
    )
    assert packaged(grounds, "s3") == frozenset()
