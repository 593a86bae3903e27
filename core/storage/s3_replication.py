"""S3 replication: a bucket's rules as ours and back; those of others stay in the bucket as they are."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.errors import RulesRefused, StorageUnreachable
from core.storage.replication import ObjectState, Replication, ReplicationRule
from core.storage.s3_bucket import S3Bucket
from core.storage.s3_client import aws_client
from core.storage.s3_errors import Asked, asking

_NONE = "ReplicationConfigurationNotFoundError"
_REFUSALS = (
    "InvalidRequest", "InvalidArgument", "MalformedXML", "InvalidBucketState",
    "IllegalVersioningConfigurationException",
)  # fmt: skip
_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/(?:[\w+=,.@/-]*/)?([\w+=,.@-]+)")
_SERVICE = "s3.amazonaws.com"
_MINUTES = {"Minutes": 15}


def replication(bucket: S3Bucket) -> Replication | None:
    found = _configuration(bucket)
    return Replication(found["Role"], tuple(map(_from_s3, found["Rules"]))) if found else None


def put_replication(bucket: S3Bucket, rule: ReplicationRule, role: str) -> None:
    """Our rule is the least urgent one: where another one copies the same to the same place, that goes first."""
    there = _configuration(bucket) or {"Role": role, "Rules": []}
    _require_one_role(bucket, there, role)
    others = [each for each in there["Rules"] if each.get("ID") != rule.id]
    if old := [each.get("ID", "") for each in others if "Filter" not in each]:
        raise RulesRefused(
            f"The replication rule {old[0]!r} of s3://{bucket.name} is in S3's older form, which takes none of ours.",
            "Save that rule anew in the S3 console.",
        )
    taken = {each.get("Priority", 0) for each in others}
    priority = next(number for number in range(len(taken) + 1) if number not in taken)
    _put(bucket, {"Role": role, "Rules": [*others, _to_s3(rule, priority, _partition(role))]})


def remove_replication(bucket: S3Bucket, id: str) -> None:
    there = _configuration(bucket)
    others = [each for each in there["Rules"] if each.get("ID") != id] if there else []
    if there and others:
        _put(bucket, {"Role": there["Role"], "Rules": others})
    elif there:
        with bucket.asking():
            bucket.client.delete_bucket_replication(Bucket=bucket.name)


def region_of(bucket: S3Bucket, other: str) -> str:
    """Where another bucket lies; where this one does, if the server does not say."""
    with asking(Asked(other)):
        return bucket.client.head_bucket(Bucket=other).get("BucketRegion") or bucket.region


def keep_versions(bucket: S3Bucket, keep: bool) -> None:
    with bucket.asking(), _refusals("versioning"):
        bucket.client.put_bucket_versioning(
            Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled" if keep else "Suspended"}
        )


def copying_of(bucket: S3Bucket, key: str) -> ObjectState:
    """S3 also writes COMPLETE in some answers."""
    told = bucket.head_answer(key).get("ReplicationStatus", "")
    said = "COMPLETED" if told == "COMPLETE" else told
    return ObjectState(said) if said in list(ObjectState) else ObjectState.NONE


def why_not_copied_by(bucket: S3Bucket, role: str) -> str:
    """Whether there is such a role, and S3 may take it; what it may do there, only the first copies tell."""
    named = _ROLE.fullmatch(role)
    if named is None:
        return f"{role!r} is no ARN of a role."
    try:
        config = Config(retries={"max_attempts": 2}, connect_timeout=10, read_timeout=20)
        told = aws_client("iam", bucket.settings, "us-east-1", config).get_role(RoleName=named[1])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchEntity":
            return f"There is no role {named[1]}."
        raise StorageUnreachable(f"The role {named[1]} cannot be looked at ({code}).", "Allow iam:GetRole.") from error
    except BotoCoreError as error:
        raise StorageUnreachable(f"IAM cannot be reached ({type(error).__name__}).", "Check the network.") from error
    return "" if _trusts_s3(told["Role"]["AssumeRolePolicyDocument"]) else f"S3 may not take the role {named[1]}."


def _trusts_s3(policy: Any) -> bool:
    document = json.loads(policy) if isinstance(policy, str) else policy
    statements = document.get("Statement", [])
    every = statements if isinstance(statements, list) else [statements]
    return any(each.get("Effect") == "Allow" and _SERVICE in _services(each) for each in every)


def _services(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal", {})
    found = principal.get("Service", []) if isinstance(principal, dict) else []
    return found if isinstance(found, list) else [found]


def _require_one_role(bucket: S3Bucket, there: Mapping[str, Any], role: str) -> None:
    if there["Role"] != role:
        raise RulesRefused(
            f"s3://{bucket.name} has other replication rules, which {there['Role']} carries out; one role does all.",
            "Give that role.",
        )


def _put(bucket: S3Bucket, configuration: Mapping[str, Any]) -> None:
    with bucket.asking(), _refusals("replication"):
        bucket.client.put_bucket_replication(Bucket=bucket.name, ReplicationConfiguration=configuration)


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    """Raise what S3 does not take as RulesRefused."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in _REFUSALS:
            raise
        said = error.response["Error"].get("Message", "it does not say why")
        raise RulesRefused(f"S3 does not take this {what}: {said}", "Correct it.") from error


def _from_s3(raw: Mapping[str, Any]) -> ReplicationRule:
    """What ours can say of a rule."""
    where, to = raw.get("Filter", {}), raw["Destination"]
    return ReplicationRule(
        raw.get("ID", ""),
        to["Bucket"].rpartition(":")[2],
        raw.get("Prefix", "") or where.get("Prefix", "") or where.get("And", {}).get("Prefix", ""),
        to.get("StorageClass", ""),
        to.get("ReplicationTime", {}).get("Status") == "Enabled",
        raw["Status"] == "Enabled",
    )


def _to_s3(rule: ReplicationRule, priority: int, partition: str) -> dict[str, Any]:
    """With metrics, as nothing else tells how far copying is; without removals, so that a backup outlives them."""
    in_time = {"ReplicationTime": {"Status": "Enabled", "Time": _MINUTES}} if rule.in_time else {}
    metrics = {"Status": "Enabled", "EventThreshold": _MINUTES} if rule.in_time else {"Status": "Enabled"}
    return {
        "ID": rule.id,
        "Priority": priority,
        "Status": "Enabled" if rule.enabled else "Disabled",
        "Filter": {"Prefix": rule.prefix},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {
            "Bucket": f"arn:{partition}:s3:::{rule.target}",
            **({"StorageClass": rule.storage_class} if rule.storage_class else {}),
            **in_time,
            "Metrics": metrics,
        },
    }


def _partition(role: str) -> str:
    """Of AWS: aws, aws-cn, aws-us-gov."""
    parts = role.split(":")
    return parts[1] if len(parts) > 1 else "aws"


def _configuration(bucket: S3Bucket) -> dict[str, Any] | None:
    with bucket.asking():
        try:
            return bucket.client.get_bucket_replication(Bucket=bucket.name)["ReplicationConfiguration"]
        except ClientError as error:
            if error.response["Error"]["Code"] == _NONE:
                return None
            raise
