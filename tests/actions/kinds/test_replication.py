"""What is written is copied to another bucket from now on; the rules of others stay, and the rule goes again."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import boto3
import pytest

from core.actions.action import Phase, Step
from core.actions.kinds.replication import ReplicationSetUp
from core.catalog.moved import follow_rules
from core.errors import ActionRefused, ObjectNotFound, RulesRefused, StateChanged, StorageDenied
from core.storage.lifecycle import LifecycleRule
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass
from core.storage.replication import ObjectState, ReplicationRule
from core.storage.s3 import S3Provider
from tests.actions.conftest import OLGA, VIC
from tests.actions.kinds.conftest import Making
from tests.actions.kinds.workplace import Time, Workplace
from tests.support.strict_aws import StrictAws, strict_aws
from tests.support.strict_s3 import StrictS3

ROLE = "arn:aws:iam::123456789012:role/replicates"
OTHER_ROLE = "arn:aws:iam::123456789012:role/theirs"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"},
]}  # fmt: skip
THEIRS = {
    "ID": "theirs", "Priority": 1, "Status": "Enabled", "Filter": {"And": {"Prefix": "raw/", "Tags": [
        {"Key": "a", "Value": "b"}]}},
    "DeleteMarkerReplication": {"Status": "Enabled"}, "Destination": {"Bucket": "arn:aws:s3:::backup"},
    "SourceSelectionCriteria": {"ReplicaModifications": {"Status": "Enabled"}},
}  # fmt: skip


@pytest.fixture
def iam(monkeypatch: pytest.MonkeyPatch) -> Iterator[StrictAws]:
    with strict_aws(monkeypatch, iam="us-east-1") as aws:
        client = boto3.client("iam", "us-east-1")
        client.create_role(RoleName="replicates", AssumeRolePolicyDocument=json.dumps(TRUST))
        client.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(TRUST))
        lambdas = json.dumps(TRUST).replace("s3.amazonaws", "lambda.amazonaws")
        client.create_role(RoleName="another", AssumeRolePolicyDocument=lambdas)
        yield aws


@pytest.fixture
def s3(iam: StrictAws) -> Iterator[StrictS3]:
    """After IAM, which forgets all buckets when it begins."""
    with StrictS3(bucket="videos") as server:
        _roles_again(iam)
        server.client().create_bucket(Bucket="backup")
        yield server


def _roles_again(iam: StrictAws) -> None:
    client = boto3.client("iam", "us-east-1")
    for name in ("replicates", "theirs"):
        client.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    lambdas = json.dumps(TRUST).replace("s3.amazonaws", "lambda.amazonaws")
    client.create_role(RoleName="another", AssumeRolePolicyDocument=lambdas)
    iam.log.clear()


@pytest.fixture
def at_s3(bucket: S3Provider, made: Making) -> Workplace:
    return made(bucket, ReplicationSetUp)


@pytest.fixture
def in_a_folder(folder: LocalProvider, made: Making) -> Workplace:
    return made(folder, ReplicationSetUp)


def versioning(s3: StrictS3, bucket: str) -> str:
    return s3.client().get_bucket_versioning(Bucket=bucket).get("Status", "")


def keep_versions(s3: StrictS3, *buckets: str) -> None:
    for each in buckets:
        s3.client().put_bucket_versioning(Bucket=each, VersioningConfiguration={"Status": "Enabled"})


def rules(s3: StrictS3) -> list[dict[str, Any]]:
    found = s3.client().get_bucket_replication(Bucket="videos")["ReplicationConfiguration"]
    return sorted(found["Rules"], key=lambda each: each["ID"])


def put_theirs(s3: StrictS3, role: str = ROLE, **changes: Any) -> None:
    keep_versions(s3, "videos", "backup")
    configuration = {"Role": role, "Rules": [THEIRS | changes]}
    s3.client().put_bucket_replication(Bucket="videos", ReplicationConfiguration=configuration)


def test_both_buckets_begin_to_keep_versions_and_the_rule_is_put(at_s3: Workplace, s3: StrictS3):
    seen = at_s3.preview(
        target="arn:aws:s3:::backup", role=ROLE, prefix="videos/", storage_class="GLACIER_IR", rtc=True
    )
    assert seen.summary == (
        "From now on copies what is written below videos/ of videos to backup and keeps versions for it."
    )
    assert [(each.what.split("-")[0], each.before, each.after) for each in seen.differences] == [
        ("Versioning of this bucket", "off", "on"),
        ("Versioning of the target", "off", "on"),
        ("phyght", "", "objects below videos/ to backup, in Glacier Instant Retrieval, within 15 minutes"),
    ]
    id = at_s3.apply(target="arn:aws:s3:::backup", role=ROLE, prefix="videos/", storage_class="GLACIER_IR", rtc=True)
    assert at_s3.taken(id).phase is Phase.APPLIED
    assert (versioning(s3, "videos"), versioning(s3, "backup")) == ("Enabled", "Enabled")
    (rule,) = rules(s3)
    assert rule == {
        "ID": rule["ID"], "Priority": 0, "Status": "Enabled", "Filter": {"Prefix": "videos/"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {
            "Bucket": "arn:aws:s3:::backup", "StorageClass": "GLACIER_IR",
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
            "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
        },
    }  # fmt: skip


def test_undone_the_rule_goes_this_bucket_suspends_and_the_target_stays_as_it_is(at_s3: Workplace, s3: StrictS3):
    id = at_s3.apply(target="backup", role=ROLE)
    told = at_s3.actions.preview_undo(OLGA, id, at_s3.time.now)
    assert told.possible
    assert "Copies stay where they are, and are billed" in told.words
    assert "Versioning can only be suspended" in told.words
    at_s3.undo(id)
    with pytest.raises(Exception, match="ReplicationConfigurationNotFound"):
        rules(s3)
    assert (versioning(s3, "videos"), versioning(s3, "backup")) == ("Suspended", "Enabled")
    assert at_s3.counts(id) == {Step.RETURNED: 2, Step.KEPT: 1}
    (kept,) = at_s3.actions.items(VIC, id, Step.KEPT)
    assert kept.problem.startswith("Versioning of backup stays on, as other buckets may copy to it.")


def test_rules_of_others_stay_to_the_letter_and_keep_versioning_on(at_s3: Workplace, s3: StrictS3):
    put_theirs(s3)
    (before,) = rules(s3)
    id = at_s3.apply(target="backup", role=ROLE)
    assert [each["ID"] for each in rules(s3)] == ["phyght-replica-backup", "theirs"]
    assert rules(s3)[1] == before
    at_s3.undo(id)
    assert rules(s3) == [before]
    assert versioning(s3, "videos") == "Enabled"


def test_another_rule_that_came_since_keeps_versioning_on(at_s3: Workplace, s3: StrictS3):
    id = at_s3.apply(target="backup", role=ROLE)
    s3.client().put_bucket_replication(
        Bucket="videos", ReplicationConfiguration={"Role": ROLE, "Rules": [*rules(s3), THEIRS]}
    )
    at_s3.undo(id)
    assert versioning(s3, "videos") == "Enabled"
    problems = [each.problem for each in at_s3.actions.items(VIC, id, Step.KEPT)]
    assert "Versioning of videos stays on, as other rules copy from it." in problems


def test_a_bucket_whose_rules_another_role_carries_out_takes_that_role_only(at_s3: Workplace, s3: StrictS3):
    put_theirs(s3, OTHER_ROLE)
    with pytest.raises(ActionRefused, match="one role does all") as refused:
        at_s3.preview(target="backup", role=ROLE)
    assert refused.value.advice == "Give that role."
    assert at_s3.preview(target="backup", role=OTHER_ROLE).items


def test_a_rule_in_the_older_form_stops_it_with_the_cure(at_s3: Workplace, s3: StrictS3):
    keep_versions(s3, "videos", "backup")
    old = {"ID": "old", "Prefix": "", "Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::backup"}}
    s3.client().put_bucket_replication(
        Bucket="videos", ReplicationConfiguration={"Role": ROLE, "Rules": [old]}
    )  # fmt: skip
    taken = at_s3.taken(at_s3.apply(target="backup", role=ROLE))
    assert (taken.phase, taken.advice) == (Phase.STOPPED, "Save that rule anew in the S3 console.")
    assert "older form" in taken.problem


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("", "'' is no ARN of a role"),
        ("replicates", "is no ARN"),
        ("arn:aws:iam::123456789012:role/nobody", "There is no role nobody"),
        ("arn:aws:iam::123456789012:role/another", "S3 may not take the role another"),
    ],
)
def test_a_role_that_cannot_copy_is_refused(at_s3: Workplace, role: str, said: str):
    with pytest.raises(ActionRefused, match=said):
        at_s3.preview(target="backup", role=role)


def test_a_role_that_may_not_be_looked_at_is_told(at_s3: Workplace, iam: StrictAws):
    iam.refused = "AccessDenied"
    assert at_s3.preview(target="backup", role=ROLE).warnings[-1] == (
        "The role replicates cannot be looked at (AccessDenied). Whether it can copy, only the first copies tell."
    )


def test_a_target_that_is_not_there_is_told_before(at_s3: Workplace):
    with pytest.raises(Exception, match="nowhere"):
        at_s3.preview(target="nowhere", role=ROLE)


def test_a_rule_changed_in_the_console_meanwhile_is_noticed(at_s3: Workplace, s3: StrictS3):
    keep_versions(s3, "videos", "backup")
    seen = at_s3.preview(target="backup", role=ROLE)
    put_theirs(s3)
    with pytest.raises(StateChanged):
        at_s3.actions.apply(OLGA, seen, at_s3.time.now)
    id = at_s3.apply(target="backup", role=ROLE)
    mine = {**rules(s3)[0], "Status": "Disabled"}
    s3.client().put_bucket_replication(
        Bucket="videos", ReplicationConfiguration={"Role": ROLE, "Rules": [mine, rules(s3)[1]]}
    )
    at_s3.undo(id)
    assert rules(s3)[0]["Status"] == "Disabled", "it is no longer as we have put it"


def test_rules_that_somebody_else_overwrites_at_that_moment_are_put_again(at_s3: Workplace, s3: StrictS3):
    keep_versions(s3, "videos", "backup")
    id = at_s3.actions.apply(OLGA, at_s3.preview(target="backup", role=ROLE), at_s3.time.now)
    put = at_s3.provider.put_replication

    def overwritten(*told: Any) -> None:
        put(*told)
        put_theirs(s3)
        at_s3.provider.put_replication = put

    at_s3.provider.put_replication = overwritten
    at_s3.work(id)
    assert at_s3.taken(id).phase is Phase.APPLYING
    at_s3.work(id)
    assert [each["ID"] for each in rules(s3)] == ["phyght-replica-backup", "theirs"]


def test_denied_in_the_middle_it_stops_with_the_permission_and_goes_on(at_s3: Workplace, s3: StrictS3):
    id = at_s3.actions.apply(OLGA, at_s3.preview(target="backup", role=ROLE), at_s3.time.now)
    put = at_s3.provider.put_replication
    at_s3.provider.put_replication = _raise(StorageDenied("It is denied.", "Allow s3:PutReplicationConfiguration."))
    at_s3.work(id)
    assert at_s3.taken(id).phase is Phase.STOPPED
    assert versioning(s3, "videos") == "Enabled"
    at_s3.provider.put_replication = put
    at_s3.go_on(id)
    assert at_s3.taken(id).phase is Phase.APPLIED
    at_s3.undo(id)


def test_a_bucket_with_locked_versions_cannot_suspend_and_says_so(at_s3: Workplace, s3: StrictS3):
    id = at_s3.apply(target="backup", role=ROLE)
    at_s3.provider.keep_versions = _raise(RulesRefused("S3 does not take this versioning: Object Lock is on.", ""))
    at_s3.undo(id)
    assert any("Object Lock is on" in each.problem for each in at_s3.actions.items(VIC, id, Step.KEPT))


def test_how_far_an_object_is_copied_is_what_s3_says_of_it(bucket: S3Provider, s3: StrictS3):
    s3.put("a", b"x")
    assert bucket.copying_of("a") is ObjectState.NONE
    for said, meant in (("COMPLETED", ObjectState.COPIED), ("FAILED", ObjectState.FAILED), ("?", ObjectState.NONE)):
        s3.plan(_stating(said), "a", "HEAD")
        assert bucket.copying_of("a") is meant


def test_money_a_month_is_what_was_written_in_thirty_days(in_a_folder: Workplace, monkeypatch: pytest.MonkeyPatch):
    """3 GiB in 3 objects at 0.023 USD, 3 PUTs at 0.005 USD for 1,000, and 2 cents a GB between regions."""
    place = in_a_folder
    place.provider.write("old", [b"x"], Attributes("video/mp4"))
    place.time.passes(days=40)
    for number in range(3):
        place.provider.write(f"new{number}", [b"x"], Attributes("video/mp4"))
    whole = place.provider.list

    def listed(prefix: str = "") -> Iterator[Any]:
        return (replace(each, size_bytes=2**30) for each in whole(prefix))

    monkeypatch.setattr(place.provider, "list", listed)
    seen = place.preview(target="backup", region="us-west-2", storage_class="STANDARD")
    assert seen.saving_usd == Decimal("-0.129015")
    (money,) = [each for each in seen.warnings if each.startswith("What was written in the last 30 days")]
    assert money == (
        "What was written in the last 30 days (3 objects, 3.00 GiB) would cost: storage of copies $0.07, "
        "requests $0.000015, retrieval $0.00, transfer between regions $0.06. Copies add up: each month's are stored "
        "besides those of the months before."
    )


def test_a_price_that_the_targets_region_lacks_is_told(in_a_folder: Workplace):
    in_a_folder.provider.write("a", [b"x"], Attributes("video/mp4"))
    seen = in_a_folder.preview(target="backup", region="eu-central-1", storage_class="GLACIER_IR")
    assert seen.saving_usd is None
    assert any("requests not known" in each and "lacks a price of requests there" in each for each in seen.warnings)


def test_within_a_region_nothing_is_asked_for_transfer(in_a_folder: Workplace):
    in_a_folder.provider.write("a", [b"x" * 2**20], Attributes("video/mp4"))
    seen = in_a_folder.preview(target="backup")
    # 0.023 USD for 1/1024 GB, and one PUT at 0.005 USD for 1,000
    assert seen.saving_usd == -(Decimal("0.023") / 1024 + Decimal("0.000005"))
    assert seen.warnings[0] == (
        "Only what is written from now on is copied. 1 object (0.00 GiB) that lies there already is not: S3 Batch "
        "Replication, in the S3 console, copies those."
    )


def test_replication_in_time_has_no_price_in_the_catalogue_so_nothing_is_guessed(in_a_folder: Workplace):
    in_a_folder.provider.write("a", [b"x"], Attributes("video/mp4"))
    seen = in_a_folder.preview(target="backup", rtc=True)
    assert seen.saving_usd is None
    assert any("The price catalogue lacks a price of replication in time" in each for each in seen.warnings)


def test_a_folder_copies_what_is_new_once_a_day_and_keeps_the_copies_when_it_is_undone(in_a_folder: Workplace):
    place = in_a_folder
    place.provider.write("videos/old", [b"old"], Attributes("video/mp4"))
    place.time.passes(minutes=1)
    id = place.apply(target="backup", prefix="videos/", storage_class="GLACIER_IR")
    place.time.passes(minutes=1)
    place.provider.write("videos/new", [b"new"], Attributes("video/mp4", "max-age=1"))
    place.provider.write("other", [b"x"], Attributes("video/mp4"))
    assert [place.provider.copying_of(f"videos/{name}") for name in ("old", "new")] == [
        ObjectState.NONE, ObjectState.PENDING,
    ]  # fmt: skip
    follow_rules(place.database, place.provider, lambda: place.time.now)
    target = place.provider.beside("backup", "us-east-1")
    (copy,) = target.list()
    assert (copy.key, copy.storage_class, b"".join(target.read(copy.key))) == (
        "videos/new", StorageClass.GLACIER_IR, b"new",
    )  # fmt: skip
    assert place.provider.copying_of("videos/new") is ObjectState.COPIED
    place.undo(id)
    assert place.provider.replication() is None
    assert target.head("videos/new")
    with pytest.raises(ObjectNotFound):
        target.head("videos/old")


def test_what_must_stay_somewhere_is_copied_nowhere_else(made: Making, folder: LocalProvider, time: Time):
    eu = LocalProvider(folder.folder, b"", lambda: time.now, "s3-eu", "EU", "eu-central-1")
    place = made(eu, ReplicationSetUp)
    with pytest.raises(ActionRefused, match="must stay in EU; backup in us-east-1 does not promise that"):
        place.preview(target="backup", region="us-east-1")
    assert place.preview(target="backup", region="eu-west-1").items


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({}, "cannot be the name of a bucket"),
        ({"target": "../etc"}, "cannot be the name of a bucket"),
        ({"target": 3}, "target is no text"),
        ({"target": "local"}, "cannot be copied to itself"),
        ({"target": "backup", "rtc": "yes"}, "rtc cannot be 'yes'"),
        ({"target": "backup", "storage_class": "COLD"}, "no storage class 'COLD'"),
        ({"target": "backup", "region": "Frankfurt am Main"}, "no region"),
        ({"target": "backup", "colour": "red"}, "'colour' is no term"),
    ],
)
def test_nonsense_is_refused(in_a_folder: Workplace, terms: dict[str, Any], said: str):
    with pytest.raises(ActionRefused, match=said):
        in_a_folder.preview(**terms)


def test_what_is_copied_so_already_is_nothing_to_do(in_a_folder: Workplace):
    in_a_folder.apply(target="backup")
    with pytest.raises(ActionRefused, match="is copied so already"):
        in_a_folder.preview(target="backup")
    changed = in_a_folder.apply(target="backup", storage_class="GLACIER_IR")
    in_a_folder.undo(changed)
    (rule,) = in_a_folder.provider.replication().rules
    assert rule == ReplicationRule("phyght-replica-backup", "backup")


def test_the_bucket_says_whether_a_rule_removes_old_versions(at_s3: Workplace):
    def told() -> bool:
        seen = at_s3.preview(target="backup", role=ROLE)
        return any("videos begins" in each and "No lifecycle rule" in each for each in seen.warnings)

    assert told()
    at_s3.provider.set_lifecycle_rules([LifecycleRule("theirs", expire_noncurrent_after_days=30)])
    assert not told()


def _raise(error: Exception) -> Callable[..., None]:
    def fail(*_: Any) -> None:
        raise error

    return fail


def _stating(state: str) -> Any:
    def fault(exchange: Any) -> Any:
        answer = exchange.proceed()
        answer.headers["x-amz-replication-status"] = state
        return answer

    return fault
