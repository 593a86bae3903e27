"""Uploads: bring a file in, in parts, however often it is interrupted, and make it a video once it is whole."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.billing.prices import PriceCatalog
from core.billing.storage_prices import StoragePrices
from core.catalog.catalog import Catalog
from core.catalog.video import Video
from core.database import Database
from core.errors import PhyghtError, UploadNotFound, UploadRefused
from core.settings import Settings
from core.storage.health import Health
from core.storage.provider import (
    Part,
    StorageClass,
    StorageProvider,
)
from core.storage.providers import Providers
from core.storage.routing import choose_provider
from core.units import size_in_words
from core.uploads import beginning, new_file, store, wishes
from core.uploads.answers import Completed, Verdict, ended
from core.uploads.content import recognise
from core.uploads.ending import Endings, Package
from core.uploads.new_file import NewFile
from core.uploads.parts import Parts
from core.uploads.room import Room
from core.uploads.session import PART_BYTES, Standing, State, UploadSession


class Uploads:
    """The uploads of one installation. Each change asks for the permission and is noted in the audit log."""

    def __init__(
        self,
        database: Database,
        providers: Providers,
        health: Health,
        catalog: Catalog,
        audit: AuditLog,
        prices: PriceCatalog,
        settings: Settings,
        package: Package | None = None,
        part_bytes: int = PART_BYTES,
    ) -> None:
        """`package` asks for the renditions of a video, in the transaction that records it."""
        self._database = database
        self._providers = providers
        self._health = health
        self._catalog = catalog
        self._audit = audit
        self._prices = StoragePrices(prices, settings.supabase_plan, settings.supabase_gb_bytes)
        self._room = Room(database, prices, settings)
        self._settings = settings
        self._part_bytes = part_bytes
        self._endings = Endings(database, providers, health, catalog, package)
        self.parts = Parts(database, providers, self._own)

    def doubt(self, user: User, id: str) -> None:
        """Look whether the provider of one's own upload is well, which could not be reached. Raises UploadNotFound."""
        self._health.doubt(self._providers.named(self._own(user, id).provider))

    def check(self, user: User, file: NewFile) -> Verdict:
        """What would become of a file; nothing is begun. Raises what start does."""
        user.require(Permission.UPLOAD)
        new_file.check(file, self._settings.upload_max_bytes)
        recognise(file.head, file.name)
        session = self._under_way(user, file)
        if session and wishes.lies_as_wished(session, file):
            return Verdict(session.provider, session.reason, self.monthly_usd(session), under_way=session)
        route = choose_provider(self._providers, file.residency, self._health, only_asking=True)
        self._room.require(route.provider, file)
        cost = self._monthly_usd(route.provider, file.size_bytes)
        return Verdict(route.provider.name, route.reason, cost, finished=self._finished(user, file))

    def start(self, user: User, file: NewFile, now: datetime) -> Standing:
        """A new upload of a file, or the user's unfinished one of the same file.

        One that lies where this file may not be by now is called off, and begun anew where it may.
        Raises PermissionDenied, UploadRefused, ResidencyRefused, DiskFull, and StorageError where no provider is well.
        """
        user.require(Permission.UPLOAD)
        new_file.check(file, self._settings.upload_max_bytes)
        container = recognise(file.head, file.name)
        session = self._going_on(user, file, now)
        if session is None:
            route = choose_provider(self._providers, file.residency, self._health)
            self._room.require(route.provider, file)
            new = beginning.new_session(user, file, container, route, self._part_bytes, now)
            session = self._recorded(user, file, new, now)
            if session is new:
                return Standing(self._begun(session, now, is_new=True), ())
        if not session.upload_id:
            session = self._begun(session, now, is_new=False)
        return self._endings.look(session, now)

    def get(self, user: User, id: str, now: datetime) -> Standing:
        """One's own upload, or anybody's for who may see them, and what of it has arrived. Raises UploadNotFound."""
        return self._endings.look(self._visible(user, id), now)

    def known(self, user: User, size_bytes: int, checksum: Callable[[], int], residency: str = "") -> Video | None:
        """The oldest video with these bytes that stays in the residency, if one is asked for.

        Their checksum is asked for only where a video has as many.
        """
        user.require(Permission.UPLOAD)
        with self._database.reading() as connection:
            if store.queries.videos_of_size(connection, size_bytes=size_bytes)["count"] == 0:
                return None
        found = self._catalog.videos_of_content(checksum(), size_bytes)
        return next((each for each in found if residency.upper() in ("", each.residency)), None)

    def unfinished(self, user: User, now: datetime) -> tuple[Standing, ...]:
        """One's own uploads that may go on, oldest first; one that its provider has forgotten is left out."""
        user.require(Permission.UPLOAD)
        with self._database.reading() as connection:
            sessions = store.sessions_of(store.queries.unfinished(connection, owner=user.name))
        found: list[Standing] = []
        for session in sessions:
            try:
                found.append(self._endings.look(session, now))
            except UploadNotFound:
                continue
        return tuple(found)

    def monthly_usd(self, session: UploadSession) -> Decimal | None:
        """USD a month to keep the file as it is sent, at list price; None where that, or its provider, is unknown."""
        provider = next((each for each in self._providers.all if each.name == session.provider), None)
        return None if provider is None else self._monthly_usd(provider, session.size_bytes)

    def complete(
        self,
        user: User,
        id: str,
        crc64nvme: int,
        sha256: str | None,
        now: datetime,
        keep_duplicate: bool = False,
        sent: Sequence[Part] = (),
    ) -> Completed:
        """Make the upload a video; asked again, it answers the same.

        Where the library has these bytes already, nothing is recorded until it is asked to keep both; abort discards.
        `sent` are parts that this process has sent: they spare asking for them, and reading the whole where its
        provider keeps no checksums.
        Raises PartsMissing, ObjectCorrupt, ContentRefused, UploadNotFound, UploadEnded, StorageError.
        """
        session = self._own(user, id)
        if session.state is State.RECEIVING:
            session = self._endings.prepare(session, crc64nvme, sha256, now, sent)
        if session.state is State.COMPLETING or (session.state is State.DUPLICATE and keep_duplicate):
            session = self._endings.finish(user, session, keep_duplicate, now, sent)
        if session.state not in (State.DONE, State.DUPLICATE):
            raise ended(session)
        video = self._catalog.video(session.id) if session.state is State.DONE else None
        return Completed(session, video, self._endings.twin(session), self.monthly_usd(session))

    def abort(self, user: User, id: str, now: datetime) -> None:
        """Call an upload off, and have removed what has arrived; asked again, nothing happens.

        Raises UploadNotFound, and UploadEnded where it is a video already, or becomes one at this moment.
        """
        session = self._endings.call_off(user, self._visible(user, id), State.ABORTED, now)
        if session.state in (State.COMPLETING, State.DONE):
            raise ended(session)

    def abort_abandoned(self, now: datetime) -> None:
        """End what nobody else will; for the worker. Raises the first thing that went wrong, when all else is done."""
        self._endings.sweep(timedelta(hours=self._settings.upload_abandoned_hours), now)

    def _monthly_usd(self, provider: StorageProvider, size_bytes: int) -> Decimal | None:
        return self._prices.monthly_usd(provider.name, provider.region, StorageClass.STANDARD, size_bytes)

    def _finished(self, user: User, file: NewFile) -> Video | None:
        with self._database.reading() as connection:
            row = store.queries.finished_before(
                connection, owner=user.name, fingerprint=file.fingerprint, size_bytes=file.size_bytes
            )
        return None if row is None else self._catalog.video(row["id"])

    def _under_way(self, user: User, file: NewFile) -> UploadSession | None:
        with self._database.reading() as connection:
            return store.under_way(connection, user.name, file.fingerprint, file.size_bytes)

    def _going_on(self, user: User, file: NewFile, now: datetime) -> UploadSession | None:
        """The unfinished upload of the file as it is wanted now; None where it has to be begun."""
        session = self._under_way(user, file)
        if session is None or wishes.lies_as_wished(session, file):
            return session and wishes.made_as_wished(self._database, session, file)
        self.abort(user, session.id, now)
        return None

    def _recorded(self, user: User, file: NewFile, session: UploadSession, now: datetime) -> UploadSession:
        detail = f"{size_in_words(session.size_bytes)} to {session.provider}"
        subject = f"{session.title} ({session.id})"
        with self._audit.change(user, Permission.UPLOAD, "begin upload", subject, now, detail) as connection:
            other = store.under_way(connection, user.name, file.fingerprint, file.size_bytes)
            if other is None:
                store.begin(connection, session)
            elif not wishes.lies_as_wished(other, file):
                raise UploadRefused(f"{file.name!r} was just begun elsewhere.", "Begin it again.")
            return other or session

    def _begun(self, session: UploadSession, now: datetime, is_new: bool) -> UploadSession:
        try:
            with self._health.attempt(session.provider):
                return beginning.begin(self._database, self._providers.named(session.provider), session, is_new)
        except PhyghtError as error:  # so that the next attempt may go to another provider
            self._endings.fail(session, error.message, now)
            raise

    def _own(self, user: User, id: str) -> UploadSession:
        user.require(Permission.UPLOAD)
        session = self._find(id)
        if session.owner != user.name:
            raise store.unknown()
        return session

    def _visible(self, user: User, id: str) -> UploadSession:
        return self._find(id) if user.may(Permission.MANAGE_UPLOADS) else self._own(user, id)

    def _find(self, id: str) -> UploadSession:
        with self._database.reading() as connection:
            return store.find(connection, id)
