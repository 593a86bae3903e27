"""A local folder does to its objects by their age what S3 would."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.local import LocalProvider
from core.storage.local_lifecycle import apply_rules
from core.storage.provider import StorageClass
from core.units import KIB
from tests.storage.contract import VIDEO, listed

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
LARGE = b"x" * 128 * KIB


@pytest.fixture
def provider(tmp_path: Path) -> LocalProvider:
    provider = LocalProvider(tmp_path / "storage", b"", lambda: BEGIN)
    provider.write("videos/large", [LARGE], VIDEO)
    provider.write("videos/small", [LARGE[1:]], VIDEO)
    provider.write("other/large", [LARGE], VIDEO)
    return provider


def classes_after(provider: LocalProvider, days: int) -> list[StorageClass]:
    apply_rules(provider, BEGIN + timedelta(days))
    return [each.storage_class for each in provider.list("videos/large")]


def test_objects_move_when_they_are_old_enough_and_what_is_small_stays(provider: LocalProvider):
    steps = (Transition(30, "INTELLIGENT_TIERING"), Transition(90, "GLACIER_IR"))
    provider.set_lifecycle_rules([LifecycleRule("cold", "videos/", transitions=steps)])

    assert classes_after(provider, 29) == [StorageClass.STANDARD]
    assert classes_after(provider, 30) == [StorageClass.INTELLIGENT_TIERING]
    assert classes_after(provider, 91) == [StorageClass.GLACIER_IR]
    assert provider.head("videos/small").storage_class is StorageClass.STANDARD
    assert provider.head("other/large").storage_class is StorageClass.STANDARD


def test_nothing_ever_moves_back_or_out_of_an_archive(provider: LocalProvider):
    provider.set_storage_class("videos/large", StorageClass.GLACIER_IR)
    provider.set_lifecycle_rules([LifecycleRule("up", transitions=(Transition(0, "STANDARD_IA"),))])
    assert classes_after(provider, 1) == [StorageClass.GLACIER_IR]

    provider.set_storage_class("videos/large", StorageClass.GLACIER)
    provider.set_lifecycle_rules([LifecycleRule("down", transitions=(Transition(0, "DEEP_ARCHIVE"),))])
    assert classes_after(provider, 1) == [StorageClass.GLACIER]


def test_what_has_expired_is_removed(provider: LocalProvider):
    provider.set_lifecycle_rules([LifecycleRule("expire", "videos/", expire_after_days=7)])

    apply_rules(provider, BEGIN + timedelta(days=6, hours=23))
    assert len(listed(provider)) == 3
    apply_rules(provider, BEGIN + timedelta(days=7))
    assert listed(provider) == ["other/large"]


def test_uploads_that_nobody_completes_are_aborted(provider: LocalProvider):
    provider.start_upload("videos/new", VIDEO)
    provider.start_upload("other/new", VIDEO)
    provider.set_lifecycle_rules([LifecycleRule("abort", "videos/", abort_unfinished_after_days=3)])

    apply_rules(provider, BEGIN + timedelta(days=3))

    assert [each.key for each in provider.unfinished_uploads()] == ["other/new"]


def test_rules_that_are_off_or_ask_for_tags_do_nothing(provider: LocalProvider):
    provider.set_lifecycle_rules([
        LifecycleRule("off", enabled=False, expire_after_days=1),
        LifecycleRule("tagged", tags={"kind": "original"}, expire_after_days=1),
    ])  # fmt: skip

    apply_rules(provider, BEGIN + timedelta(days=99))

    assert len(listed(provider)) == 3
