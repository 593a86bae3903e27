"""Rules are read as they are, said in words and stages, taken from and given as S3's JSON; what would go is named."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
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
from core.lifecycle.expiry import Going, going, tomorrow
from core.lifecycle.standing import Stage, stages, standing, version_stages
from core.lifecycle.templates import TEMPLATES
from core.storage.lifecycle import LifecycleRule, NoncurrentTransition, Transition
from core.storage.lifecycle_told import told
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.providers import Providers
from core.units import MIB
from tests.actions.kinds.conftest import bucket, s3
from tests.catalog.videos import original, put, video
from tests.support.databases import fresh_database
from tests.support.strict_s3 import StrictS3

__all__ = ["bucket", "s3"]

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ANN = User("ann", Role.ADMIN, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)
OLD = LifecycleRule("phyght-old", "videos/", expire_after_days=365)
VERSIONS = LifecycleRule(
    "phyght-versions", "videos/", expire_noncurrent_after_days=90, keep_newest_noncurrent=3,
    noncurrent_transitions=(NoncurrentTransition(30, "GLACIER_IR", 1), NoncurrentTransition(60, "GLACIER", 2)),
)  # fmt: skip
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


def gone(database: Database, provider: LocalProvider, *rules: LifecycleRule, day: date | None = None) -> list[Going]:
    return list(going(VIC, database, provider, rules, day or tomorrow(NOW)))


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


def test_noncurrent_versions_have_stages_of_their_own():
    assert stages(VERSIONS) == ()
    assert version_stages(VERSIONS) == (
        Stage(30, StorageClass.GLACIER_IR), Stage(60, StorageClass.GLACIER), Stage(90, None),
    )  # fmt: skip
    assert in_words(VERSIONS) == (
        "objects below videos/: noncurrent versions but the newest one to Glacier Instant Retrieval after 30 days, "
        "noncurrent versions but the newest 2 to Glacier Flexible Retrieval after 60 days, and noncurrent versions but "
        "the newest 3 removed after 90 days"
    )


def test_versions_that_a_rule_spares_are_imported_as_s3_says_them():
    document = {"Rules": [{
        "ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""},
        "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER"}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3},
    }]}  # fmt: skip
    [found] = imported(json.dumps(document), there=())
    assert (found.expire_noncurrent_after_days, found.keep_newest_noncurrent) == (90, 3)
    assert found.noncurrent_transitions == (NoncurrentTransition(30, "GLACIER"),)
    assert json.loads(exported([found])) == {"Rules": [document["Rules"][0] | {"ID": "phyght-old"}]}


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
        VERSIONS,
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
        ([{}], "The rule 'a': it does nothing"),
        ([{"Expiration": {"Days": -3}}], "The rule 'a': a number of days is too small"),
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

    [found] = gone(database, provider, OLD)
    assert (found.objects, found.size_bytes, [each.key for each in found.first]) == (1, 100, ["videos/a/original.mp4"])
    assert found.day == date(2026, 12, 1)
    assert found.in_words == "1 object, 100 bytes"
    assert gone(database, provider, OLD, day=date(2026, 12, 2))[0].objects == 2
    assert gone(database, provider, LifecycleRule("tidy"))[0].objects == 0


@pytest.mark.parametrize(
    ("written", "day", "objects"),
    [
        (datetime(2026, 11, 29, 23, 59, tzinfo=UTC), date(2026, 12, 1), 1),
        (datetime(2026, 11, 30, 0, 0, tzinfo=UTC), date(2026, 12, 1), 1),
        (datetime(2026, 11, 30, 0, 1, tzinfo=UTC), date(2026, 12, 1), 0),
        (datetime(2026, 11, 30, 0, 1, tzinfo=UTC), date(2026, 12, 2), 1),
    ],
)
def test_days_are_counted_to_the_midnight_after_them_as_s3_does(
    database: Database, provider: LocalProvider, clock: Clock, written: datetime, day: date, objects: int
):
    clock.now = written
    write(provider, "a")
    assert gone(database, provider, LifecycleRule("day", expire_after_days=1), day=day)[0].objects == objects


def test_whatever_the_hour_what_goes_by_tomorrow_is_the_same():
    assert {tomorrow(datetime(2026, 11, 30, hour, tzinfo=UTC)) for hour in (0, 12, 23)} == {date(2026, 12, 1)}


def test_a_bucket_is_listed_once_for_all_rules(
    database: Database, provider: LocalProvider, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    clock.now = NOW - timedelta(days=400)
    write(provider, "videos/a/original.mp4")
    write(provider, "logs/a")
    asked, listing = list[str](), provider.list
    monkeypatch.setattr(provider, "list", lambda prefix="": asked.append(prefix) or listing(prefix))

    within = LifecycleRule("within", "videos/a/", expire_after_days=10)
    logs = LifecycleRule("logs", "logs/", expire_after_days=10)
    found = gone(database, provider, OLD, within, logs, LifecycleRule("tidy", "x/", abort_unfinished_after_days=7))

    assert [each.objects for each in found] == [1, 1, 1, 0]
    assert asked == ["logs/", "videos/"], "what lies below another prefix was listed with it"


def test_what_is_held_is_named_among_it(database: Database, provider: LocalProvider, clock: Clock):
    clock.now = NOW - timedelta(days=400)
    write(provider, "videos/v1/original.mp4")
    put(database, video("v1"), [("local", [original("v1")])])
    Holds(database, AuditLog(database)).place(ANN, "v1", "case", NOW)
    assert gone(database, provider, OLD)[0].held == ("videos/v1/original.mp4",)


def test_a_rule_that_would_remove_what_is_held_is_refused(database: Database, provider: LocalProvider):
    put(database, video("v1"), [("local", [original("v1")])])
    policy = LifecyclePolicy(Providers((provider,)), database)
    action = Action(Kind.PUT_LIFECYCLE_POLICY, "local", {"rules": [told(OLD)]})
    assert policy.preview(action, NOW).items
    holds = Holds(database, AuditLog(database))
    holds.place(ANN, "v1", "case", NOW)
    with pytest.raises(
        ActionRefused, match="The rule 'phyght-old' would remove objects of 1 video on legal hold below videos/"
    ):
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
    assert [each.key for each in gone(database, provider, rule)[0].first] == ["b"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.name)
def test_each_template_is_a_rule_of_ours_that_is_put(database: Database, provider: LocalProvider, template):
    action = Action(Kind.PUT_LIFECYCLE_POLICY, "local", {"rules": [told(template.rule)]})
    preview = LifecyclePolicy(Providers((provider,)), database).preview(action, NOW)
    assert preview.differences[0].after == in_words(template.rule)


def test_only_who_may_see_savings_sees_what_would_go(database: Database, provider: LocalProvider, monkeypatch):
    monkeypatch.setattr(User, "may", lambda *_: False)
    for ask in (lambda: standing(VIC, Providers((provider,))), lambda: gone(database, provider, OLD)):
        with pytest.raises(PermissionDenied):
            ask()


def test_versions_that_would_go_are_counted_but_for_the_newest_that_are_kept(
    database: Database, s3: StrictS3, bucket: StorageProvider
):
    s3.client().put_bucket_versioning(Bucket="videos", VersioningConfiguration={"Status": "Enabled"})
    for size in (1, 2, 4, 8):
        bucket.write("videos/a", [b"x" * size], Attributes("video/mp4"))
    bucket.write("other/a", [b"x"], Attributes("video/mp4"))
    rule = LifecycleRule("old", "videos/", expire_noncurrent_after_days=30)
    later = datetime.now(UTC).date() + timedelta(days=32)

    [found] = going(VIC, database, bucket, [rule], later)
    [spared] = going(VIC, database, bucket, [replace(rule, keep_newest_noncurrent=2)], later)
    [early] = going(VIC, database, bucket, [rule], later - timedelta(days=5))

    assert (found.objects, found.versions, found.versions_bytes) == (0, 3, 7)
    assert found.in_words == "0 objects, 0 bytes, and 3 noncurrent versions, 7 bytes"
    assert (spared.versions, spared.versions_bytes) == (1, 1), "the oldest one"
    assert early.versions == 0
