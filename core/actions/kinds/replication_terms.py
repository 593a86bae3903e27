"""Replication terms: what is asked for, and whether that may be."""

import re
from dataclasses import dataclass
from hashlib import sha256

from core.actions.action import Action
from core.actions.cloud import require_terms, text_term
from core.actions.kinds.own_rules import OURS
from core.errors import ActionRefused, KeyRefused, StorageDenied, StorageUnreachable
from core.storage.jurisdictions import lies_in
from core.storage.keys import check_bucket
from core.storage.provider import StorageClass
from core.storage.replication import Replicating, Replication, ReplicationRule

_TERMS = ("target", "region", "role", "prefix", "storage_class", "rtc")
_ARN = re.compile(r"arn:aws[\w-]*:s3:::(.+)")
_REGION = re.compile(r"[a-z0-9-]{1,30}")


@dataclass(frozen=True)
class Wanted:
    """What the terms ask for."""

    rule: ReplicationRule
    region: str
    role: str  #: empty of a folder, which needs none


def wanted(action: Action, source: Replicating) -> Wanted:
    """Raises ActionRefused where a term is missing, not known, or nonsense."""
    require_terms(action, *_TERMS)
    target, prefix = _bucket(text_term(action, "target")), text_term(action, "prefix")
    storage_class, rtc = text_term(action, "storage_class"), action.terms.get("rtc", False)
    if storage_class and storage_class not in list(StorageClass):
        raise ActionRefused(
            f"There is no storage class {storage_class!r}.", f"Choose one of {', '.join(StorageClass)}."
        )
    if not isinstance(rtc, bool):
        raise ActionRefused(f"rtc cannot be {rtc!r}.", "Give true or false.")
    region = text_term(action, "region") or source.region
    if not _REGION.fullmatch(region):
        raise ActionRefused(f"There is no region {region!r}.", "Name one of AWS, such as eu-central-1.")
    role = text_term(action, "role") if source.needs_versions else ""
    return Wanted(ReplicationRule(_id(target, prefix), target, prefix, storage_class, rtc), region, role)


def require_possible(source: Replicating, target: Replicating, asked: Wanted, there: Replication | None) -> None:
    """Raises ActionRefused where it must not be, or S3 would not take it."""
    if asked.rule.target == source.bucket:
        raise ActionRefused("A bucket cannot be copied to itself.", "Name another one.")
    if not _may_go(source, target, asked.region):
        raise ActionRefused(
            f"{source.bucket} has data that must stay in {source.residency}; {asked.rule.target} in {asked.region} "
            "does not promise that.",
            f"Name a bucket in {source.residency}.",
        )
    if there and there.role != asked.role:
        raise ActionRefused(
            f"{source.bucket} has other replication rules, which {there.role} carries out; one role does all.",
            "Give that role.",
        )


def role_warnings(source: Replicating, role: str) -> tuple[str, ...]:
    """What nobody could tell of the role. Raises ActionRefused where it cannot copy."""
    try:
        why_not = source.why_not_copied_by(role)
    except (StorageDenied, StorageUnreachable) as error:
        return (f"{error.message} Whether it can copy, only the first copies tell.",)
    if why_not:
        raise ActionRefused(
            why_not, "Make one that s3.amazonaws.com may assume and that may read here and replicate there."
        )
    return ()


def _may_go(source: Replicating, target: Replicating, region: str) -> bool:
    if not source.residency:
        return True
    if target.residency:
        return target.residency.upper() == source.residency.upper()
    return lies_in(region, source.residency)


def _bucket(target: str) -> str:
    named = _ARN.fullmatch(target)
    try:
        return check_bucket(named[1] if named else target)
    except KeyRefused as error:
        raise ActionRefused(error.message, error.advice) from error


def _id(target: str, prefix: str) -> str:
    """The same for the same target and prefix."""
    of_prefix = f"-{sha256(prefix.encode()).hexdigest()[:6]}" if prefix else ""
    return f"{OURS}replica-{target}{of_prefix}"
