"""The store and the bucket that the tests of bills stand on."""

from tests.billing.conftest import bucket, store

__all__ = ["bucket", "store"]
