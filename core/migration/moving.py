"""Moving: one video, from where it stands to its cut-over; each step looks at what is true and does the rest."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

from core.catalog.catalog import forget_objects, served_from
from core.catalog.video import Copy, Link, Video
from core.errors import NothingServed, NotMovable, ObjectChanged, VideoNotFound
from core.migration import store
from core.migration.classes import is_packaged, target_class
from core.migration.copying import Copying, Road, Stopped
from core.migration.handles import Handles, Means
from core.migration.journal import CopyRecord, Journal
from core.migration.orders import Orders
from core.migration.requiring import require_target
from core.migration.state import Item, Migration, State
from core.migration.switching import Switch, copied, cut_over
from core.migration.verifying import Verifying
from core.storage.patience import Patience

#: How often something may be replaced at the source while it is copied, before the move is put off.
_ROUNDS = 3


class Move:
    """One video's move, as one worker takes it up."""

    def __init__(self, handles: Handles, means: Means, migration: Migration, item: Item, orders: Orders) -> None:
        self._handles, self._means, self._migration, self._item = handles, means, migration, item
        self._journal = Journal(handles.database, item)
        self._orders = orders
        self._road = self._open_road()

    def go(self) -> None:
        """Take it to its cut-over. Raises Stopped, MigrationError, StorageError, DatabaseError, DiskFull."""
        for rounds_left in reversed(range(_ROUNDS)):
            video = self._handles.catalog.video(self._item.video_id)
            if video.served_from == self._migration.target:
                return self._is_there_already()
            try:
                return self._move(video, self._source_copy(video))
            except ObjectChanged:
                if not rounds_left:
                    raise
        return None

    def discard(self) -> None:
        """Remove what this migration has put at the target, unless viewers get it. Raises StorageError."""
        self._discard(self._journal.records().values())

    def clear_uploads(self) -> None:
        """Give up what is half at the target of objects that are whole there. Raises StorageError."""
        copying = self._copying()
        for record in self._journal.records().values():
            if record.done:
                copying.clear_uploads(record)
                self._journal.forget_parts(record.name)

    def _move(self, video: Video, before: Copy) -> None:
        self._means.meter.begin(self._item.migration_id, self._item.video_id)  # each round finds out what is there
        self._enter(State.COPYING)
        records = self._copied(before)
        after = copied(before, records, self._migration.target, self._handles.clock())
        self._enter(State.UPLOADED)
        self._verify(video, after, records.values())
        self._cut_over(Switch(self._migration, self._item, video, before, after), records.values())

    def _copied(self, before: Copy) -> dict[str, CopyRecord]:
        named = {each.name for each in before.objects}
        begun = self._journal.records()
        self._discard([record for name, record in begun.items() if name not in named])
        copying, packaged, records = self._copying(begun), is_packaged(before), dict[str, CopyRecord]()
        for each in before.objects:
            self._require_going_on()
            target_key = self._migration.target_prefix + each.key
            self._require_nobody_elses(target_key)
            storage_class = target_class(each.kind, packaged, each.size_bytes, self._handles.settings)
            records[each.name] = copying.copy(each, target_key, storage_class)
        return records

    def _require_nobody_elses(self, target_key: str) -> None:
        """Raises NotMovable where another video's copy has the object there: whoever removes one would remove both."""
        with suppress(VideoNotFound):
            other = self._handles.catalog.video_by_object(self._migration.target, target_key)
            if other.id != self._item.video_id:
                raise NotMovable(
                    f"{target_key!r} in {self._migration.target} belongs to the video {other.title!r} ({other.id}).",
                    "Make a plan with another prefix for the target, or remove that video's copy there.",
                )

    def _verify(self, video: Video, after: Copy, records: Iterable[CopyRecord]) -> None:
        handles, road = self._handles, self._road
        verifying = Verifying(road.source, road.target, handles.addresses, handles.clock)
        for record in records:
            self._require_going_on()
            road.patience.persist(lambda record=record: verifying.verify(video, after, record))

    def _cut_over(self, switch: Switch, records: Iterable[CopyRecord]) -> None:
        self._require_going_on()
        if self._handles.rows:
            self._enter(State.VERIFIED)  # now, because the other database may be away
            links = [Link(self._road.source.name, self._road.source.bucket, each.key) for each in switch.before.objects]
            self._handles.rows.lead_to(switch.item, switch.video, links)
        now = self._handles.clock()
        with self._handles.database.transaction() as connection:
            item = store.advance(connection, switch.item, State.VERIFIED, now)
            if item is None:
                raise Stopped
            cut_over(connection, replace(switch, item=item), records, self._road.source, now)

    def _is_there_already(self) -> None:
        """Viewers get the target's copy: somebody else has moved it, or this very migration before it was killed."""
        self._enter(State.DONE, "it was there already")

    def _enter(self, state: State, detail: str = "") -> None:
        """Note that the video is so far; once it is called off, no further. Raises Stopped."""
        with self._handles.database.reading() as connection:
            if store.item(connection, self._item.migration_id, self._item.video_id).state is state:
                return
        with self._handles.database.transaction() as connection:
            if store.advance(connection, self._item, state, self._handles.clock(), detail) is None:
                raise Stopped

    def _source_copy(self, video: Video) -> Copy:
        for copy in self._handles.catalog.copies(video.id):
            if copy.provider == self._migration.source:
                return copy
        raise NothingServed(
            f"{video.title!r} has no copy in {self._migration.source}.", "Make a new plan: it looks at what there is."
        )

    def _discard(self, records: Iterable[CopyRecord]) -> None:
        if not (given_up := list(records)):
            return
        copying = self._copying()
        names = [record.name for record in given_up]
        with self._handles.database.transaction() as connection:  # first: nobody is led to what is about to go
            if served_from(connection, self._item.video_id) == self._migration.target:
                return
            forget_objects(connection, self._item.video_id, self._migration.target, names)
        for record in given_up:
            if not record.adopted:
                copying.discard(record)
        self._journal.forget(names)

    def _copying(self, begun: Mapping[str, CopyRecord] = MappingProxyType({})) -> Copying:
        return Copying(self._road, self._journal, self._migration.adopts, self._means.part_bytes, begun)

    def _require_going_on(self) -> None:
        if self._orders.stopped():
            raise Stopped

    def _open_road(self) -> Road:
        providers, means = self._handles.providers, self._means
        target = require_target(providers.named(self._migration.target))
        of = (self._item.migration_id, self._item.video_id)
        return Road(
            source=providers.named(self._migration.source),
            target=target,
            traffic=means.traffic,
            patience=Patience(means.pause, self._orders.stopped),
            rate=self._orders.rate,
            stopped=self._orders.stopped,
            arrived=lambda size_bytes, moved: means.meter.arrived(*of, size_bytes, moved),
        )
