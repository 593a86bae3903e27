"""Expiry: exactly what a rule would remove, by the provider's own listing, and what is held."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.access.roles import Permission, User
from core.catalog.holds import held_keys
from core.database import Database
from core.storage.lifecycle import LifecycleRule
from core.storage.provider import StorageProvider, StoredObject

#: So many objects are named; all are counted.
NAMED = 1_000
_SOON = timedelta(days=1)  #: S3 acts once a day


@dataclass(frozen=True)
class Going:
    """What would be removed until a day."""

    objects: int
    size_bytes: int
    first: tuple[StoredObject, ...]  #: by key, NAMED at most
    held: tuple[str, ...]  #: keys among them of videos on legal hold
    tags_unknown: bool  #: the rule asks for tags, which a listing does not tell: these are all that may have them


def going(user: User, database: Database, provider: StorageProvider, rule: LifecycleRule, until: datetime) -> Going:
    """What the rule would have removed by then, of what lies there now. Raises PermissionDenied, StorageError."""
    user.require(Permission.SEE_SAVINGS)
    held, objects, size, first, kept = held_keys(database, provider.name), 0, 0, list[StoredObject](), list[str]()
    for each in expiring(provider, rule, until):
        objects, size = objects + 1, size + each.size_bytes
        if len(first) < NAMED:
            first.append(each)
        if each.key in held:
            kept.append(each.key)
    return Going(objects, size, tuple(first), tuple(kept), bool(rule.tags))


def going_soon(user: User, database: Database, provider: StorageProvider, rule: LifecycleRule, now: datetime) -> Going:
    """What would be gone by tomorrow. Raises PermissionDenied, StorageError."""
    return going(user, database, provider, rule, now + _SOON)


def expiring(provider: StorageProvider, rule: LifecycleRule, until: datetime) -> Iterator[StoredObject]:
    """Its objects that are old enough by then."""
    if rule.expire_after_days is None:
        return
    born_by = until - timedelta(days=rule.expire_after_days)
    for each in provider.list(rule.prefix):
        if each.modified_at <= born_by and rule.is_about(each.key, each.size_bytes, rule.tags):
            yield each
