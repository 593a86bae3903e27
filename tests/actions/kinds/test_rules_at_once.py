"""Two kinds of actions write the rules of one bucket at once, and neither loses the other's: S3 takes all or none."""

from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from core.access.audit import AuditLog
from core.actions.action import Action, Kind, Phase
from core.actions.actions import Actions
from core.actions.cloud import Cloud
from core.actions.doing import Doer
from core.actions.handles import Handles
from core.actions.kinds.lifecycle_policy import LifecyclePolicy
from core.actions.kinds.storage_class import StorageClassChange
from core.catalog.video import Kind as Of
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_told import told
from core.storage.provider import StorageProvider
from core.storage.providers import Providers
from core.units import KIB
from tests.actions.conftest import OLGA
from tests.actions.kinds.conftest import Making
from tests.actions.kinds.workplace import Workplace

TIDY = LifecycleRule("phyght-tidy", abort_unfinished_after_days=7)
THEIRS = LifecycleRule("theirs", "logs/", expire_after_days=3)


@pytest.fixture
def place(provider: StorageProvider, made: Making) -> Workplace:
    place = made(provider, StorageClassChange)
    place.film("v", (Of.ORIGINAL, "original", 256 * KIB))
    place.provider.set_lifecycle_rules([THEIRS])
    return place


class Between:
    """The first write waits until somebody else was asked for the same, and had time to do it if nothing holds it."""

    def __init__(self, place: Workplace, other: Thread, done: Event) -> None:
        self._write, self._other, self._done = place.provider.set_lifecycle_rules, other, done
        self._is_first = True

    def __call__(self, rules: Iterable[LifecycleRule]) -> None:
        if self._is_first:
            self._is_first = False
            self._other.start()
            self._done.wait(2)  # where it is held back, this goes on
        self._write(rules)


def actions_of(place: Workplace, locks: Path) -> Actions:
    cloud: Any = place.cloud
    shared = Cloud(cloud.providers, cloud.database, cloud.prices, cloud.clock, locks=locks)
    handlers = {
        Kind.CHANGE_STORAGE_CLASS: StorageClassChange(shared),
        Kind.PUT_LIFECYCLE_POLICY: LifecyclePolicy(Providers((place.provider,)), place.database, locks),
    }
    return Actions(Handles(place.database, AuditLog(place.database), lambda: place.time.now, handlers))


def test_no_rule_is_lost(place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    actions, name, now = actions_of(place, tmp_path / "locks"), place.provider.name, place.time.now
    wanted = (
        Action(Kind.CHANGE_STORAGE_CLASS, name, {"storage_class": "GLACIER_IR", "kind": "original"}),
        Action(Kind.PUT_LIFECYCLE_POLICY, name, {"rules": [told(TIDY)]}),
    )
    first, second = (actions.apply(OLGA, actions.preview(OLGA, each, now), now) for each in wanted)
    done = Event()

    def do_second() -> None:
        Doer(actions.handles).do(second, lambda: False)
        done.set()

    other = Thread(target=do_second)
    monkeypatch.setattr(place.provider, "set_lifecycle_rules", Between(place, other, done))
    Doer(actions.handles).do(first, lambda: False)
    other.join()

    assert [actions.taken(OLGA, id).phase for id in (first, second)] == [Phase.APPLIED, Phase.APPLIED]
    assert {each.id for each in place.provider.lifecycle_rules()} == {"theirs", "phyght-tier-glacier-ir", "phyght-tidy"}
