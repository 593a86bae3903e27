"""Expiry: exactly what rules would remove, by the provider's own listing, and what of it is held."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from core.access.roles import Permission, User
from core.catalog.holds import held_keys
from core.database import Database
from core.storage.abilities import ObjectVersion, Versioned
from core.storage.lifecycle import LifecycleRule
from core.storage.provider import StorageProvider, StoredObject
from core.units import number_of, size_in_words

#: So many objects are named; all are counted.
NAMED = 1_000


@dataclass(frozen=True)
class Going:
    """What a rule would have removed by the time a day begins, of what lies there now."""

    day: date  #: UTC
    objects: int
    size_bytes: int
    first: tuple[StoredObject, ...]  #: by key, NAMED at most
    held: tuple[str, ...]  #: keys among them of videos on legal hold
    tags_unknown: bool  #: the rule asks for tags, which a listing does not tell: these are all that may have them
    versions: int = 0  #: noncurrent ones besides
    versions_bytes: int = 0

    @property
    def in_words(self) -> str:
        """Such as: 3 objects, 4.0 GiB."""
        told = f"{number_of(self.objects, 'object')}, {size_in_words(self.size_bytes)}"
        versions = f"{number_of(self.versions, 'noncurrent version')}, {size_in_words(self.versions_bytes)}"
        return f"{told}, and {versions}" if self.versions else told


def tomorrow(now: datetime) -> date:
    """The day that begins next: S3 counts an object's days to the midnight after them (UTC), and acts then."""
    return now.astimezone(UTC).date() + timedelta(days=1)


def going(
    user: User, database: Database, provider: StorageProvider, rules: Sequence[LifecycleRule], day: date
) -> tuple[Going, ...]:
    """Of each rule, what it would have removed once that day begins. The bucket is listed once for all of them, and not
    at all where none removes anything. Raises PermissionDenied, StorageError.
    """
    user.require(Permission.SEE_SAVINGS)
    until, held = datetime.combine(day, time(), UTC), held_keys(database, provider.name)
    found = [_Found(rule) for rule in rules]
    _take_objects(found, provider, until, held)
    _take_versions(found, provider, until)
    return tuple(each.told(day) for each in found)


@dataclass
class _Found:
    """What one rule is seen to remove, while the bucket is listed."""

    rule: LifecycleRule
    objects: int = 0
    size_bytes: int = 0
    first: list[StoredObject] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    versions: int = 0
    versions_bytes: int = 0

    def take(self, each: StoredObject, until: datetime, held: Container[str]) -> None:
        """An object of the listing, if the rule removes it."""
        days, rule = self.rule.expire_after_days, self.rule
        if days is None or each.modified_at > until - timedelta(days) or not _is_about(rule, each.key, each.size_bytes):
            return
        self.objects, self.size_bytes = self.objects + 1, self.size_bytes + each.size_bytes
        if len(self.first) < NAMED:
            self.first.append(each)
        if each.key in held:
            self.held.append(each.key)

    def take_versions(self, older: Sequence[ObjectVersion], until: datetime) -> None:
        """The noncurrent versions of a key, the newest first."""
        days, rule = self.rule.expire_noncurrent_after_days, self.rule
        for each in older[rule.keep_newest_noncurrent :] if days is not None else ():
            since = each.noncurrent_since or each.modified_at
            if since <= until - timedelta(days or 0) and _is_about(rule, each.key, each.size_bytes):
                self.versions, self.versions_bytes = self.versions + 1, self.versions_bytes + each.size_bytes

    def told(self, day: date) -> Going:
        return Going(
            day, self.objects, self.size_bytes, tuple(self.first), tuple(self.held), bool(self.rule.tags),
            self.versions, self.versions_bytes,
        )  # fmt: skip


def _is_about(rule: LifecycleRule, key: str, size_bytes: int) -> bool:
    """As if it carried the tags that the rule asks for, which no listing tells."""
    return rule.is_about(key, size_bytes, rule.tags)


def _widest(rules: Iterable[LifecycleRule]) -> Iterator[str]:
    """The prefixes that no other one of them is the beginning of: together they list each object once."""
    last: str | None = None
    for prefix in sorted({each.prefix for each in rules}):
        if last is None or not prefix.startswith(last):
            last = prefix
            yield prefix


def _take_objects(found: Sequence[_Found], provider: StorageProvider, until: datetime, held: Container[str]) -> None:
    removing = [each for each in found if each.rule.expire_after_days is not None]
    for prefix in _widest(each.rule for each in removing):
        for stored in provider.list(prefix):
            for each in removing:
                each.take(stored, until, held)


def _take_versions(found: Sequence[_Found], provider: StorageProvider, until: datetime) -> None:
    removing = [each for each in found if each.rule.expire_noncurrent_after_days is not None]
    if not isinstance(provider, Versioned):
        return
    for prefix in _widest(each.rule for each in removing):
        for _, of_key in groupby(provider.versions(prefix), key=lambda each: each.key):
            older = [each for each in of_key if not each.is_latest and not each.is_delete_marker]
            for each in removing if older else ():
                each.take_versions(older, until)
