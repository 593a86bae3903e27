"""Providers to try: a bucket behind the strict S3."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core.settings import load_settings
from core.storage import s3_client
from core.storage.s3 import S3Provider
from core.storage.s3_bucket import S3Bucket
from tests.support.strict_s3 import KEY_ID, SECRET, StrictS3

NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)


@pytest.fixture
def s3() -> Iterator[StrictS3]:
    with StrictS3(bucket="videos") as server:
        yield server


@pytest.fixture
def s3_provider(s3: StrictS3, monkeypatch: pytest.MonkeyPatch) -> S3Provider:
    """It gives up quickly."""
    monkeypatch.setattr(s3_client, "_READ_SECONDS", 5)
    monkeypatch.setattr(s3_client, "_ATTEMPTS", 2)
    for name, value in {"ENDPOINT_URL": s3.url, "ACCESS_KEY_ID": KEY_ID, "SECRET_ACCESS_KEY": SECRET}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return S3Provider("s3", S3Bucket(s3.bucket, "us-east-1", load_settings()), lambda: datetime.now(UTC))
