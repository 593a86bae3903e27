"""Inventory: what lies at a provider, and what the library knows of it; what it does not know is taken in there.

So old links answer before anything is moved. Ids come from the place of an object, so that an inventory that is taken
again, or twice at once, ends in the same rows.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Any, Protocol, runtime_checkable

from core.access.audit import AuditEntry, Outcome, add_entry
from core.access.roles import Permission, User
from core.catalog.video import Kind, Visibility, folded, slug_of
from core.database import Database, named_queries
from core.migration.grouping import Group, Member, content_type_of, free_name, group
from core.storage.provider import StorageProvider, StoredObject
from core.units import instant_text

_queries: Any = named_queries(__file__, "plan_queries.sql")
_PLACE = uuid.UUID("8f0b3a52-6c1e-5d4a-9b77-2f4d1c9e6a30")  # made up once; never another one
_TAIL = 12  #: letters of the id that make a link unlike all others
#: Objects of a transaction, and at least one video.
_BATCH = 4_000
#: What Supabase and S3's own console put into a folder to have it shown, although it is empty.
_EMPTY_FOLDER = ".emptyFolderPlaceholder"


@runtime_checkable
class OpenBucket(Protocol):
    """A provider that tells whether everybody may read what lies there."""

    @property
    def is_public(self) -> bool: ...


@dataclass(frozen=True)
class Inventory:
    """What a look at a provider has found."""

    provider: str
    bucket: str
    taken_at: datetime
    objects: int  #: that lie there
    size_bytes: int
    taken_in: int  #: objects that the library did not know
    changed: int  #: objects that were replaced since they were recorded
    gone: frozenset[str]  #: keys that are recorded, and at which nothing lies


def take_inventory(provider: StorageProvider, database: Database, user: User, now: datetime) -> Inventory:
    """Look at all that lies at a provider, and record it.

    Raises PermissionDenied, and StorageError where it cannot be looked at with certainty: nothing is recorded then.
    """
    user.require(Permission.MIGRATE)
    provider.check()
    with database.reading() as connection:
        before = {row["key"] for row in _queries.keys_at(connection, provider=provider.name)}
    listed = {stored.key: stored for stored in provider.list() if not _is_folder(stored)}
    found = _Found(provider, database, user, now)
    known = found.known()  # after listing: what was recorded meanwhile is not unknown, and what was removed is not gone
    taken_in = found.take_in(listed, known)
    changed = found.record_changes(listed, known)
    gone = frozenset(key for key in before & known.keys() if key not in listed)
    size_bytes = sum(stored.size_bytes for stored in listed.values())
    return Inventory(provider.name, provider.bucket, now, len(listed), size_bytes, taken_in, changed, gone)


def video_id_of(provider: str, bucket: str, key: str, earlier: int = 0) -> str:
    """The id of the video that an object is taken in as; the same whenever and wherever it is asked.

    So many `earlier` ones lay at that key, and have left it since.
    """
    place = f"{provider}\n{bucket}\n{key}"
    return uuid.uuid5(_PLACE, f"{place}\n{earlier}" if earlier else place).hex


@dataclass(frozen=True)
class _Known:
    """An object as the library has it."""

    video_id: str
    kind: str
    name: str
    size_bytes: int
    etag: str


@dataclass(frozen=True)
class _Addition:
    """Objects that a video has and the library does not know."""

    video_id: str
    title: str
    is_new: bool
    members: tuple[Member, ...]


@dataclass(frozen=True)
class _Found:
    """An inventory on its way into the library."""

    provider: StorageProvider
    database: Database
    user: User
    now: datetime

    def known(self) -> dict[str, _Known]:
        with self.database.reading() as connection:
            rows = map(tuple, _queries.recorded_at(connection, provider=self.provider.name))
            return {key: _Known(*told) for key, *told in rows}

    def take_in(self, listed: dict[str, StoredObject], known: dict[str, _Known]) -> int:
        """Objects that were taken in."""
        if listed.keys() <= known.keys():
            return 0
        visibility = self._visibility()
        groups = group(self._not_ours(listed.values()))
        total = 0
        # by their ids, so that each transaction changes neighbouring pages of the tables
        new = sorted(_additions(self.provider, groups, known, self._elsewhere()), key=lambda each: each.video_id)
        for batch in _batches(new):
            total += self._record(batch, visibility)
        return total

    def record_changes(self, listed: dict[str, StoredObject], known: dict[str, _Known]) -> int:
        """Objects whose bytes are others by now; the place where they lie is the truth."""
        changed = [
            (listed[key], old)
            for key, old in known.items()
            if key in listed and (listed[key].size_bytes, listed[key].etag) != (old.size_bytes, old.etag)
        ]
        if changed:
            with self.database.transaction() as connection:
                self._record_changes(connection, changed)
        return len(changed)

    def _not_ours(self, listed: Iterable[StoredObject]) -> Iterator[StoredObject]:
        """Without what uploads, packagings and migrations have put there, or are about to record."""
        with self.database.reading() as connection:
            own = {row["id"] for row in _queries.own_folders(connection, provider=self.provider.name)}
            moving = {row["key"] for row in _queries.keys_under_way(connection, provider=self.provider.name)}
        for stored in listed:
            if stored.key not in moving and not (
                stored.key.startswith("videos/") and stored.key.split("/", 2)[1] in own
            ):
                yield stored

    def _elsewhere(self) -> set[str]:
        """Videos whose copy here was retired: their addresses may hold something else by now."""
        with self.database.reading() as connection:
            return {row["id"] for row in _queries.videos_elsewhere(connection, provider=self.provider.name)}

    def _visibility(self) -> Visibility:
        """What nobody could read without a signature stays private."""
        is_open = isinstance(self.provider, OpenBucket) and self.provider.is_public
        return Visibility.PUBLIC if is_open else Visibility.PRIVATE

    def _record(self, additions: list[_Addition], visibility: Visibility) -> int:
        """In one transaction; a row of parameters serves every query that needs some of them."""
        new = [each for each in additions if each.is_new]
        copies = [self._copy_row(each.video_id) for each in additions]
        objects = [self._object_row(each.video_id, member) for each in additions for member in each.members]
        grown = [self._copy_row(each.video_id) for each in additions if not each.is_new]
        with self.database.transaction() as connection:
            _queries.take_in_video(connection, [_video_row(each, visibility, self.user.name) for each in new])
            _queries.take_in_copy(connection, copies)
            _queries.take_in_object(connection, objects)
            _queries.take_in_served(connection, copies)
            _queries.take_in_link(connection, objects)
            _queries.take_in_sum(connection, [row for each in new for row in self._sum_rows(each)])
            _queries.forget_sums(connection, grown)
            _queries.add_up_sums(connection, grown)
            self._note(connection, "take into the library", f"objects: {len(objects):,}, videos: {len(additions):,}")
        return len(objects)

    def _copy_row(self, video_id: str) -> dict[str, Any]:
        provider = self.provider.name
        reason = f"It lay at {provider} when it was first looked at there."
        return {"video_id": video_id, "provider": provider, "reason": reason, "recorded_at": self._now}

    def _object_row(self, video_id: str, member: Member) -> dict[str, Any]:
        stored = member.stored
        return {
            "video_id": video_id,
            "provider": self.provider.name,
            "bucket": self.provider.bucket,
            "kind": member.kind,
            "name": member.name,
            "key": stored.key,
            "content_type": stored.content_type or content_type_of(stored.key),
            "size_bytes": stored.size_bytes,
            "storage_class": stored.storage_class,
            "etag": stored.etag,
            "recorded_at": self._now,
        }

    def _sum_rows(self, addition: _Addition) -> Iterator[dict[str, Any]]:
        """The bytes of a new video in each storage class, and those of its original and renditions."""
        sums: dict[str, list[int]] = {}
        for each in addition.members:
            both = sums.setdefault(each.stored.storage_class, [0, 0])
            both[0] += each.stored.size_bytes
            both[1] += each.stored.size_bytes if each.kind in (Kind.ORIGINAL, Kind.RENDITION) else 0
        place = {"video_id": addition.video_id, "provider": self.provider.name}
        for storage_class, (size, media) in sums.items():
            yield {**place, "storage_class": storage_class, "size_bytes": size, "media_bytes": media}

    @cached_property
    def _now(self) -> str:
        return instant_text(self.now)

    def _record_changes(self, connection: Any, changed: list[tuple[StoredObject, _Known]]) -> None:
        now, name = instant_text(self.now), self.provider.name
        originals = [
            {"video_id": old.video_id, "size_bytes": new.size_bytes}
            for new, old in changed
            if old.kind == Kind.ORIGINAL
        ]
        sums = [{"video_id": id, "provider": name} for id in sorted({old.video_id for _, old in changed})]
        rows = [
            {"provider": name, "key": new.key, "size_bytes": new.size_bytes, "etag": new.etag,
             "storage_class": new.storage_class, "recorded_at": now}
            for new, _ in changed
        ]  # fmt: skip
        _queries.record_change(connection, rows)
        _queries.record_original(connection, originals)
        _queries.forget_sums(connection, sums)
        _queries.add_up_sums(connection, sums)
        self._note(connection, "record replaced objects", f"objects: {len(changed):,}")

    def _note(self, connection: Any, action: str, detail: str) -> None:
        subject = f"{self.provider.name}, bucket {self.provider.bucket}"
        user = self.user
        add_entry(
            connection,
            AuditEntry(self.now, user.name, user.via, action, subject, Outcome.DONE, detail, user.address),
        )


def _additions(
    provider: StorageProvider, groups: Iterable[Group], known: dict[str, _Known], elsewhere: set[str]
) -> Iterator[_Addition]:
    """What is unknown, under the video that any object of its group belongs to, else under one of its own."""
    taken: dict[str, set[str]] = defaultdict(set)
    for old in known.values():
        taken[old.video_id].add(old.name)
    for each in groups:
        unknown = [member for member in each.members if member.stored.key not in known]
        if not unknown:
            continue
        owner = next((old.video_id for member in each.members if (old := known.get(member.stored.key))), None)
        ids = (video_id_of(provider.name, provider.bucket, each.main.key, earlier) for earlier in count())
        id = owner or next(id for id in ids if id not in elsewhere)
        yield _Addition(id, each.title, owner is None, tuple(_named(unknown, taken[id]) if owner else unknown))


def _named(members: Iterable[Member], taken: set[str]) -> Iterator[Member]:
    """The members under names that the video does not have yet."""
    for member in members:
        name = free_name(member.name, taken)
        taken.add(name)
        yield Member(member.stored, member.kind, name)


def _batches(additions: Iterable[_Addition]) -> Iterator[list[_Addition]]:
    batch: list[_Addition] = []
    size = 0
    for each in additions:
        batch.append(each)
        size += len(each.members)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _video_row(addition: _Addition, visibility: Visibility, created_by: str) -> dict[str, Any]:
    slug = slug_of(addition.title, addition.video_id[:_TAIL])
    main = addition.members[0]
    return {
        "id": addition.video_id,
        "slug": slug,
        "title": addition.title,
        "visibility": visibility,
        "size_bytes": main.stored.size_bytes if main.kind is Kind.ORIGINAL else 0,
        "created_by": created_by,
        "created_at": instant_text(main.stored.modified_at),
        "search_text": folded(f"{addition.title} {slug}"),
    }


def _is_folder(stored: StoredObject) -> bool:
    return not stored.size_bytes and (stored.key.endswith("/") or stored.key.rpartition("/")[2] == _EMPTY_FOLDER)
