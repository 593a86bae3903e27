"""Mover: what a worker does with a video that is to be moved, given up or retired; what stands in its way is noted."""

import logging
from collections.abc import Callable
from datetime import timedelta

from core.catalog.catalog import served_from
from core.errors import (
    DatabaseError,
    DiskFull,
    MigrationNotFound,
    NotMovable,
    ObjectChanged,
    ObjectCorrupt,
    PhyghtError,
    PlatformUnreachable,
    StorageBusy,
    StorageDenied,
    StorageUnreachable,
    UploadNotFound,
)
from core.jobs.work import enqueue
from core.media import packagings
from core.migration import store
from core.migration.copying import Stopped
from core.migration.handles import Handles, Means
from core.migration.meter import Meter
from core.migration.moving import Move
from core.migration.obstacles import stays_in
from core.migration.orders import Orders
from core.migration.retiring import Retirement, source_is_whole
from core.migration.samples import ask_at_the_end
from core.migration.state import DISCARD, MOVE, Item, Migration, Phase, State
from core.migration.traffic import Traffic, give_back_freed_memory
from core.units import instant_text

#: What may be over later: it is tried again after half a minute, and then after ever longer.
_PASSES = (
    StorageBusy, StorageUnreachable, StorageDenied, ObjectCorrupt, ObjectChanged, UploadNotFound, DiskFull,
    DatabaseError, PlatformUnreachable,
)  # fmt: skip
#: After so many it is set aside.
ATTEMPTS = 8
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
_PACKAGING_WAIT = timedelta(minutes=1)
#: Its own words may hold a signed address.
_UNFORESEEN = "Look into the worker's log, and report it."

log = logging.getLogger(__name__)


def open_mover(handles: Handles) -> "Mover":
    """What one worker process has: all that it moves shares its memory and its bandwidth."""
    give_back_freed_memory()
    return Mover(handles, Means(Traffic(), Meter(handles.database, handles.clock)))


