"""Lifecycle rules of S3: read, written, and left as they are where ours cannot say what they do."""

from typing import Any

import pytest

from core.errors import RulesRefused, StorageDenied
from core.storage.lifecycle import LifecycleRule, NoncurrentTransition, Transition
from core.storage.s3 import S3Provider
from core.storage.s3_lifecycle import from_s3, merged, to_s3
from tests.support import s3_faults
from tests.support.strict_s3 import StrictS3

COLD = LifecycleRule(
    "cold", "videos/", {"kind": "original", "tier": "cold"},
    transitions=(Transition(30, "GLACIER_IR"), Transition(180, "DEEP_ARCHIVE")),
)  # fmt: skip
TIDY = LifecycleRule(
    "tidy", enabled=False, expire_after_days=365, expire_noncurrent_after_days=30, abort_unfinished_after_days=3
)
LARGE = LifecycleRule("large", "videos/", larger_than_bytes=1_000, smaller_than_bytes=10_000, expire_after_days=9)
ONE_SIZE = LifecycleRule("one size", larger_than_bytes=1_000, expire_after_days=9)
ONE_TAG = LifecycleRule("one tag", tags={"kind": "poster"}, expire_after_days=1)
#: A rule with everything that ours cannot say.
STRANGE: dict[str, Any] = {
    "ID": "strange",
    "Status": "Enabled",
    "Filter": {"And": {"Prefix": "logs/", "ObjectSizeGreaterThan": 1000, "Tags": []}},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
    "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER"}],
    "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3},
}
BESIDES = ("ExpiredObjectDeleteMarker",)


def test_rules_are_there_as_they_were_set(s3_provider: S3Provider):
    assert s3_provider.lifecycle_rules() == ()

    s3_provider.set_lifecycle_rules([COLD, TIDY, ONE_TAG])
    assert s3_provider.lifecycle_rules() == (COLD, TIDY, ONE_TAG)
    s3_provider.set_lifecycle_rules([TIDY])
    assert s3_provider.lifecycle_rules() == (TIDY,)
    s3_provider.set_lifecycle_rules([])
    assert s3_provider.lifecycle_rules() == ()


@pytest.mark.parametrize("rule", [COLD, TIDY, ONE_TAG, LARGE, ONE_SIZE], ids=lambda rule: rule.id)
def test_a_rule_is_the_same_after_s3_has_had_it(rule: LifecycleRule):
    assert from_s3(to_s3(rule)) == rule


def test_a_rule_of_the_old_form_is_understood():
    assert from_s3({"ID": "old", "Prefix": "a/", "Status": "Disabled", "Expiration": {"Days": 3}}) == LifecycleRule(
        "old", "a/", enabled=False, expire_after_days=3
    )


def test_what_a_rule_does_besides_is_named():
    assert from_s3(STRANGE) == LifecycleRule(
        "strange",
        "logs/",
        expire_noncurrent_after_days=90,
        larger_than_bytes=1000,
        besides=BESIDES,
        keep_newest_noncurrent=3,
        noncurrent_transitions=(NoncurrentTransition(30, "GLACIER"),),
    )
    dated = {"ID": "dated", "Status": "Enabled", "Transitions": [{"Date": "2026-12-01", "StorageClass": "GLACIER"}]}
    assert from_s3(dated).besides == ("Date",)


def test_a_strange_rule_stays_to_the_letter_beside_others():
    strange = from_s3(STRANGE)

    assert merged("videos", [STRANGE, to_s3(TIDY)], [COLD, strange]) == [to_s3(COLD), STRANGE]


@pytest.mark.parametrize(
    "rules",
    [[], [COLD], [LifecycleRule("strange", "logs/", expire_after_days=1)]],
    ids=["removed", "replaced", "of the same name"],
)
def test_a_strange_rule_is_not_lost(rules: list[LifecycleRule]):
    with pytest.raises(RulesRefused, match=r"'strange' of s3://videos also has ExpiredObjectDeleteMarker, "):
        merged("videos", [STRANGE], rules)


def test_a_strange_rule_cannot_be_made_here():
    with pytest.raises(RulesRefused, match="'strange' is not one of the bucket's"):
        merged("videos", [], [from_s3(STRANGE)])


def test_rules_of_others_and_the_buckets_own_size_limit_go_back_as_they_came(s3: StrictS3, s3_provider: S3Provider):
    s3.client().put_bucket_lifecycle_configuration(
        Bucket="videos", LifecycleConfiguration={"Rules": [to_s3(COLD) | {"Expiration": {"Date": "2027-01-01"}}]}
    )
    before = s3_provider.lifecycle_rules()
    assert before[0].besides == ("Date",)

    s3_provider.set_lifecycle_rules([*before, TIDY])

    assert s3_provider.lifecycle_rules() == (*before, TIDY)


def test_rules_that_s3_does_not_take_are_told_in_its_words(s3: StrictS3, s3_provider: S3Provider):
    s3.plan(s3_faults.refuse(400, "InvalidArgument", "'Days' must be at least 30."), method="PUT")

    with pytest.raises(RulesRefused, match="S3 does not take these rules: 'Days' must be at least 30"):
        s3_provider.set_lifecycle_rules([COLD])


def test_the_permission_that_is_missing_is_named(s3: StrictS3, s3_provider: S3Provider):
    s3.plan(s3_faults.refuse(403, "AccessDenied"))

    with pytest.raises(StorageDenied, match="Allow s3:GetLifecycleConfiguration on arn:aws:s3:::videos"):
        s3_provider.lifecycle_rules()
