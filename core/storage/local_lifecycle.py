"""Local lifecycle: does once a day to a folder of this machine what S3 does by itself."""

from collections.abc import Container
from contextlib import suppress
from datetime import datetime

from core.errors import ObjectNotFound
from core.storage.lifecycle import LifecycleRule
from core.storage.local import LocalProvider
from core.storage.provider import StorageClass, StoredObject
from core.storage.waterfall import SMALLEST_MOVED_BYTES, WATERFALL


def apply_rules(provider: LocalProvider, now: datetime, held: Container[str] = ()) -> None:
    """Move, remove and abort what is due, but remove nothing whose key is held; safe to repeat."""
    rules = [rule for rule in provider.lifecycle_rules() if rule.enabled]
    if not rules:
        return
    for each in provider.list():
        with suppress(ObjectNotFound):  # it was removed since it was listed
            _apply(provider, each, rules, now, held)
    for upload in list(provider.unfinished_uploads()):
        own = [rule for rule in rules if upload.key.startswith(rule.prefix) and not rule.tags]
        if any(_is_due(rule.abort_unfinished_after_days, (now - upload.started_at).days) for rule in own):
            provider.abort_upload(upload.key, upload.upload_id)


def _apply(
    provider: LocalProvider, each: StoredObject, rules: list[LifecycleRule], now: datetime, held: Container[str]
) -> None:
    own, days = _about(provider, each, rules), (now - each.modified_at).days
    if each.key not in held and any(_is_due(rule.expire_after_days, days) for rule in own):
        provider.delete(each.key)
    elif wanted := _lower_class(each, own, days):
        provider.set_storage_class(each.key, wanted)


def _about(provider: LocalProvider, each: StoredObject, rules: list[LifecycleRule]) -> list[LifecycleRule]:
    """The rules that are about an object; its tags are read only where one asks for some."""
    below = [rule for rule in rules if each.key.startswith(rule.prefix)]
    tags = provider.tags(each.key) if any(rule.tags for rule in below) else {}
    return [rule for rule in below if rule.is_about(each.key, each.size_bytes, tags)]


def _is_due(after_days: int | None, days: int) -> bool:
    return after_days is not None and days >= after_days


def _lower_class(object: StoredObject, rules: list[LifecycleRule], days: int) -> StorageClass | None:
    """The lowest class that a rule demands by now; None where the object is there, or lower."""
    demanded = [
        StorageClass(each.storage_class) for rule in rules for each in rule.transitions if days >= each.after_days
    ]
    lowest = max(demanded, key=WATERFALL.index, default=object.storage_class)
    may_move = object.size_bytes >= SMALLEST_MOVED_BYTES and object.storage_class.instant
    return lowest if may_move and WATERFALL.index(lowest) > WATERFALL.index(object.storage_class) else None
