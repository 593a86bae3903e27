"""AWS: botocore's descriptions of services, read once; each session would read ten megabytes of JSON anew."""

from functools import cache

import pytest
from botocore.loaders import Loader, create_loader


@pytest.fixture(autouse=True)
def aws_descriptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the tests below the conftest.py, or of the file, that imports it."""
    monkeypatch.setattr("botocore.session.create_loader", _loader)


@cache
def _loader(search_path: str | None = None) -> Loader:
    return create_loader(search_path)
