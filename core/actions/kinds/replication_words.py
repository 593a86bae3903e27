"""Replication words: what is said of copying a bucket before it begins."""

from collections.abc import Iterable, Iterator, Sequence

from core.actions.action import Item
from core.actions.kinds.replication_money import MONTH_DAYS, Part, Written
from core.actions.kinds.rule_words import NAMES
from core.actions.kinds.words import dollars
from core.errors import StorageError
from core.storage.provider import LifecycleRules, StorageClass
from core.storage.replication import Replicating, ReplicationRule
from core.units import GIB, number_of

#: The items that are no rule.
HERE, THERE = "versions here", "versions there"


def in_words(rule: ReplicationRule) -> str:
    """Such as: objects below videos/ to backup, in Glacier Instant Retrieval, within 15 minutes."""
    what = f"objects below {rule.prefix}" if rule.prefix else "all objects"
    kept = f", in {NAMES[StorageClass(rule.storage_class)]}" if rule.storage_class in list(StorageClass) else ""
    in_time = ", within 15 minutes" if rule.in_time else ""
    return f"{what} to {rule.target}{kept}{in_time}{'' if rule.enabled else ', switched off'}"


def summary(source: Replicating, rule: ReplicationRule, items: Sequence[Item]) -> str:
    """One sentence."""
    also = " and keeps versions for it" if any(each.key in (HERE, THERE) for each in items) else ""
    what = f"what is written below {rule.prefix}" if rule.prefix else "what is written"
    return f"From now on copies {what} of {source.bucket} to {rule.target}{also}."


def warnings(
    source: Replicating,
    target: Replicating,
    rule: ReplicationRule,
    of: Written,
    found: Sequence[Part],
    items: Iterable[Item],
) -> Iterator[str]:
    """All that somebody has to know first."""
    yield _old(of)
    for each in items:
        if each.key in (HERE, THERE):
            yield from _versions(source if each.key == HERE else target)
    if found:
        yield _money(found, of)
        yield "Its metrics, which tell how far copying is, are billed by CloudWatch as metrics of your own."
    yield f"Removals are not copied: what is removed from {source.bucket} stays in {rule.target}, and is billed there."
    if rule.storage_class and not StorageClass(rule.storage_class).instant:
        yield "Copies in an archive have to be restored, for hours and for a fee, before any of them can be read."


def _old(of: Written) -> str:
    if not of.objects:
        return "Only what is written from now on is copied."
    lie = "lies there already is" if of.objects == 1 else "lie there already are"
    return (
        f"Only what is written from now on is copied. {number_of(of.objects, 'object')} ({of.size_bytes / GIB:,.2f} "
        f"GiB) that {lie} not: S3 Batch Replication, in the S3 console, copies those."
    )


def _versions(bucket: Replicating) -> Iterator[str]:
    text = (
        f"{bucket.bucket} begins to keep versions: what is replaced or removed there stays as a noncurrent version, "
        "and is billed, until it is removed."
    )
    removed = _removes_versions(bucket)
    if removed is False:
        text += " No lifecycle rule of the bucket removes noncurrent versions; the template Old versions is one."
    yield text


def _removes_versions(bucket: Replicating) -> bool | None:
    """None where nobody can tell."""
    if not isinstance(bucket, LifecycleRules):
        return None
    try:
        return any(each.expire_noncurrent_after_days for each in bucket.lifecycle_rules() if each.enabled)
    except StorageError:
        return None


def _money(found: Sequence[Part], of: Written) -> str:
    told = ", ".join(f"{each.name} {'not known' if each.usd is None else dollars(each.usd)}" for each in found)
    unknown = [each.name for each in found if each.usd is None]
    lacks = f" The price catalogue lacks a price of {' and '.join(unknown)} there." if unknown else ""
    return (
        f"What was written in the last {MONTH_DAYS} days ({number_of(len(of.new), 'object')}, "
        f"{of.new_bytes / GIB:,.2f} GiB) would cost: {told}. Copies add up: each month's are stored besides those of "
        f"the months before.{lacks}"
    )
