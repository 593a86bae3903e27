"""Rules are read as they are, said in words and stages, taken from and given as S3's JSON; what would go is named."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.actions.action import Action, Kind
from core.actions.kinds.lifecycle_policy import LifecyclePolicy
from core.actions.kinds.rule_words import in_words
from core.catalog.holds import Holds, threats
from core.catalog.moved import follow_rules
from core.database import Database
from core.errors import ActionRefused, PermissionDenied, RulesRefused, StorageUnreachable
from core.lifecycle.documents import exported, imported
from core.lifecycle.expiry import going
from core.lifecycle.standing import Stage, stages, standing
from core.lifecycle.templates import TEMPLATES
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.lifecycle_told import told
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass
from core.storage.providers import Providers
from core.units import MIB
from tests.catalog.videos import original, put, video
from tests.support.databases import fresh_database

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ANN = User("ann", Role.ADMIN, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)
OLD = LifecycleRule("phyght-old", "videos/", expire_after_days=365)
THUMB = LifecycleRule(
    "phyght-thumb", "videos/",
    transitions=(Transition(30, "STANDARD_IA"), Transition(90, "GLACIER"), Transition(400, "DEEP_ARCHIVE")),
    expire_after_days=365,
)  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path / "phyght.db")


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(tmp_path: Path, clock: Clock) -> LocalProvider:
    return LocalProvider(tmp_path / "folder", b"x" * 32, clock)


def write(provider: LocalProvider, key: str, size: int = 10) -> None:
    provider.write(key, [b"x" * size], Attributes("video/mp4"))


def test_the_rules_of_each_bucket_are_said_in_words(provider: LocalProvider):
    theirs = LifecycleRule("theirs", tags={"kind": "raw"}, larger_than_bytes=MIB, expire_after_days=1)
    provider.set_lifecycle_rules([THUMB, theirs])
    (bucket,) = standing(VIC, Providers((provider,)))
    assert [(each.is_ours, each.words) for each in bucket.rules] == [
        (
            True,
            "objects below videos/: to Standard-IA after 30 days, to Glacier Flexible Retrieval after 90 days, "
            "to Glacier Deep Archive after 400 days, and removed after 365 days",
        ),
        (False, "all objects tagged kind=raw of more than 1 MiB: removed after 1 day"),
    ]


def test_stages_are_what_becomes_of_an_object_by_its_age(provider: LocalProvider):
    assert stages(THUMB) == (
        Stage(30, StorageClass.STANDARD_IA), Stage(90, StorageClass.GLACIER), Stage(365, None),
    ), "what is removed after 365 days moves nowhere after 400"  # fmt: skip
    assert stages(LifecycleRule("tidy", abort_unfinished_after_days=7)) == ()


def test_a_bucket_whose_rules_cannot_be_read_says_why_and_the_others_are_shown(provider: LocalProvider, monkeypatch):
    def fail() -> None:
        raise StorageUnreachable("No network.", "Try again.")

    other = LocalProvider(provider.folder.parent / "other", b"x" * 32, lambda: NOW, "other")
    monkeypatch.setattr(provider, "lifecycle_rules", fail)
    found = standing(VIC, Providers((provider, other)))
    assert [(each.provider, each.problem) for each in found] == [("local", "No network. Try again."), ("other", "")]


def test_what_is_exported_is_imported_as_it_was():
    rules = [
        replace(THUMB, expire_after_days=500),
        LifecycleRule("phyght-raw", tags={"a": "b", "c": "d"}, expire_noncurrent_after_days=3),
    ]
    assert imported(exported(rules), there=()) == tuple(rules)
    assert imported(exported(rules), there=rules) == ()


def test_rules_of_others_are_imported_as_ours_with_names_of_their_own():
    document = {"Rules": [
        {"ID": "cold", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 3}},
        {"Status": "Enabled", "Prefix": "b/", "Expiration": {"Days": 4}},
    ]}  # fmt: skip
    found = imported(json.dumps(document), there=())
    assert [(each.id, each.prefix, each.expire_after_days) for each in found] == [
        ("phyght-cold", "a/", 3), ("phyght-imported-2", "b/", 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no lifecycle configuration"),
        ("[]", "no lifecycle configuration"),
        ('{"Rules": 3}', "no lifecycle configuration"),
        ('{"Rules": [{"ID": "a"}]}', "Rule 1, 'a', of the document cannot be read"),
        ('{"Rules": [7]}', "Rule 1 of the document cannot be read"),
        (
            '{"Rules": [{"ID": ["a"], "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}',
            "cannot be read",
        ),
        (
            '{"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": "soon"}}]}',
            "cannot be read",
        ),
        (
            '{"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1.5}}]}',
            "cannot be read",
        ),
        (
            '{"Rules": [{"ID": "a", "Status": "Enabled", "Prefix": "", '
            '"Transitions": [{"Days": 1, "StorageClass": "BANANA"}]}]}',
            "cannot be read",
        ),
        (
            '{"Rules": [{"ID": "a", "Status": "Enabled", "Prefix": {"a": 1}, "Expiration": {"Days": 1}}]}',
            "of the document cannot be read",
        ),
        (
            '{"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Date": "2027-01-01"}}]}',
            "'a' has Date",
        ),
    ],
)
def test_a_document_that_cannot_be_taken_is_refused_with_the_reason(text: str, said: str):
    with pytest.raises(ActionRefused, match=said):
        imported(text, there=())


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([{}], "a: it does nothing"),
        ([{"Expiration": {"Days": -3}}], "a: a number of days is too small"),
    ],
)
def test_what_s3_would_not_take_is_refused_by_name(rules: list[dict[str, object]], said: str):
    document = {"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}} | each for each in rules]}
    with pytest.raises(RulesRefused, match=said):
        imported(json.dumps(document), there=())


def test_of_two_rules_of_one_name_none_is_lost_in_silence():
    rule = {"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 3}}
    with pytest.raises(ActionRefused, match="'a' twice"):
        imported(json.dumps({"Rules": [rule, rule]}), there=())


def test_an_imported_rule_does_not_take_the_place_of_ours_that_is_called_alike():
    ours = LifecycleRule("phyght-cold", "videos/", expire_after_days=9)
    rule = {"ID": "cold", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 3}}
    assert [each.id for each in imported(json.dumps({"Rules": [rule]}), [ours])] == ["phyght-cold-imported"]


def test_what_would_go_is_exactly_what_is_old_enough(database: Database, provider: LocalProvider, clock: Clock):
    clock.now = NOW - timedelta(days=365)
    write(provider, "videos/a/original.mp4", 100)
    write(provider, "other/a", 50)
    clock.now = NOW - timedelta(days=364)
    write(provider, "videos/b/original.mp4", 30)
    clock.now = NOW

    found = going(VIC, database, provider, OLD, NOW)
    assert (found.objects, found.size_bytes, [each.key for each in found.first]) == (1, 100, ["videos/a/original.mp4"])
    assert going(VIC, database, provider, OLD, NOW + timedelta(days=1)).objects == 2
    assert going(VIC, database, provider, LifecycleRule("tidy"), NOW).objects == 0


def test_what_is_held_is_named_among_it(database: Database, provider: LocalProvider, clock: Clock):
    clock.now = NOW - timedelta(days=400)
    write(provider, "videos/v1/original.mp4")
    put(database, video("v1"), [("local", [original("v1")])])
    Holds(database, AuditLog(database)).place(ANN, "v1", "case", NOW)
    assert going(VIC, database, provider, OLD, NOW).held == ("videos/v1/original.mp4",)


def test_a_rule_that_would_remove_what_is_held_is_refused(database: Database, provider: LocalProvider):
    put(database, video("v1"), [("local", [original("v1")])])
    policy = LifecyclePolicy(Providers((provider,)), database)
    action = Action(Kind.PUT_LIFECYCLE_POLICY, "local", {"rules": [told(OLD)]})
    assert policy.preview(action, NOW).items
    holds = Holds(database, AuditLog(database))
    holds.place(ANN, "v1", "case", NOW)
    with pytest.raises(ActionRefused, match="phyght-old would remove objects of 1 video on legal hold below videos/"):
        policy.preview(action, NOW)
    holds.release(ANN, "v1", NOW)
    assert policy.preview(action, NOW).items


def test_a_rule_set_before_the_hold_is_told_and_this_machines_folder_keeps_what_is_held(
    database: Database, provider: LocalProvider, clock: Clock
):
    clock.now = NOW - timedelta(days=400)
    write(provider, "videos/v1/original.mp4")
    write(provider, "videos/v2/original.mp4")
    put(database, video("v1"), [("local", [original("v1")])])
    provider.set_lifecycle_rules([OLD])
    assert list(threats(database, Providers((provider,)))) == []
    Holds(database, AuditLog(database)).place(ANN, "v1", "case", NOW)
    [threat] = threats(database, Providers((provider,)))
    assert threat.startswith("The rule 'phyght-old' of local removes objects of 1 video on legal hold")
    assert threat.endswith("after 365 days.")
    clock.now = NOW
    follow_rules(database, provider, clock)
    assert [each.key for each in provider.list()] == ["videos/v1/original.mp4"]


def test_a_larger_object_is_what_a_rule_of_sizes_is_about(database: Database, provider: LocalProvider, clock: Clock):
    clock.now = NOW - timedelta(days=9)
    write(provider, "a", 100)
    write(provider, "b", 101)
    write(provider, "c", 200)
    rule = LifecycleRule("phyght-size", larger_than_bytes=100, smaller_than_bytes=200, expire_after_days=9)
    assert [each.key for each in going(VIC, database, provider, rule, NOW).first] == ["b"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.name)
def test_each_template_is_a_rule_of_ours_that_is_put(database: Database, provider: LocalProvider, template):
    action = Action(Kind.PUT_LIFECYCLE_POLICY, "local", {"rules": [told(template.rule)]})
    preview = LifecyclePolicy(Providers((provider,)), database).preview(action, NOW)
    assert preview.differences[0].after == in_words(template.rule)


def test_only_who_may_see_savings_sees_what_would_go(database: Database, provider: LocalProvider, monkeypatch):
    monkeypatch.setattr(User, "may", lambda *_: False)
    for ask in (lambda: standing(VIC, Providers((provider,))), lambda: going(VIC, database, provider, OLD, NOW)):
        with pytest.raises(PermissionDenied):
            ask()
