"""Places to try actions at: a folder, and S3 behind what AWS checks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.actions.cloud import Cloud
from core.actions.handler import Handler
from core.settings import load_settings
from core.sqlite_database import SqliteDatabase
from core.storage import s3_client
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider
from core.storage.s3 import S3Provider
from core.storage.s3_bucket import S3Bucket
from tests.actions.kinds.workplace import Time, Workplace
from tests.support.aws import aws_descriptions
from tests.support.databases import fresh_database
from tests.support.strict_s3 import KEY_ID, SECRET, StrictS3

__all__ = ["aws_descriptions"]

Making = Callable[[StorageProvider, Callable[[Cloud], Handler]], Workplace]


@pytest.fixture
def time() -> Time:
    """Now, as S3 dates what it is given by its own clock."""
    return Time(datetime.now(UTC))


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return fresh_database(tmp_path / "phyght.db")


@pytest.fixture
def folder(tmp_path: Path, time: Time) -> LocalProvider:
    """It costs what S3 in us-east-1 does."""
    return LocalProvider(tmp_path / "storage", b"", lambda: time.now, "demo-s3", region="us-east-1")


@pytest.fixture
def s3() -> Iterator[StrictS3]:
    with StrictS3(bucket="videos") as server:
        yield server


@pytest.fixture
def bucket(s3: StrictS3, monkeypatch: pytest.MonkeyPatch) -> S3Provider:
    """It gives up quickly."""
    monkeypatch.setattr(s3_client, "_READ_SECONDS", 5)
    monkeypatch.setattr(s3_client, "_ATTEMPTS", 1)
    for name, value in {"ENDPOINT_URL": s3.url, "ACCESS_KEY_ID": KEY_ID, "SECRET_ACCESS_KEY": SECRET}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return S3Provider("s3", S3Bucket(s3.bucket, "us-east-1", load_settings()), lambda: datetime.now(UTC))


@pytest.fixture(params=["a folder", "S3"])
def provider(request: pytest.FixtureRequest) -> StorageProvider:
    return request.getfixturevalue("folder" if request.param == "a folder" else "bucket")


@pytest.fixture
def made(database: SqliteDatabase, time: Time) -> Making:
    """A workplace at a provider, for a handler."""
    return lambda provider, handler: Workplace(provider, database, time, handler)
