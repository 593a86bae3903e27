"""What the README says of the videos' bucket is what the code needs, and what S3 takes."""

import json
import re
from typing import Any

from core.storage.lifecycle import LifecycleRule
from core.storage.s3 import S3Provider
from core.storage.s3_errors import _ACTIONS, _ACTIONS_ON_VERSIONS
from tests.environment import ROOT
from tests.support.strict_s3 import StrictS3

SECTION = (ROOT / "README.md").read_text().partition("### Videos in S3")[2].partition("## How it is made")[0]


def told(option: str) -> dict[str, Any]:
    """The JSON that a command of the section is given."""
    found = re.search(rf"--{option} '(.+?)'\n", SECTION, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_policy_allows_what_may_be_asked_for_and_nothing_else():
    (policy,) = re.findall(r"```json\n(.+?)```", SECTION, re.DOTALL)
    bucket, objects = json.loads(policy)["Statement"]

    assert bucket["Resource"] == "arn:aws:s3:::my-videos"
    assert objects["Resource"] == "arn:aws:s3:::my-videos/*"
    of_the_bucket = {action for action in _ACTIONS.values() if "Bucket" in action or "Lifecycle" in action}
    assert set(bucket["Action"]) == of_the_bucket
    assert set(objects["Action"]) == set(_ACTIONS.values()) - of_the_bucket | {"s3:GetObject"}


def test_what_versions_need_besides_is_said():
    (sentence,) = re.findall(r"^Who is to have noncurrent versions removed.+$", SECTION, re.MULTILINE)

    of_objects = {"s3:GetObjectVersion", "s3:DeleteObjectVersion", "s3:GetObjectRetention", "s3:GetObjectLegalHold"}
    assert set(re.findall(r"`(s3:\w+)`", sentence)) == set(_ACTIONS_ON_VERSIONS.values()) | of_objects


def test_the_rules_for_browsers_expose_what_they_must_read(s3: StrictS3):
    cors = told("cors-configuration")

    s3.client().put_bucket_cors(Bucket="videos", CORSConfiguration=cors)

    (rule,) = s3.client().get_bucket_cors(Bucket="videos")["CORSRules"]
    assert {"ETag", "x-amz-checksum-crc64nvme"} <= set(rule["ExposeHeaders"])
    assert "PUT" in rule["AllowedMethods"]


def test_the_rule_for_unfinished_uploads_is_one_of_ours(s3: StrictS3, s3_provider: S3Provider):
    s3.client().put_bucket_lifecycle_configuration(
        Bucket="videos", LifecycleConfiguration=told("lifecycle-configuration")
    )

    assert s3_provider.lifecycle_rules() == (LifecycleRule("abort unfinished uploads", abort_unfinished_after_days=7),)
