"""The store and the bucket that the tests of bills stand on."""

from tests.billing.conftest import bucket, shared_bucket, shared_store, store

__all__ = ["bucket", "shared_bucket", "shared_store", "store"]
