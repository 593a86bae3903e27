"""A folder of this machine is a provider that can do all that S3 can."""

from datetime import UTC, datetime

import pytest

from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.local import LocalProvider
from core.storage.provider import LifecycleRules, Multipart, PresignedParts, StorageClass, Tiered
from tests.storage.contract import VIDEO, MultipartContract, StorageContract

NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)


@pytest.fixture
def provider(tmp_path) -> LocalProvider:
    return LocalProvider(tmp_path / "storage", b"s" * 32, lambda: NOW)


class TestLocal(StorageContract, MultipartContract):
    def test_it_has_every_ability_but_tus(self, provider: LocalProvider):
        assert isinstance(provider, Multipart)
        assert isinstance(provider, PresignedParts)
        assert isinstance(provider, Tiered)
        assert isinstance(provider, LifecycleRules)

    def test_an_object_moves_to_another_class_and_keeps_the_rest(self, provider: LocalProvider):
        provider.write("a", [b"x"], VIDEO)
        provider.set_storage_class("a", StorageClass.GLACIER_IR)

        assert provider.head("a").storage_class == StorageClass.GLACIER_IR
        assert b"".join(provider.read("a")) == b"x"

    def test_rules_are_kept(self, provider: LocalProvider):
        rule = LifecycleRule("cold", "videos/", {"kind": "original"}, transitions=(Transition(30, "GLACIER_IR"),))
        provider.set_lifecycle_rules([rule])
        assert provider.lifecycle_rules() == (rule,)
