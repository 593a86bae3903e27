"""Switching: which copy viewers get, with all that tells of it, in one transaction; and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.access.audit import AuditEntry, Outcome, add_entry
from core.access.roles import User, Via
from core.catalog.catalog import copies_of, describe_content, record_copy, remember_link, serve_from, served_from
from core.catalog.video import Copy, CopyObject, Kind, Video
from core.database import Connection
from core.errors import MigrationRefused, ObjectChanged
from core.migration import store
from core.migration.journal import CopyRecord
from core.migration.state import Item, Migration, Phase, State
from core.storage.provider import StorageProvider


@dataclass(frozen=True)
class Switch:
    """A video between its two copies."""

    migration: Migration
    item: Item
    video: Video
    before: Copy  #: the source's, as it was copied
    after: Copy  #: the target's


def copied(before: Copy, records: dict[str, CopyRecord], provider: str, now: datetime) -> Copy:
    """The target's copy, once every object of the source's has arrived."""
    objects = tuple(_copied(each, records[each.name]) for each in before.objects)
    return Copy(provider, f"It was moved from {before.provider}.", now, objects)


def _copied(each: CopyObject, record: CopyRecord) -> CopyObject:
    assert record.storage_class
    return CopyObject(
        each.kind, each.name, record.target_key, each.content_type, record.size_bytes, record.storage_class,
        record.etag, record.crc64nvme, each.width, each.height, each.bandwidth,
    )  # fmt: skip


def cut_over(
    connection: Connection, switch: Switch, records: Iterable[CopyRecord], source: StorageProvider, now: datetime
) -> bool:
    """Viewers get the target's copy from now on; False where that is not to be any more, or was done.

    Raises ObjectChanged where the source's copy has other objects than were copied, and MigrationRefused where
    viewers get a third one.
    """
    of, video = switch.item, switch.video
    if store.migration(connection, of.migration_id).phase is not Phase.RUNNING:
        return False
    match served_from(connection, video.id):
        case switch.before.provider:
            _require_same(connection, switch)
        case switch.after.provider:
            return False
        case other:
            raise MigrationRefused(f"Viewers get it from {other} by now.", "Cancel it here, and make a new plan.")
    if not store.enter(connection, of, State.DONE, now):
        return False
    record_copy(connection, video.id, switch.after.provider, switch.after.objects, now, switch.after.reason)
    for each in switch.before.objects:
        remember_link(connection, video.id, source.name, source.bucket, each.key)
    serve_from(connection, video.id, switch.after.provider, now)
    for record in records:
        if record.name == Kind.ORIGINAL:
            describe_content(connection, video.id, record.crc64nvme, record.sha256)
    store.is_cut_over(connection, of, now)
    detail, migration = f"from {source.name} to {switch.after.provider}", switch.migration
    store.note(connection, of.migration_id, video.id, "cut over", now, detail)
    add_entry(connection, _entry(migration.started_by, migration.started_via, of, now, "cut over", detail))
    return True


def roll_back(connection: Connection, user: User, migration: Migration, of: Item, now: datetime) -> None:
    """Viewers get the source's copy again. Raises MigrationRefused where that cannot be."""
    if why := why_not_back(connection, migration, of):
        raise MigrationRefused(why, "Look at the other migrations; or plan one in the other direction.")
    serve_from(connection, of.video_id, migration.source, now)
    store.enter(connection, of, State.ROLLED_BACK, now)
    store.is_cut_over(connection, of, None)
    detail = f"from {migration.target} to {migration.source}"
    store.note(connection, of.migration_id, of.video_id, "rolled back", now, detail, user.name)
    add_entry(connection, _entry(user.name, user.via, of, now, "roll back", detail, user.address))


def why_not_back(connection: Connection, migration: Migration, of: Item) -> str:
    """Why viewers cannot get the source's copy again by taking back this move; empty where they can."""
    elsewhere = store.queries.under_way_elsewhere(connection, migration_id=of.migration_id, video_id=of.video_id)
    if of.cut_over_at is None:
        return f"{of.video_id} was moved by another migration."
    if elsewhere and elsewhere["state"] == State.RETIRING:
        return f"{of.video_id} is being retired by {elsewhere['name']!r}."
    if (now := served_from(connection, of.video_id)) != migration.target:
        return f"Viewers get {of.video_id} from {now} by now, and not from {migration.target}."
    if migration.source not in {copy.provider for copy in copies_of(connection, of.video_id)}:
        return f"{of.video_id} has no copy in {migration.source} any more."
    return ""


def _require_same(connection: Connection, switch: Switch) -> None:
    copies = copies_of(connection, switch.video.id)
    if all(each.provider != switch.before.provider or _traits(each) != _traits(switch.before) for each in copies):
        raise ObjectChanged(
            f"Other objects of {switch.video.title!r} are recorded in {switch.before.provider} than were copied.",
            "They are copied now.",
        )


def _traits(copy: Copy) -> set[tuple[str, str, str, int]]:
    return {(each.name, each.key, each.etag, each.size_bytes) for each in copy.objects}


def _entry(actor: str, via: Via, of: Item, now: datetime, action: str, detail: str, address: str = "") -> AuditEntry:
    return AuditEntry(now, actor, via, action, of.video_id, Outcome.DONE, detail, address)
