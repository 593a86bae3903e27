"""Hashing of passwords is slow on purpose; where it is not what is tested, it is made quick."""

import pytest
from argon2 import PasswordHasher

from core.access import passwords


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the tests below the conftest.py that imports it."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody has this"))
