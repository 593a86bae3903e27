"""Lifecycle rules are put beside those of others, and taken away again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.actions.action import Action, Confirmation, Kind, Phase, Step
from core.actions.actions import Actions
from core.actions.doing import Doer
from core.actions.handles import Handles
from core.actions.kinds.lifecycle_policy import LifecyclePolicy
from core.catalog.holds import Holds
from core.database import Database
from core.errors import ActionRefused, StateChanged
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.lifecycle_told import told
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, LifecycleRules
from core.storage.providers import Providers
from core.storage.s3 import S3Provider
from tests.actions.conftest import LATER, NOW, OLGA, VIC
from tests.catalog.videos import original, put, video
from tests.storage.test_s3_lifecycle import STRANGE
from tests.support.databases import fresh_database
from tests.support.strict_s3 import StrictS3

ANN = User("ann", Role.ADMIN, Via.PASSWORD)
COLD = LifecycleRule("phyght-cold", "videos/", {"kind": "original"}, transitions=(Transition(30, "GLACIER_IR"),))
TIDY = LifecycleRule("phyght-tidy", abort_unfinished_after_days=7)
THEIRS = LifecycleRule("theirs", "videos/", transitions=(Transition(90, "STANDARD_IA"),))


class House:
    def __init__(self, provider: LifecycleRules, database: Database) -> None:
        self.provider = provider
        handlers = {Kind.PUT_LIFECYCLE_POLICY: LifecyclePolicy(Providers((provider,)), database)}
        self.actions = Actions(Handles(database, AuditLog(database), lambda: LATER, handlers))
        self.doer = Doer(self.actions.handles)

    def put(self, *rules: LifecycleRule, remove: tuple[str, ...] = ()) -> Action:
        terms = {"rules": [told(each) for each in rules], "remove": list(remove)}
        return Action(Kind.PUT_LIFECYCLE_POLICY, self.provider.name, terms)

    def apply(self, action: Action) -> str:
        id = self.actions.apply(OLGA, self.actions.preview(OLGA, action, NOW), NOW)
        self.doer.do(id, lambda: False)
        return id

    def undo(self, id: str) -> None:
        self.actions.undo(OLGA, id, LATER)
        self.doer.do(id, lambda: False)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path / "phyght.db")


@pytest.fixture
def local(tmp_path: Path, database: Database) -> House:
    return House(LocalProvider(tmp_path / "folder", b"x" * 32, lambda: NOW), database)


@pytest.fixture
def bucket(s3_provider: S3Provider, database: Database) -> House:
    return House(s3_provider, database)


@pytest.fixture(params=["local", "bucket"])
def house(request: pytest.FixtureRequest) -> House:
    return request.getfixturevalue(request.param)


def test_a_rule_is_added_beside_others_and_taken_away_again(house: House):
    house.provider.set_lifecycle_rules([THEIRS])
    id = house.apply(house.put(COLD))
    assert set(map(by_id, house.provider.lifecycle_rules())) == {"theirs", "phyght-cold"}
    house.undo(id)
    assert house.provider.lifecycle_rules() == (THEIRS,)
    assert house.actions.taken(VIC, id).phase is Phase.UNDONE


def test_a_changed_and_a_removed_rule_come_back_as_they_were(house: House):
    house.provider.set_lifecycle_rules([COLD, TIDY])
    later = replace(COLD, transitions=(Transition(60, "DEEP_ARCHIVE"),))
    id = house.apply(house.put(later, remove=("phyght-tidy",)))
    assert house.provider.lifecycle_rules() == (later,)
    house.undo(id)
    assert sorted(house.provider.lifecycle_rules(), key=by_id) == [COLD, TIDY]


def test_the_preview_says_each_difference_in_words(house: House):
    house.provider.set_lifecycle_rules([TIDY])
    preview = house.actions.preview(OLGA, house.put(COLD, remove=("phyght-tidy",)), NOW)
    assert preview.summary == (f"Adds phyght-cold and removes phyght-tidy, lifecycle rules of {house.provider.bucket}.")
    assert [(each.what, each.before, each.after) for each in preview.differences] == [
        ("phyght-tidy", "all objects: unfinished uploads aborted after 7 days", ""),
        (
            "phyght-cold",
            "",
            "objects below videos/ tagged kind=original: to Glacier Instant Retrieval after 30 days",
        ),
    ]
    assert preview.undo.possible


def test_rules_about_the_same_objects_are_told(house: House):
    house.provider.set_lifecycle_rules([THEIRS])
    (warning,) = house.actions.preview(OLGA, house.put(COLD), NOW).warnings
    assert warning.startswith("phyght-cold and theirs are about some of the same objects")
    elsewhere = replace(COLD, prefix="logs/")
    assert house.actions.preview(OLGA, house.put(elsewhere), NOW).warnings == ()


def test_what_removes_objects_is_warned_of(house: House):
    expiring = LifecycleRule("phyght-old", "tmp/", expire_after_days=365)
    (warning,) = house.actions.preview(OLGA, house.put(expiring), NOW).warnings
    assert "removes objects for good" in warning


def fill(house: House, *keys: str) -> None:
    for key in keys:
        house.provider.write(key, [b"x"], Attributes("video/mp4"))


def removing(prefix: str, **terms: Any) -> LifecycleRule:
    return LifecycleRule("phyght-old", prefix, expire_after_days=365, **terms)


def test_a_rule_that_in_time_removes_most_of_a_bucket_is_confirmed_by_its_name(house: House):
    fill(house, "videos/a", "videos/b", "logs/a")
    seen = house.actions.preview(OLGA, house.put(removing("videos/")), NOW)
    name = house.provider.bucket

    assert seen.confirm == Confirmation(
        name, f"It removes most of {name} for good: 2 of 3 objects that lie there, once each is old enough."
    )
    for wrong in ("", "yes", name.upper()):
        with pytest.raises(ActionRefused, match=f"confirmed with the name {name}"):
            house.actions.apply(OLGA, seen, NOW, confirmed=wrong)
    assert house.provider.lifecycle_rules() == ()
    house.doer.do(house.actions.apply(OLGA, seen, NOW, confirmed=name), lambda: False)
    assert house.provider.lifecycle_rules() == (removing("videos/"),)


def test_most_of_the_originals_are_asked_for_too(local: House, database: Database):
    film = original("v1")
    put(database, video("v1"), [("local", [film])])
    fill(local, film.key, "a/1", "a/2", "a/3")
    confirm = local.actions.preview(OLGA, local.put(removing("videos/")), NOW).confirm
    assert confirm is not None
    assert "1 of 4 objects and 1 of 1 original" in confirm.why


@pytest.mark.parametrize(
    "rule",
    [
        removing("logs/"),
        removing("", larger_than_bytes=1),
        replace(removing("videos/"), enabled=False),
        replace(removing("videos/"), expire_after_days=None, transitions=(Transition(1, "GLACIER_IR"),)),
    ],
    ids=["a part", "none of these sizes", "off", "moves only"],
)
def test_what_removes_less_takes_one_click(local: House, rule: LifecycleRule):
    fill(local, "videos/a", "logs/a")
    assert local.actions.preview(OLGA, local.put(rule), NOW).confirm is None


def test_two_rules_that_together_remove_most_are_asked_for(local: House):
    fill(local, "a/1", "b/1", "c/1")
    both = removing("a/"), replace(removing("b/"), id="phyght-b")
    assert local.actions.preview(OLGA, local.put(*both), NOW).confirm is not None


def test_a_rule_about_whatever_comes_is_asked_for_while_the_bucket_is_empty(local: House):
    confirm = local.actions.preview(OLGA, local.put(removing("")), NOW).confirm
    assert confirm is not None
    assert confirm.why.endswith("for good: whatever comes to lie there.")


def test_a_rule_changed_in_the_console_meanwhile_is_noticed(house: House):
    seen = house.actions.preview(OLGA, house.put(COLD), NOW)
    house.provider.set_lifecycle_rules([THEIRS])
    with pytest.raises(StateChanged):
        house.actions.apply(OLGA, seen, NOW)
    assert house.provider.lifecycle_rules() == (THEIRS,)


def test_a_rule_changed_in_the_console_before_the_undo_is_left_alone(house: House):
    id = house.apply(house.put(COLD))
    theirs_now = replace(COLD, enabled=False)
    house.provider.set_lifecycle_rules([theirs_now])
    house.undo(id)
    assert house.provider.lifecycle_rules() == (theirs_now,)


def test_the_rule_of_somebody_else_is_never_taken_for_ours(house: House):
    with pytest.raises(ActionRefused, match="'theirs' is not one of ours"):
        house.actions.preview(OLGA, house.put(THEIRS), NOW)
    with pytest.raises(ActionRefused, match="not one of ours"):
        house.actions.preview(OLGA, house.put(remove=("theirs",)), NOW)


def test_rules_that_are_there_already_are_nothing_to_do(house: House):
    house.provider.set_lifecycle_rules([COLD])
    with pytest.raises(ActionRefused, match="has these rules already"):
        house.actions.preview(OLGA, house.put(COLD), NOW)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"rules": [{"prefix": "a/"}]},
        {"rules": [{"id": "phyght-a", "colour": "red"}]},
        {"rules": "abc"},
        {"rules": [{"id": 5}]},
        {"rules": [{"id": "phyght-a", "tags": [1]}]},
        {"rules": [{"id": "phyght-a", "expire_after_days": "soon"}]},
        {"rules": [{"id": "phyght-a", "expire_after_days": 1.5}]},
        {"rules": [{"id": "phyght-a", "transitions": [{"after_days": 1, "storage_class": "BANANA"}]}]},
        {"rules": 5},
        {"remove": 5},
    ],
)
def test_what_is_no_rule_is_refused(house: House, nonsense: dict[str, object]):
    with pytest.raises(ActionRefused, match="cannot be read"):
        house.actions.preview(OLGA, Action(Kind.PUT_LIFECYCLE_POLICY, house.provider.name, nonsense), NOW)


def test_two_rules_of_one_id_are_refused(local: House):
    with pytest.raises(ActionRefused, match="same id"):
        local.actions.preview(OLGA, local.put(COLD, replace(COLD, prefix="b/")), NOW)


def test_undoing_a_removal_brings_back_no_rule_that_would_remove_what_is_held_by_now(local: House, database: Database):
    old = LifecycleRule("phyght-old", "videos/", expire_after_days=9)
    local.provider.set_lifecycle_rules([old])
    id = local.apply(local.put(remove=("phyght-old",)))
    put(database, video("v1"), [("local", [original("v1")])])
    Holds(database, AuditLog(database)).place(ANN, "v1", "case", NOW)
    local.undo(id)
    assert local.provider.lifecycle_rules() == ()
    [kept] = local.actions.items(VIC, id, Step.KEPT)
    assert "1 video on legal hold" in kept.problem


def test_a_hold_placed_before_the_worker_came_stops_it(local: House, database: Database):
    old = LifecycleRule("phyght-old", "videos/", expire_noncurrent_after_days=9)
    id = local.actions.apply(OLGA, local.actions.preview(OLGA, local.put(old), NOW), NOW)
    put(database, video("v1"), [("local", [original("v1")])])
    Holds(database, AuditLog(database)).place(ANN, "v1", "case", NOW)
    local.doer.do(id, lambda: False)
    assert local.provider.lifecycle_rules() == ()
    assert "legal hold" in local.actions.taken(VIC, id).problem


def test_a_bucket_takes_no_more_than_a_thousand_rules(local: House):
    many = [replace(THEIRS, id=f"theirs-{number}", prefix=f"{number}/") for number in range(999)]
    local.provider.set_lifecycle_rules(many)
    assert local.actions.preview(OLGA, local.put(COLD), NOW).items
    with pytest.raises(ActionRefused, match="would have 1,001 rules"):
        local.actions.preview(OLGA, local.put(COLD, TIDY), NOW)


def test_nine_hundred_rules_of_others_stay_to_the_letter(bucket: House):
    many = [replace(THEIRS, id=f"theirs-{number}", prefix=f"{number}/") for number in range(900)]
    bucket.provider.set_lifecycle_rules(many)
    id = bucket.apply(bucket.put(COLD))
    assert list(bucket.provider.lifecycle_rules()) == [*many, COLD]
    bucket.undo(id)
    assert list(bucket.provider.lifecycle_rules()) == many


def test_a_rule_that_ours_cannot_say_stays_in_the_bucket(bucket: House, s3: StrictS3):
    client = bucket.provider._bucket.client  # type: ignore[attr-defined]
    client.put_bucket_lifecycle_configuration(Bucket=s3.bucket, LifecycleConfiguration={"Rules": [STRANGE]})
    id = bucket.apply(bucket.put(COLD))
    bucket.undo(id)
    (left,) = client.get_bucket_lifecycle_configuration(Bucket=s3.bucket)["Rules"]
    assert left["NoncurrentVersionTransitions"] == STRANGE["NoncurrentVersionTransitions"]
    assert left["Expiration"] == STRANGE["Expiration"]


def test_rules_that_somebody_else_overwrites_at_that_moment_are_put_again(local: House, monkeypatch):
    put = local.provider.set_lifecycle_rules

    def overwritten(rules: Iterable[LifecycleRule]) -> None:
        put(rules)
        put([THEIRS])
        monkeypatch.undo()

    monkeypatch.setattr(local.provider, "set_lifecycle_rules", overwritten)
    id = local.apply(local.put(COLD))
    assert local.actions.taken(VIC, id).phase is Phase.APPLYING
    local.doer.do(id, lambda: False)
    assert local.provider.lifecycle_rules() == (THEIRS, COLD)


RULES = st.lists(st.sampled_from("abc"), unique=True).map(
    lambda names: [LifecycleRule(f"phyght-{name}", f"{name}/", expire_after_days=len(names)) for name in names]
)


@given(before=RULES, wanted=RULES, theirs=st.sampled_from([(), (THEIRS,)]))
def test_applied_and_undone_the_bucket_is_as_before(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[LifecycleRule],
    wanted: list[LifecycleRule],
    theirs: tuple[LifecycleRule, ...],
):
    folder = tmp_path_factory.mktemp("rules")
    house = House(
        LocalProvider(folder / "folder", b"x" * 32, lambda: datetime.now(UTC)), fresh_database(folder / "phyght.db")
    )
    house.provider.set_lifecycle_rules([*theirs, *before])
    gone = tuple(each.id for each in before if each.id not in map(by_id, wanted))
    try:
        id = house.apply(house.put(*wanted, remove=gone))
    except ActionRefused:
        assert sorted(before, key=by_id) == sorted(wanted, key=by_id)
        return
    assert sorted(house.provider.lifecycle_rules(), key=by_id) == sorted([*theirs, *wanted], key=by_id)
    house.undo(id)
    assert sorted(house.provider.lifecycle_rules(), key=by_id) == sorted([*theirs, *before], key=by_id)


def by_id(rule: LifecycleRule) -> str:
    return rule.id
