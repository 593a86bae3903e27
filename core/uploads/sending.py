"""Sending: files of this machine go up in parts, several at once, and go on where they were cut off."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Semaphore

from core.access.roles import User
from core.catalog.video import Video, Visibility
from core.errors import ObjectCorrupt, UploadEnded, UploadNotFound
from core.storage.checksums import combined, crc64nvme
from core.storage.patience import Patience
from core.storage.provider import Part
from core.uploads.answers import Completed
from core.uploads.content import HEAD_BYTES
from core.uploads.local_file import LocalFile
from core.uploads.new_file import NewFile
from core.uploads.session import Mode, Standing, UploadSession
from core.uploads.streaming import send_chunk
from core.uploads.uploads import Uploads

#: Parts that travel at once, of all files together; each takes its size in memory.
PARALLEL = 6
#: How often something is tried that may work later.
ATTEMPTS = 8

OnProgress = Callable[[int], object]  #: so many more bytes are there


@dataclass(frozen=True)
class About:
    """What the video of a file shall be."""

    title: str = ""
    residency: str = ""
    visibility: Visibility = Visibility.PUBLIC
    keep_duplicate: bool = False  #: bytes that the library has already become a second video of it


@dataclass(frozen=True)
class Sent:
    """What became of a file."""

    video: Video
    existed: bool  #: the library had these bytes already, and nothing was added
    completed: Completed | None  #: None where nothing had to be sent


@dataclass
class Sender:
    """Sends files for one person, each from a thread of its own or all from one; their parts share a pool."""

    uploads: Uploads
    user: User
    clock: Callable[[], datetime]
    parallel: int = PARALLEL
    pause: Callable[[float], object] | None = None  #: waits so many seconds; None: or until it is stopped

    def __post_init__(self) -> None:
        self._stopped = Event()
        self._pool = ThreadPoolExecutor(self.parallel, thread_name_prefix="part")
        self._free = Semaphore(self.parallel)
        self._patience = Patience(self.pause or self._stopped.wait, self._stopped.is_set, ATTEMPTS)

    def stop(self) -> None:
        """Let no further part begin; those under way come to their end."""
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)

    def send(self, file: LocalFile, about: About, on_progress: OnProgress = lambda _: None) -> Sent:
        """Bring a file in; where some of it is there, only the rest is sent.

        Raises what Uploads does; what may work later, once it has been tried often enough.
        """
        known = None if about.keep_duplicate else self._known(file, about)
        if known:
            return Sent(known, existed=True, completed=None)
        there = self._patience.persist(lambda: self.uploads.start(self.user, _new_file(file, about), self.clock()))
        try:
            completed = self._complete(there.session, about, *self._send_rest(file, there, on_progress))
        except ObjectCorrupt:  # a part was replaced meanwhile: those that differ are sent again
            there = self.uploads.get(self.user, there.session.id, self.clock())
            completed = self._complete(there.session, about, *self._send_rest(file, there, on_progress))
        except (UploadEnded, UploadNotFound):  # another process was quicker with this file; or it was called off
            completed = self._complete(there.session, about, 0, [])
        return self._settled(completed)

    def _known(self, file: LocalFile, about: About) -> Video | None:
        return self.uploads.known(self.user, file.size_bytes, file.checksum, about.residency)

    def _send_rest(self, file: LocalFile, there: Standing, on_progress: OnProgress) -> tuple[int, list[Part]]:
        """The whole file's checksum, and the parts that were sent now."""
        session, crcs = there.session, dict[int, int]()
        if session.mode is Mode.TUS:
            self._send_stream(file, session, on_progress)
            file.require_unchanged()
            return file.checksum(), []
        for part in there.received:
            crc = crc64nvme(self._content(file, session, part.number))
            if part.crc64nvme in (None, crc):  # otherwise it is of another file of that name
                crcs[part.number] = crc
                on_progress(part.size_bytes)
        wanted = [number for number in range(1, session.parts_total + 1) if number not in crcs]
        sent = self._send_parts(file, session, wanted, on_progress)
        crcs |= {part.number: part.crc64nvme or 0 for part in sent}
        file.require_unchanged()
        return combined((crcs[number], session.part_size(number)) for number in sorted(crcs)), sent

    def _send_parts(
        self, file: LocalFile, session: UploadSession, numbers: list[int], on_progress: OnProgress
    ) -> list[Part]:
        failed, futures = Event(), list[Future[Part]]()

        def done(future: Future[Part]) -> None:
            self._free.release()
            if future.cancelled() or future.exception():
                failed.set()

        try:
            for number in numbers:
                self._free.acquire()  # so that no more parts are queued than are sent at once
                if failed.is_set() or self._stopped.is_set():
                    self._free.release()
                    break
                futures.append(self._pool.submit(self._send_part, file, session, number, on_progress))
                futures[-1].add_done_callback(done)
        finally:
            wait(futures)  # they read from the file, which is closed afterwards
        sent = [future.result() for future in futures]
        if self._stopped.is_set():
            raise CancelledError
        return sent

    def _send_part(self, file: LocalFile, session: UploadSession, number: int, on_progress: OnProgress) -> Part:
        content = self._content(file, session, number)
        part = self._patience.persist(
            lambda: self.uploads.parts.write(self.user, session.id, number, content, self.clock()), ObjectCorrupt
        )
        on_progress(part.size_bytes)
        return part

    def _content(self, file: LocalFile, session: UploadSession, number: int) -> bytes:
        return file.read((number - 1) * session.part_bytes, session.part_size(number))

    def _send_stream(self, file: LocalFile, session: UploadSession, on_progress: OnProgress) -> None:
        id, user, parts = session.id, self.user, self.uploads.parts

        def send_more() -> int:
            offset = parts.offset(user, id, self.clock())
            if offset == file.size_bytes:
                return offset
            return send_chunk(file, offset, session.part_bytes, parts.sign(user, id, 1, 0, 0, self.clock()))

        arrived = 0
        while arrived < file.size_bytes:
            before, arrived = arrived, self._patience.persist(send_more)
            on_progress(arrived - before)
            if self._stopped.is_set():
                raise CancelledError

    def _complete(self, session: UploadSession, about: About, crc: int, sent: list[Part]) -> Completed:
        return self._patience.persist(
            lambda: self.uploads.complete(self.user, session.id, crc, None, self.clock(), about.keep_duplicate, sent)
        )

    def _settled(self, completed: Completed) -> Sent:
        """Where the library turned out to have these bytes, what was sent is discarded."""
        if completed.video:
            return Sent(completed.video, existed=False, completed=completed)
        assert completed.duplicate_of
        self.uploads.abort(self.user, completed.session.id, self.clock())
        return Sent(completed.duplicate_of, existed=True, completed=completed)


def _new_file(file: LocalFile, about: About) -> NewFile:
    head = bytes(file.read(0, min(HEAD_BYTES, file.size_bytes)))
    return NewFile(
        file.path.name,
        file.size_bytes,
        head,
        about.title,
        about.residency,
        about.visibility,
        file.fingerprint,
    )
