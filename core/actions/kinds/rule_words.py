"""Rule words: what a lifecycle rule does, in a sentence."""

from collections.abc import Iterator

from core.storage.lifecycle import LifecycleRule
from core.storage.provider import StorageClass
from core.units import GIB, KIB, MIB

#: What people call the classes.
NAMES = {
    StorageClass.STANDARD: "Standard",
    StorageClass.INTELLIGENT_TIERING: "Intelligent-Tiering",
    StorageClass.STANDARD_IA: "Standard-IA",
    StorageClass.ONEZONE_IA: "One Zone-IA",
    StorageClass.GLACIER_IR: "Glacier Instant Retrieval",
    StorageClass.GLACIER: "Glacier Flexible Retrieval",
    StorageClass.DEEP_ARCHIVE: "Glacier Deep Archive",
}
#: How long an archive lets wait, at the rate at which it is read here.
WAITS = {StorageClass.GLACIER: "up to 5 hours", StorageClass.DEEP_ARCHIVE: "up to 12 hours"}


def in_words(rule: LifecycleRule) -> str:
    """Such as: objects below videos/ go to Standard-IA after 30 days, and are removed after 365 days."""
    does = list(_does(rule)) or ["nothing that can be said here"]
    said = ", ".join(does[:-1]) + (", and " if len(does) > 1 else "") + does[-1]
    besides = f" (also {', '.join(rule.besides)})" if rule.besides else ""
    return f"{_about(rule)}: {said}{besides}{'' if rule.enabled else '; switched off'}"


def _about(rule: LifecycleRule) -> str:
    below = f"objects below {rule.prefix}" if rule.prefix else "all objects"
    tags = " and ".join(f"{name}={value}" for name, value in rule.tags.items())
    sizes = " and ".join(_sizes(rule))
    return below + (f" tagged {tags}" if tags else "") + (f" of {sizes}" if sizes else "")


def _sizes(rule: LifecycleRule) -> Iterator[str]:
    if rule.larger_than_bytes is not None:
        yield f"more than {size_words(rule.larger_than_bytes)}"
    if rule.smaller_than_bytes is not None:
        yield f"less than {size_words(rule.smaller_than_bytes)}"


def size_words(size_bytes: int) -> str:
    """Such as 1 MiB, or 1,500 bytes where it is no whole number of a unit."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size_bytes and size_bytes % unit == 0:
            return f"{size_bytes // unit:,} {name}"
    return f"{size_bytes:,} bytes"


def _does(rule: LifecycleRule) -> Iterator[str]:
    for each in rule.transitions:
        yield f"to {NAMES.get(StorageClass(each.storage_class), each.storage_class)} {after_words(each.after_days)}"
    if rule.expire_after_days is not None:
        yield f"removed {after_words(rule.expire_after_days)}"
    for each in rule.noncurrent_transitions:
        name = NAMES.get(StorageClass(each.storage_class), each.storage_class)
        yield f"noncurrent versions{_but(each.keep_newest)} to {name} {after_words(each.after_days)}"
    if rule.expire_noncurrent_after_days is not None:
        spared = _but(rule.keep_newest_noncurrent)
        yield f"noncurrent versions{spared} removed {after_words(rule.expire_noncurrent_after_days)}"
    if rule.abort_unfinished_after_days is not None:
        yield f"unfinished uploads aborted {after_words(rule.abort_unfinished_after_days)}"


def _but(keep_newest: int) -> str:
    """What a rule spares of the noncurrent versions of each object."""
    return f" but the newest {'one' if keep_newest == 1 else f'{keep_newest:,}'}" if keep_newest else ""


def after_words(days: int) -> str:
    """Such as: after 30 days."""
    return f"after {days} day{'' if days == 1 else 's'}" if days else "at once"
