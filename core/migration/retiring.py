"""Retiring: the source's copy of a moved video is removed, once it is certain that the target's is whole."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.access.audit import AuditEntry, Outcome, add_entry
from core.catalog.catalog import copies_of, forget_copy, served_from
from core.catalog.video import Copy, CopyObject, Kind, Link
from core.database import Connection
from core.errors import MigrationRefused, ObjectChanged, ObjectNotFound, PhyghtError
from core.migration import store
from core.migration.handles import Handles
from core.migration.journal import CopyRecord, Journal
from core.migration.state import Item, Migration, State
from core.migration.verifying import require_unchanged, require_whole

#: An object is looked at once more right before it is removed, where it was looked at longer ago.
_LOOK_HOLDS = timedelta(minutes=1)


class Retirement:
    """Of one video's copy at the source. It cannot be undone."""

    def __init__(self, handles: Handles, migration: Migration, item: Item) -> None:
        self._handles, self._migration, self._item = handles, migration, item
        self._source = handles.providers.named(migration.source)
        self._target = handles.providers.named(migration.target)

    def run(self) -> None:
        """Check once more, remove, and record it; what the source refuses to remove is told, and keeps its copy.

        Raises MigrationRefused, ObjectCorrupt, ObjectChanged, StorageError, DatabaseError.
        """
        before, after = self._copies()
        if before is not None:
            look = self._looks(before, after)
            for each in before.objects:
                look(each)
            self._require_no_rows(before)
            kept = self._remove(before, look)
            if kept:
                raise MigrationRefused(
                    f"{len(kept)} of {len(before.objects)} objects were not removed from {self._source.name}: "
                    f"{kept[0]}",
                    "Viewers are not affected; the rest is still billed there. Mend it and retire again.",
                )
        self._record()

    def _copies(self) -> tuple[Copy | None, Copy]:
        """The source's, as long as there is one, and the target's."""
        with self._handles.database.reading() as connection:
            if served_from(connection, self._item.video_id) != self._migration.target:
                raise MigrationRefused(
                    f"Viewers do not get {self._migration.target}'s copy.", "Move the video again before."
                )
            copies = {each.provider: each for each in copies_of(connection, self._item.video_id)}
        return copies.get(self._migration.source), copies[self._migration.target]

    def _looks(self, before: Copy, after: Copy) -> Callable[[CopyObject], None]:
        """A check of one object, which is not made again while the last one is young."""
        records = Journal(self._handles.database, self._item).records()
        at_target, looked_at = {each.key for each in after.objects}, dict[str, datetime]()

        def look(each: CopyObject) -> None:
            now = self._handles.clock()
            if each.key not in looked_at or now - looked_at[each.key] >= _LOOK_HOLDS:
                self._check(each, records.get(each.name), at_target)
                looked_at[each.key] = now

        return look

    def _require_no_rows(self, before: Copy) -> None:
        """Raises MigrationRefused where the platform's own table leads anybody to what is about to be removed."""
        if self._handles.rows is None:
            return
        video = self._handles.catalog.video(self._item.video_id)
        links = [Link(self._source.name, self._source.bucket, each.key) for each in before.objects]
        if rows := self._handles.rows.still_lead_there(video, links):
            raise MigrationRefused(
                f"The platform's table still holds old links of {video.title!r} (rows: {rows}), so its source is kept.",
                f"Have them hold the address that ends with /v/{video.slug}, and retire it again.",
            )

    def _check(self, each: CopyObject, record: CopyRecord | None, at_target: set[str]) -> None:
        """That the target's is whole, and the source's nothing that was not moved."""
        if record is None:
            raise MigrationRefused("The source's copy has objects that were not moved.", "Plan a migration of them.")
        if each.kind is Kind.ORIGINAL or record.target_key in at_target:  # else it was packaged anew since
            require_whole(self._target, record)
        try:
            require_unchanged(self._source, record)
        except ObjectNotFound:
            return  # it was removed before the process was killed, or by somebody else
        except ObjectChanged as error:
            raise MigrationRefused(
                f"{record.source_key!r} was replaced at the source after it was moved.",
                "Upload the new one as a video of its own, and put the old one back or remove it there.",
            ) from error

    def _remove(self, copy: Copy, look: Callable[[CopyObject], None]) -> list[str]:
        """Why objects are still there, one sentence each."""
        kept = list[str]()
        for each in copy.objects:
            try:
                look(each)
                self._source.delete(each.key)
            except PhyghtError as error:
                kept.append(f"{each.key}: {error.message}")
        return kept

    def _record(self) -> None:
        now = self._handles.clock()
        with self._handles.database.transaction() as connection:
            current = store.item(connection, self._item.migration_id, self._item.video_id)
            if store.enter(connection, current, State.RETIRED, now):
                forget_copy(connection, self._item.video_id, self._migration.source)
                store.note(connection, self._migration.id, self._item.video_id, "retired", now)
                _audit(connection, self._migration, self._item, now)


def source_is_whole(handles: Handles, migration: Migration, item: Item) -> bool:
    """Whether nothing was removed of it, so that viewers could get it again; False where nobody can tell."""
    try:
        source = handles.providers.named(migration.source)
        copies = {each.provider: each for each in handles.catalog.copies(item.video_id)}
        for each in copies[source.name].objects if source.name in copies else ():
            source.head(each.key)
    except PhyghtError:
        return False
    return source.name in copies


def _audit(connection: Connection, migration: Migration, item: Item, now: datetime) -> None:
    entry = AuditEntry(
        now, migration.started_by, migration.started_via, "retire source", item.video_id, Outcome.DONE, migration.source
    )
    add_entry(connection, entry)
