"""The store that the tests of measured histories stand on, and a small platform on it."""

from pathlib import Path

import pytest

from tests.billing.conftest import store
from tests.billing.store import Store
from tests.recommendations.small import Small

__all__ = ["store"]


@pytest.fixture
def small(store: Store, tmp_path: Path) -> Small:
    return Small(store, tmp_path / "buckets")
