"""A bucket of measurements behind the strict S3, and a platform that is configured to read it."""

from pathlib import Path

import pytest

from core.settings import load_settings
from core.storage import s3_client
from tests.billing.s3.conftest import s3, upload
from tests.support.strict_s3 import KEY_ID, SECRET, StrictS3
from tests.telemetry.ingesting import Installation

__all__ = ["s3", "upload"]


@pytest.fixture
def cloud(s3: StrictS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """It gives up quickly."""
    monkeypatch.setattr(s3_client, "_READ_SECONDS", 5)
    monkeypatch.setattr(s3_client, "_ATTEMPTS", 2)
    told = {"AWS_ENDPOINT_URL": s3.url, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return Installation(tmp_path / "home", tmp_path / "files", load_settings())
