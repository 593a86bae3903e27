"""Media: have videos packaged, stop it, try it again, and see how far it is."""

import logging
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.catalog.video import Video
from core.database import Connection
from core.errors import (
    DiskFull,
    ObjectChanged,
    ObjectCorrupt,
    PackagingRefused,
    PhyghtError,
    StorageBusy,
    StorageError,
    StorageUnreachable,
)
from core.jobs.work import call_off, enqueue
from core.media import packagings
from core.media.handles import Handles
from core.media.ladder import Ladder
from core.media.packagings import Packaging, State
from core.media.process import NotYet, Stopped
from core.settings import MediaEngine
from core.units import instant_text

if TYPE_CHECKING:
    from core.media.attempt import Attempt
    from core.media.mediaconvert import MediaConvert

#: What the worker knows it by: to package a video, and to remove what a packaging has taken the place of.
WORK, CLEARING = "package", "clear-replaced"
#: So long renditions stay that were replaced: whoever has begun to watch them sees the video to its end.
_REPLACED_STAY = timedelta(hours=24)
#: What may be otherwise a little later, and when it is tried again.
_PASSING = (StorageUnreachable, StorageBusy, DiskFull, ObjectChanged, ObjectCorrupt)
_AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
#: An attempt that ends without a word, that often, takes its worker with it.
_MOST_ATTEMPTS = 8


log = logging.getLogger(__name__)


