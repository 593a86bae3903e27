"""The store that the tests of measured histories stand on, and a small platform on it."""

from tests.billing.conftest import bucket, store
from tests.recommendations.conftest import small

__all__ = ["bucket", "small", "store"]