class Mover:
    """Safe to repeat, and to run twice at once."""

    def __init__(self, handles: Handles, means: Means) -> None:
        self._handles, self._means = handles, means

    def move(self, argument: str, called_off: Callable[[], bool]) -> None:
        """Move a video as far as it goes."""
        found = self._found(argument)
        if found is None:
            return None
        migration, item = found
        if item.state is State.CANCELLED:
            return self.discard(argument, called_off)
        if migration.phase is not Phase.RUNNING or not item.state.moves:
            return None
        self._means.meter.begin(item.migration_id, item.video_id)
        try:
            self._move(migration, item, called_off)
        except Stopped:
            self._stop(migration, item)
        except _PASSES as error:
            self._put_off(item, error)
        except PhyghtError as error:
            self._set_aside(item, error.message, error.advice)
        except Exception as error:  # a fault in one video must not hold up the others
            log.exception("%s", argument)
            self._set_aside(item, f"Something unforeseen went wrong ({type(error).__name__}).", _UNFORESEEN)
        finally:
            self._means.meter.end(item.migration_id, item.video_id)
        return ask_at_the_end(self._handles.database, item.migration_id, self._handles.clock())

    def discard(self, argument: str, _called_off: Callable[[], bool]) -> None:
        """Remove what a cancelled move has left at the target; tried again until it is gone."""
        found = self._found(argument)
        if found is None or found[1].state is not State.CANCELLED:
            return
        migration, item = found
        try:
            self._lead_rows_back(migration, item)
            self._open(migration, item, lambda: False).discard()
        except _PASSES as error:
            log.warning("%s: %s", argument, error)
            now = self._handles.clock()
            with self._handles.database.transaction() as connection:
                if store.item(connection, item.migration_id, item.video_id).state is State.CANCELLED:
                    again = enqueue(connection, DISCARD, argument, now, now + _LONGEST_WAIT)
                    store.queries.set_request(
                        connection, migration_id=item.migration_id, video_id=item.video_id, request=again
                    )

    def _lead_rows_back(self, migration: Migration, item: Item) -> None:
        """The platform's rows, unless what they lead to is served."""
        served = self._handles.catalog.video(item.video_id).served_from
        if self._handles.rows and served != migration.target:
            self._handles.rows.lead_back(item)

    def retire(self, argument: str, _called_off: Callable[[], bool]) -> None:
        """Remove the source's copy of a video; where that does not go, it is as before, with the reason.

        Once a part was removed, it is tried again and again: nobody may go back to what is left.
        """
        found = self._found(argument)
        if found is None or found[1].state is not State.RETIRING:
            return
        migration, item = found
        try:
            Retirement(self._handles, migration, item).run()
        except PhyghtError as error:
            # what has lost a part cannot be served again: it can only be brought to its end, and is asked for again
            after = State.DONE if source_is_whole(self._handles, migration, item) else State.RETIRING
            now = self._handles.clock()
            with self._handles.database.transaction() as connection:
                store.has_problem(connection, item, after, error.message, error.advice, now)
                if error.message != item.problem:
                    store.note(connection, item.migration_id, item.video_id, "not retired", now, error.message)

    def _found(self, argument: str) -> tuple[Migration, Item] | None:
        migration_id, _, video_id = argument.partition("/")
        try:
            with self._handles.database.reading() as connection:
                return store.migration(connection, migration_id), store.item(connection, migration_id, video_id)
        except MigrationNotFound:  # it was deleted meanwhile
            return None

    def _move(self, migration: Migration, item: Item, called_off: Callable[[], bool]) -> None:
        if self._is_packaged_now(item):
            return self._wait(item, _PACKAGING_WAIT, "It is being packaged.", "It is moved once that is over.")
        self._require_residency(migration, item)
        now = self._handles.clock()
        with self._handles.database.transaction() as connection:
            at = instant_text(now)
            store.queries.begin_attempt(connection, migration_id=item.migration_id, video_id=item.video_id, at=at)
            if served_from(connection, item.video_id) != migration.target:
                store.advance(connection, item, State.COPYING, now)
        return self._open(migration, item, called_off).go()

    def _require_residency(self, migration: Migration, item: Item) -> None:
        """Raises NotMovable where the target, as it is configured by now, does not promise what the video asks for."""
        video, target = self._handles.catalog.video(item.video_id), self._handles.providers.named(migration.target)
        if stays := stays_in(video.residency, target):
            raise NotMovable(stays.problem, stays.advice)

    def _open(self, migration: Migration, item: Item, called_off: Callable[[], bool]) -> Move:
        orders = Orders(self._handles.database, item, called_off, self._handles.clock)
        return Move(self._handles, self._means, migration, item, orders)

    def _is_packaged_now(self, item: Item) -> bool:
        with self._handles.database.reading() as connection:
            packaging = packagings.find(connection, item.video_id)
        return packaging is not None and not packaging.state.is_over

    def _stop(self, migration: Migration, item: Item) -> None:
        """It waits as before its turn, and what has arrived stays; unless it was cancelled: then nothing stays."""
        now = self._handles.clock()
        with self._handles.database.transaction() as connection:
            current = store.item(connection, item.migration_id, item.video_id)
            if current.state.moves:
                store.enter(connection, current, State.WAITING, now)
        if current.state is State.CANCELLED:
            self.discard(item.argument, lambda: False)
        elif current.state is State.DONE:  # somebody else was quicker, and looks after no upload but his own
            self._open(migration, item, lambda: False).clear_uploads()

    def _put_off(self, item: Item, error: PhyghtError) -> None:
        with self._handles.database.reading() as connection:
            attempts = max(store.item(connection, item.migration_id, item.video_id).attempts, 1)
        if attempts >= ATTEMPTS:
            self._set_aside(item, error.message, error.advice)
        else:
            self._wait(item, min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT), error.message, error.advice)

    def _wait(self, item: Item, span: timedelta, problem: str, advice: str) -> None:
        """Have it tried again by and by."""
        now = self._handles.clock()
        with self._handles.database.transaction() as connection:
            if store.item(connection, item.migration_id, item.video_id).state.moves:
                request = enqueue(connection, MOVE, item.argument, now, now + span, item.position)
                store.has_problem(connection, item, State.WAITING, problem, advice, now, request)
                store.note(connection, item.migration_id, item.video_id, "put off", now, problem)

    def _set_aside(self, item: Item, problem: str, advice: str) -> None:
        now = self._handles.clock()
        with self._handles.database.transaction() as connection:
            if store.item(connection, item.migration_id, item.video_id).state.moves:
                store.has_problem(connection, item, State.FAILED, problem, advice, now)
                store.note(connection, item.migration_id, item.video_id, "failed", now, problem)
