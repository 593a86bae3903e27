"""S3 lifecycle: a bucket's rules as ours and back; what ours cannot say stays in the bucket as it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from core.errors import RulesRefused
from core.storage.lifecycle import LifecycleRule, NoncurrentTransition, Transition
from core.storage.s3_bucket import S3Bucket

_LARGER, _SMALLER = "ObjectSizeGreaterThan", "ObjectSizeLessThan"
#: How many noncurrent versions of an object a rule spares, the newest ones.
_NEWER = "NewerNoncurrentVersions"
_NONE = "NoSuchLifecycleConfiguration"
#: Parts of a rule that ours says, and what may be in each.
_KNOWN: dict[str, set[str]] = {
    "Expiration": {"Days"},
    "NoncurrentVersionExpiration": {"NoncurrentDays", "NewerNoncurrentVersions"},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation"},
}


def lifecycle_rules(bucket: S3Bucket) -> tuple[LifecycleRule, ...]:
    """Every rule of the bucket, with what it does besides named in it."""
    return tuple(map(from_s3, _configuration(bucket).get("Rules", [])))


def set_lifecycle_rules(bucket: S3Bucket, rules: Iterable[LifecycleRule]) -> None:
    """Raises RulesRefused where a rule that ours cannot say would be changed or lost, and where S3 takes one not."""
    there = _configuration(bucket)
    told = merged(bucket.name, there.get("Rules", []), list(rules))
    size = there.get("TransitionDefaultMinimumObjectSize")
    kept = {"TransitionDefaultMinimumObjectSize": size} if size else {}
    with bucket.asking():
        try:
            if told:
                bucket.client.put_bucket_lifecycle_configuration(
                    Bucket=bucket.name, LifecycleConfiguration={"Rules": told}, **kept
                )
            elif there.get("Rules"):
                bucket.client.delete_bucket_lifecycle(Bucket=bucket.name)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("InvalidRequest", "InvalidArgument", "MalformedXML"):
                said = error.response["Error"].get("Message", "it does not say why")
                raise RulesRefused(f"S3 does not take these rules: {said}", "Correct them.") from error
            raise


def merged(bucket: str, there: list[dict[str, Any]], rules: list[LifecycleRule]) -> list[dict[str, Any]]:
    """The rules as S3 takes them; those that stay the same are its own, to the letter."""
    own = {rule.id: (rule, raw) for raw in there for rule in [from_s3(raw)]}
    for rule, _ in own.values():
        if rule.besides and rule not in rules:
            raise RulesRefused(
                f"The rule {rule.id!r} of s3://{bucket} also has {', '.join(rule.besides)}, which cannot be set here.",
                "Leave it as it is, or change it in the S3 console.",
            )
    if invented := [rule.id for rule in rules if rule.besides and own.get(rule.id, (None,))[0] != rule]:
        raise RulesRefused(f"The rule {invented[0]!r} is not one of the bucket's.", "Read the rules again.")
    return [own[rule.id][1] if rule.id in own and own[rule.id][0] == rule else to_s3(rule) for rule in rules]


def from_s3(raw: Mapping[str, Any]) -> LifecycleRule:
    """A rule as boto3 gives it."""
    where = raw.get("Filter", {})
    both = where.get("And", {})
    tags = both.get("Tags", []) + ([where["Tag"]] if "Tag" in where else [])
    return LifecycleRule(
        raw.get("ID", ""),
        raw.get("Prefix", "") or where.get("Prefix", "") or both.get("Prefix", ""),
        {tag["Key"]: tag["Value"] for tag in tags},
        raw["Status"] == "Enabled",
        tuple(Transition(each["Days"], each["StorageClass"]) for each in raw.get("Transitions", []) if "Days" in each),
        raw.get("Expiration", {}).get("Days"),
        raw.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"),
        raw.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"),
        where.get(_LARGER, both.get(_LARGER)),
        where.get(_SMALLER, both.get(_SMALLER)),
        tuple(sorted(_besides(raw))),
        raw.get("NoncurrentVersionExpiration", {}).get(_NEWER, 0),
        tuple(
            NoncurrentTransition(each["NoncurrentDays"], each["StorageClass"], each.get(_NEWER, 0))
            for each in raw.get("NoncurrentVersionTransitions", [])
        ),
    )


def _besides(raw: Mapping[str, Any]) -> set[str]:
    """The names of what a rule has and ours has not."""
    where = raw.get("Filter", {})
    found = set(raw) - {"ID", "Prefix", "Filter", "Status", "Transitions", "NoncurrentVersionTransitions", *_KNOWN}
    found |= (set(where) | set(where.get("And", {}))) - {"Prefix", "Tag", "And", "Tags", _LARGER, _SMALLER}
    found |= {"Date" for each in raw.get("Transitions", []) if "Days" not in each}
    return found.union(*(set(raw.get(part, {})) - names for part, names in _KNOWN.items()))


def to_s3(rule: LifecycleRule) -> dict[str, Any]:
    """A rule as boto3 takes it."""
    told: dict[str, Any] = {"ID": rule.id, "Status": "Enabled" if rule.enabled else "Disabled", "Filter": _where(rule)}
    if rule.transitions:
        told["Transitions"] = [
            {"Days": each.after_days, "StorageClass": each.storage_class} for each in rule.transitions
        ]
    if rule.expire_after_days is not None:
        told["Expiration"] = {"Days": rule.expire_after_days}
    if rule.expire_noncurrent_after_days is not None:
        told["NoncurrentVersionExpiration"] = _noncurrent(
            rule.expire_noncurrent_after_days, rule.keep_newest_noncurrent
        )
    if rule.noncurrent_transitions:
        told["NoncurrentVersionTransitions"] = [
            {**_noncurrent(each.after_days, each.keep_newest), "StorageClass": each.storage_class}
            for each in rule.noncurrent_transitions
        ]
    if rule.abort_unfinished_after_days is not None:
        told["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": rule.abort_unfinished_after_days}
    return told


def _noncurrent(days: int, keep_newest: int) -> dict[str, int]:
    return {"NoncurrentDays": days} | ({_NEWER: keep_newest} if keep_newest else {})


def _where(rule: LifecycleRule) -> dict[str, Any]:
    """What S3 calls a filter: one condition as it is, several below And."""
    tags = [{"Key": name, "Value": value} for name, value in rule.tags.items()]
    sizes = {_LARGER: rule.larger_than_bytes, _SMALLER: rule.smaller_than_bytes}
    parts = ({"Prefix": rule.prefix} if rule.prefix else {}) | {
        name: at for name, at in sizes.items() if at is not None
    }
    if len(parts) + len(tags) > 1:
        return {"And": parts | ({"Tags": tags} if tags else {})}
    return parts or ({"Tag": tags[0]} if tags else {"Prefix": ""})


def _configuration(bucket: S3Bucket) -> dict[str, Any]:
    with bucket.asking():
        try:
            return bucket.client.get_bucket_lifecycle_configuration(Bucket=bucket.name)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == _NONE:
                return {}
            raise
