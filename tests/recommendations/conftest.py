"""The store that the tests of measured histories stand on."""

from tests.billing.conftest import store

__all__ = ["store"]
