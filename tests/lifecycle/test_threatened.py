"""A rule that would remove what is on legal hold is found once a day, alerted, and no news once either is gone."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.alerts.defaults import DEFAULTS
from core.alerts.figure import Handles, Reading, Scope
from core.alerts.figures.registry import figures
from core.catalog.holds import Holds
from core.catalog.threatened import check_holds
from core.errors import StorageUnreachable
from core.settings import load_settings
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.local import LocalProvider
from core.storage.providers import Providers
from tests.catalog.videos import original, put, video
from tests.recommendations.small import NOW, Small

ANN = User("ann", Role.ADMIN, Via.PASSWORD)
EXPIRES = LifecycleRule("expire", "videos/", expire_after_days=30)
HARMLESS = (
    LifecycleRule("elsewhere", "exports/", expire_after_days=1),
    LifecycleRule("off", enabled=False, expire_after_days=1),
    LifecycleRule("moves", transitions=(Transition(30, "GLACIER_IR"),)),
)


@pytest.fixture
def bucket(small: Small) -> LocalProvider:
    """Two videos on hold lie in it, and one that is not."""
    for id in ("v1", "v2", "v3"):
        put(small.store.database, video(id), [("s3", [original(id)])])
    for id in ("v1", "v2"):
        holds(small).place(ANN, id, "A case.", NOW)
    small.provider.set_lifecycle_rules([EXPIRES, *HARMLESS])
    return small.provider


def holds(small: Small) -> Holds:
    return Holds(small.store.database, AuditLog(small.store.database))


def check(small: Small, *providers: LocalProvider, days: int = 0) -> None:
    check_holds(small.store.database, Providers(providers), NOW + timedelta(days))


def read(small: Small, days: int = 0) -> Sequence[Reading]:
    handles = Handles(small.store.database, lambda: small.store.warehouse, lambda: (), load_settings(), small.home)
    return figures(handles)["holds_threatened"].read(NOW + timedelta(days), Scope())


def test_before_the_first_look_and_without_a_worker_nothing_is_known(small: Small, bucket: LocalProvider):
    assert [(each.value, each.detail) for each in read(small)] == [
        (None, "It was not looked yet; the worker does so once a day.")
    ]
    check(small, bucket)
    (later,) = read(small, days=3)
    assert (later.value, later.detail.startswith("It was last looked at")) == (None, True)


def test_each_bucket_has_a_reading_with_its_rules_and_the_way_to_the_holds(small: Small, bucket: LocalProvider):
    check(small, bucket)
    (found,) = read(small)
    assert (found.value, found.subject, found.since) == (Decimal(2), "s3", NOW)
    assert found.detail == "Rules that remove objects of them, or their old versions: 'expire' after 30 days."
    assert found.link == "/lifecycle?section=Legal+holds"


def test_it_is_over_once_the_rule_is_gone(small: Small, bucket: LocalProvider):
    check(small, bucket)
    bucket.set_lifecycle_rules(HARMLESS)
    check(small, bucket, days=1)
    assert list(read(small, days=1)) == []


def test_a_hold_that_is_released_counts_no_more_at_once(small: Small, bucket: LocalProvider):
    check(small, bucket)
    holds(small).release(ANN, "v1", NOW)
    assert [each.value for each in read(small)] == [1]
    holds(small).release(ANN, "v2", NOW)
    assert list(read(small)) == []


def test_what_is_found_again_is_known_since_the_first_time(small: Small, bucket: LocalProvider):
    check(small, bucket)
    check(small, bucket, days=1)
    assert [each.since for each in read(small, days=1)] == [NOW]


def test_of_a_bucket_that_does_not_answer_stays_what_was_found(
    small: Small, bucket: LocalProvider, monkeypatch: pytest.MonkeyPatch
):
    check(small, bucket)

    def silent() -> None:
        raise StorageUnreachable("s3 does not answer.")

    monkeypatch.setattr(bucket, "lifecycle_rules", silent)
    with pytest.raises(StorageUnreachable):
        check(small, bucket, days=1)
    assert [each.value for each in read(small, days=1)] == [2]


def test_a_bucket_that_is_configured_no_more_is_forgotten(small: Small, bucket: LocalProvider):
    check(small, bucket)
    check(small, days=1)
    assert list(read(small, days=1)) == []


def test_an_installation_begins_with_a_rule_on_it():
    (rule,) = [each for each in DEFAULTS if each.figure == "holds_threatened"]
    assert (rule.threshold, rule.severity) == (Decimal(0), cast(object, "critical"))
