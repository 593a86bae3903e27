"""Ending: how an upload becomes a video, or is cleared away, by steps that look at what is true already."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from core.access.roles import Role, User, Via
from core.catalog.catalog import Catalog
from core.catalog.video import Video
from core.database import Connection, Database
from core.errors import (
    ContentRefused,
    ObjectCorrupt,
    PartsMissing,
    PhyghtError,
    StorageError,
    UploadError,
    UploadNotFound,
)
from core.storage.health import Health
from core.storage.provider import Multipart, Part, StorageProvider
from core.storage.providers import Providers
from core.uploads import recording, store, whole
from core.uploads.session import Standing, State, UploadSession
from core.uploads.whole import Assembled

#: A completion of which nothing was heard for so long was cut off.
INTERRUPTED_AFTER = timedelta(minutes=10)
#: Asks for renditions of the video with that id, in a transaction.
Package = Callable[[Connection, str], object]
#: In whose name the worker acts.
WORKER = User("worker", Role.ADMIN, Via.SHELL)

log = logging.getLogger(__name__)


class Endings:
    """Ends uploads, for whoever asks for it and for the worker."""

    def __init__(
        self,
        database: Database,
        providers: Providers,
        health: Health,
        catalog: Catalog,
        package: Package | None,
    ) -> None:
        self._database = database
        self._providers = providers
        self._health = health
        self._catalog = catalog
        self._package = package

    def look(self, session: UploadSession, now: datetime, sent: Sequence[Part] = ()) -> Standing:
        """What has arrived, as its provider says. Raises UploadNotFound where that has forgotten it: it has failed."""
        if session.state is not State.RECEIVING:
            return Standing(session, ())
        try:
            return whole.look(self._providers.named(session.provider), session, sent)
        except UploadNotFound as error:
            with self._database.reading() as connection:
                current = store.find(connection, session.id)
            if current.state is not State.RECEIVING:  # it was made whole, or called off, at this moment
                return Standing(current, ())
            self.fail(session, error.message, now)
            raise

    def prepare(
        self, session: UploadSession, crc64nvme: int, sha256: str | None, now: datetime, sent: Sequence[Part]
    ) -> UploadSession:
        """The upload as one whose parts are put together, if all are there and add up to the checksum.

        Raises PartsMissing, ObjectCorrupt, UploadNotFound.
        """
        with self._health.attempt(session.provider):
            there = self.look(session, now, sent)
        if there.session.state is not State.RECEIVING:
            return there.session
        whole.require_all(there, crc64nvme)
        with self._database.transaction() as connection:
            if store.move(connection, session.id, State.RECEIVING, State.COMPLETING, now):
                store.queries.state_checksums(connection, id=session.id, crc64nvme=str(crc64nvme), sha256=sha256)
            store.touch(connection, session, now)
            return store.find(connection, session.id)

    def finish(
        self, user: User, session: UploadSession, keep_duplicate: bool, now: datetime, sent: Sequence[Part] = ()
    ) -> UploadSession:
        """Put the parts together, prove the whole, record the video, and have it packaged.

        Raises ObjectCorrupt where parts differ (they are wanted again) or the whole does (it has failed),
        ContentRefused, UploadNotFound, StorageError.
        """
        provider = self._providers.named(session.provider)
        with self._health.attempt(provider.name):
            made = self._assembled(provider, session, sent, now)
            self._prove(provider, session, made, now)
        with self._database.transaction() as connection:
            current = store.find(connection, session.id)
            if current.state is session.state:  # otherwise somebody was quicker
                if self.twin(session) and not keep_duplicate:
                    store.move(connection, session.id, session.state, State.DUPLICATE, now)
                else:
                    recording.record(connection, user, current, provider, made.stored, now)
                    self._have_packaged(connection, session.id)
            return store.find(connection, session.id)

    def twin(self, session: UploadSession) -> Video | None:
        """The oldest other video with the same bytes, and bound to the same place where this one is bound."""
        if session.crc64nvme is None:
            return None
        for video in self._catalog.videos_of_content(session.crc64nvme, session.size_bytes):
            differ = video.sha256 and session.sha256 and video.sha256 != session.sha256
            stands_for_it = session.residency in ("", video.residency)
            if video.id != session.id and not differ and stands_for_it:
                return video
        return None

    def call_off(self, user: User, session: UploadSession, state: State, now: datetime) -> UploadSession:
        """The upload as aborted or abandoned, where nothing else came of it before; what it left is removed."""
        with self._database.transaction() as connection:
            for before in (State.RECEIVING, State.DUPLICATE):
                if store.move(connection, session.id, before, state, now):
                    action = "abort upload" if state is State.ABORTED else "abandon upload"
                    recording.note(connection, user, action, session, now, f"at {session.provider}")
            current = store.find(connection, session.id)
        if current.state in (State.ABORTED, State.ABANDONED):
            self._clear_or_leave(current)
        return current

    def fail(self, session: UploadSession, problem: str, now: datetime) -> None:
        """Record that nothing can come of it, and remove what it left."""
        with self._database.transaction() as connection:
            failed = store.move(connection, session.id, session.state, State.FAILED, now, problem)
        if failed:
            self._clear_or_leave(session)

    def sweep(self, abandoned_after: timedelta, now: datetime) -> None:
        """Call off what nobody went on with, finish what was cut off, remove what was left, ask again for renditions.

        What fails with one upload keeps none of the others; the first of it is raised at the end.
        """
        failures: list[PhyghtError] = []
        for step in self._left_to_do(abandoned_after, now):
            try:
                step()
            except (StorageError, UploadError) as error:
                log.warning("%s", error)
                failures.append(error)
        if failures:
            raise failures[0]

    def _left_to_do(self, abandoned_after: timedelta, now: datetime) -> Iterator[Callable[[], object]]:
        with self._database.reading() as connection:
            cut_off = store.quiet(connection, State.COMPLETING, now - INTERRUPTED_AFTER)
            quiet = [
                each
                for state in (State.RECEIVING, State.DUPLICATE)
                for each in store.quiet(connection, state, now - abandoned_after)
            ]
            left = store.sessions_of(store.queries.uncleared(connection))
            unpackaged = store.sessions_of(store.queries.unpackaged(connection))
        for each in cut_off:
            yield lambda each=each: self.finish(WORKER, each, False, now)
        for each in quiet:
            yield lambda each=each: self.call_off(WORKER, each, State.ABANDONED, now)
        for each in left:
            yield lambda each=each: self._clear(each)
        for each in unpackaged:
            yield lambda each=each: self._have_packaged_later(each)

    def _have_packaged(self, connection: Connection, id: str) -> None:
        """Ask for renditions of a video, if and only if the transaction is kept."""
        if self._package:
            self._package(connection, id)
            store.queries.packaging_was_asked(connection, id=id)

    def _have_packaged_later(self, session: UploadSession) -> None:
        """For a video that was recorded when nobody made renditions."""
        with self._database.transaction() as connection:
            self._have_packaged(connection, session.id)

    def _assembled(
        self, provider: StorageProvider, session: UploadSession, sent: Sequence[Part], now: datetime
    ) -> Assembled:
        try:
            return whole.assemble(provider, session, sent)
        except (ObjectCorrupt, PartsMissing):
            with self._database.transaction() as connection:  # the parts are still there: some may be sent again
                store.move(connection, session.id, State.COMPLETING, State.RECEIVING, now)
            raise
        except UploadNotFound as error:
            self.fail(session, error.message, now)
            raise

    def _prove(self, provider: StorageProvider, session: UploadSession, made: Assembled, now: datetime) -> None:
        try:
            whole.prove(provider, session, made)
        except (ObjectCorrupt, ContentRefused) as error:
            self.fail(session, error.message, now)
            raise

    def _clear_or_leave(self, session: UploadSession) -> None:
        try:
            self._clear(session)
        except StorageError as error:  # the worker does it, as soon as the provider answers
            log.warning("What upload %s has left is removed later: %s", session.id, error)

    def _clear(self, session: UploadSession) -> None:
        provider = self._providers.named(session.provider)
        if isinstance(provider, Multipart):
            # by its key: a process that was killed may have begun an upload and not recorded it
            for each in list(provider.unfinished_uploads(session.key)):
                provider.abort_upload(each.key, each.upload_id)
        elif session.upload_id:
            whole.resumable(provider).abort_resumable(session.upload_id)
        provider.delete(session.key)
        with self._database.transaction() as connection:
            store.queries.was_cleared(connection, id=session.id)
