"""A bucket of bills behind the strict S3, and a store that is configured to read it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.settings import load_settings
from core.storage import s3_client
from tests.billing.store import Store
from tests.support.strict_s3 import KEY_ID, SECRET, StrictS3

Upload = Callable[[Path], None]


@pytest.fixture
def s3() -> Iterator[StrictS3]:
    with StrictS3() as server:
        yield server


@pytest.fixture
def configured(s3: StrictS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Store]:
    """A store for an account; names of variables as they stand in .env. It gives up quickly."""
    monkeypatch.setattr(s3_client, "_READ_SECONDS", 5)
    monkeypatch.setattr(s3_client, "_ATTEMPTS", 2)

    def configure(**variables: str) -> Store:
        told = {"AWS_ENDPOINT_URL": s3.url, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET} | variables
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        settings = load_settings()
        return Store.fresh(settings.phyght_home, settings)

    return configure


@pytest.fixture
def cloud_store(configured: Callable[..., Store]) -> Store:
    return configured()


@pytest.fixture
def upload(s3: StrictS3) -> Upload:
    """Put a folder's files into the bucket, manifests last."""

    def put_all(folder: Path) -> None:
        files = sorted((f for f in folder.rglob("*") if f.is_file()), key=lambda f: (f.suffix == ".json", f))
        for file in files:
            s3.put(file.relative_to(folder).as_posix(), file.read_bytes())

    return put_all