class Media:
    """The packaging of an installation's videos."""

    def __init__(self, handles: Handles, audit: AuditLog, convert: Callable[[str], "MediaConvert"]) -> None:
        """`convert` opens MediaConvert in a region."""
        self._handles, self._convert = handles, convert
        self._database = handles.database
        self._audit = audit

    def request(self, video_id: str, ladder: Ladder = Ladder.PER_TITLE) -> None:
        """Have a video packaged that never was; asked again, nothing comes of it."""
        with self._database.transaction() as connection:
            self.request_within(connection, video_id, ladder)

    def request_within(self, connection: Connection, video_id: str, ladder: Ladder = Ladder.PER_TITLE) -> None:
        """The same, kept if and only if the transaction is."""
        if packagings.find(connection, video_id) is None:
            self._ask(connection, video_id, ladder)

    def again_within(self, connection: Connection, video_id: str) -> None:
        """Have a video packaged anew with its ladder, unless it is being packaged; kept if and only if the rest is."""
        before = packagings.find(connection, video_id)
        if before is None or before.state.is_over:
            self._ask(connection, video_id, before.ladder if before else Ladder.PER_TITLE)

    def package_again(self, user: User, video: Video, ladder: Ladder) -> None:
        """Have a video packaged anew, in place of what there is once that is done.

        Raises PermissionDenied, and PackagingRefused while it is being packaged.
        """
        with self._changing(user, "package video", video, ladder) as connection:
            before = packagings.find(connection, video.id)
            if before and not before.state.is_over:
                raise PackagingRefused(f"{video.title!r} is being packaged already.", "Wait for it, or cancel it.")
            self._ask(connection, video.id, ladder)

    def cancel(self, user: User, video: Video) -> None:
        """Have the packaging of a video stopped; what it had before stays.

        Raises PermissionDenied, and PackagingRefused where none is going on.
        """
        with self._changing(user, "cancel packaging", video) as connection:
            packaging = packagings.find(connection, video.id)
            if packaging is None or packaging.state.is_over:
                raise PackagingRefused(f"{video.title!r} is not being packaged.", "There is nothing to cancel.")
            call_off(connection, packaging.request)

    def packaging(self, video_id: str) -> Packaging | None:
        """The newest packaging of a video; None where there was none."""
        with self._database.reading() as connection:
            return packagings.find(connection, video_id)

    def latest(self, limit: int = 100) -> tuple[Packaging, ...]:
        """The newest packagings, those that are not over first."""
        with self._database.reading() as connection:
            return tuple(map(packagings.packaging_of, packagings.queries.packagings(connection, limit=limit)))

    def do(self, video_id: str, called_off: Callable[[], bool]) -> None:
        """Package a video; for the worker. What becomes of it is recorded."""
        self._sweep()
        packaging = self._begun(video_id, called_off())
        if packaging is None:
            return
        attempt = self._local(packaging, called_off)
        try:
            attempt = self._attempt(packaging, called_off)
            attempt.run()
        except NotYet as others:
            self._ask_again(packaging, others.after)
        except Stopped:
            self._give_up(attempt, packaging, State.CANCELLED)
        except _PASSING as error:
            self._try_again(attempt, packaging, error)
        except PhyghtError as error:
            self._give_up(attempt, packaging, State.FAILED, error)
        except Exception as error:
            fault = PhyghtError(f"A fault of the program: {type(error).__name__}.", "Look at the worker's log.")
            self._give_up(attempt, packaging, State.FAILED, fault)
            raise
        else:
            self._finish(attempt, packaging)

    def remove_replaced(self, video_id: str, _called_off: Callable[[], bool]) -> None:
        """Remove renditions that others took the place of; for the worker, a day later."""
        packaging = self.packaging(video_id)
        if packaging is None:
            return
        try:
            self._local(packaging, lambda: False).remove_replaced()
        except StorageError as error:
            log.warning("Replaced renditions of %s are removed later: %s", video_id, error)
            with self._database.transaction() as connection:
                self._have_replaced_removed(connection, video_id)

    def _have_replaced_removed(self, connection: Connection, video_id: str) -> None:
        now = self._handles.clock()
        enqueue(connection, CLEARING, video_id, now, now + _REPLACED_STAY)

    def _changing(self, user: User, action: str, video: Video, detail: str = "") -> AbstractContextManager[Connection]:
        return self._audit.change(user, Permission.UPLOAD, action, video.id, self._handles.clock(), detail)

    def _ask(self, connection: Connection, video_id: str, ladder: Ladder) -> None:
        now = self._handles.clock()
        request = enqueue(connection, WORK, video_id, now)
        packagings.queries.ask_for_packaging(
            connection, video_id=video_id, request=request, ladder=ladder, now=instant_text(now)
        )

    def _sweep(self) -> None:
        """Remove what a worker that was killed has left on this machine of packagings that are over."""
        with self._database.reading() as connection:
            rows = list(packagings.queries.unfinished_packagings(connection))
        unfinished = {row["video_id"] for row in rows}
        for folder in self._handles.scratch.glob("*"):
            if folder.name not in unfinished:
                shutil.rmtree(folder)

    def _begun(self, video_id: str, called_off: bool) -> Packaging | None:
        """The packaging that this attempt goes on with; None where there is nothing to do."""
        now = self._handles.clock()
        with self._database.transaction() as connection:
            packaging = packagings.find(connection, video_id)
            if packaging is None or packaging.state.is_over:
                return None
            if called_off and packaging.state is State.WAITING:
                packagings.move(connection, video_id, State.CANCELLED, now)
                return None
            if packaging.attempts >= _MOST_ATTEMPTS:
                problem = f"Packaging was begun {packaging.attempts} times, and never came to an end."
                packagings.move(connection, video_id, State.FAILED, now, problem, "Look at the worker's log.")
                return None
            packagings.begin(connection, packaging, now)
            return packaging

    def _attempt(self, packaging: Packaging, called_off: Callable[[], bool]) -> "Attempt":
        """By MediaConvert where that is wanted and the video lies in S3; here otherwise."""
        video = self._handles.catalog.video(packaging.video_id)
        served = self._handles.catalog.served_copy(video).provider
        if self._handles.settings.media_engine is MediaEngine.LOCAL or not served.startswith("s3"):
            return self._local(packaging, called_off)
        from core.media.conversion import Conversion  # here: its libraries take an eighth of a second to import

        region = self._handles.providers.named(served).region
        return Conversion(self._handles, packaging, called_off, self._convert(region))

    def _local(self, packaging: Packaging, called_off: Callable[[], bool]) -> "Attempt":
        from core.media.attempt import Attempt  # here: who only asks for renditions is spared what makes them

        return Attempt(self._handles, packaging, called_off)

    def _finish(self, attempt: "Attempt", packaging: Packaging) -> None:
        with self._database.transaction() as connection:
            current = packagings.find(connection, packaging.video_id)
            state = State.DAMAGED if current and current.damaged else State.DONE
            packagings.move(connection, packaging.video_id, state, self._handles.clock())
            if packaging.revision > 1:
                self._have_replaced_removed(connection, packaging.video_id)
        attempt.clear()

    def _give_up(
        self, attempt: "Attempt", packaging: Packaging, state: State, error: PhyghtError | None = None
    ) -> None:
        problem, advice = (error.message, error.advice) if error else ("", "")
        attempt.clear()
        try:  # first, so that a killed worker leaves something to go on with
            attempt.remove_orphans()
        except StorageError as left:  # what the video's next packaging removes
            log.warning("Renditions of %s are left where they are: %s", packaging.video_id, left)
        with self._database.transaction() as connection:
            packagings.move(connection, packaging.video_id, state, self._handles.clock(), problem, advice)

    def _try_again(self, attempt: "Attempt", packaging: Packaging, error: PhyghtError) -> None:
        tried = packaging.attempts
        if tried >= len(_AGAIN_AFTER):
            self._give_up(attempt, packaging, State.FAILED, error)
            return
        self._ask_again(packaging, _AGAIN_AFTER[tried], error)

    def _ask_again(self, packaging: Packaging, after: timedelta, error: PhyghtError | None = None) -> None:
        now = self._handles.clock()
        with self._database.transaction() as connection:
            request = enqueue(connection, WORK, packaging.video_id, now, now + after)
            packagings.queries.ask_again_for_packaging(connection, video_id=packaging.video_id, request=request)
            if error:
                packagings.move(connection, packaging.video_id, State.WAITING, now, error.message, error.advice)
