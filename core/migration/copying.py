"""Copying: one object from the source to the target, once, wherever that was cut off before."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from threading import Event
from typing import TypeVar

from core.catalog.video import CopyObject
from core.errors import NotMovable, ObjectCorrupt, ObjectExists, ObjectNotFound, UploadNotFound
from core.migration.in_order import InOrder
from core.migration.journal import CopyRecord, Journal, Whole
from core.migration.proof import Ends, ends_within, proven, sha256
from core.migration.traffic import Traffic
from core.migration.verifying import require_whole
from core.storage.checksums import combined, crc64nvme
from core.storage.patience import Patience
from core.storage.provider import Attributes, Multipart, Part, PartLimits, StorageClass, StorageProvider, StoredObject
from core.units import MIB

#: In the metadata of what a copy has written: which copy that was.
COPY_ID = "phyght-copy"
_Result = TypeVar("_Result")


class Stopped(Exception):
    """Somebody wants it stopped; what has arrived stays."""


@dataclass(frozen=True)
class Road:
    """What a copy goes over."""

    source: StorageProvider
    target: Multipart
    traffic: Traffic
    patience: Patience
    rate: Callable[[], int | None]  #: bytes a second that may be moved now; None: as fast as it goes
    stopped: Callable[[], bool]
    arrived: Callable[[int, bool], object]  #: told of so many bytes more, and whether they were moved just now


class Copying:
    """The objects of one video."""

    def __init__(
        self, road: Road, journal: Journal, adopts: bool, part_bytes: int, begun: Mapping[str, CopyRecord]
    ) -> None:
        self._road, self._journal, self._adopts, self._part_bytes = road, journal, adopts, part_bytes
        self._records = dict(begun)

    def copy(self, each: CopyObject, target_key: str, storage_class: StorageClass, again: bool = True) -> CopyRecord:
        """The object, whole at the target; where it is there already, nothing is sent.

        Where the bytes are not those of the catalog, they are read `again`: they may have changed on their way only.

        Raises Stopped, NotMovable, StorageError.
        """
        now = self._persist(lambda: self._road.source.head(each.key))
        before = self._records.get(each.name)
        record = before if before and _is_of(before, now, target_key) else None
        if record and record.done and self._is_as_copied(record):
            self._road.arrived(record.size_bytes, False)
            return record
        record = None if record and record.done else record
        # what goes in one request for the first time finds out by itself whether something is there
        looks_first = record is not None or self._adopts or now.size_bytes > self._part_bytes
        record = record or self._begun(each.name, now, target_key, before)
        whole = self._there(record, now) if looks_first else None
        if whole:
            self._road.arrived(record.size_bytes, False)
        whole = whole or self._sent(record, now, storage_class)
        self.clear_uploads(record)
        if not _is_expected(each, whole):
            self._take_back(record)
            if again:
                return self.copy(each, target_key, storage_class, again=False)
            raise _other_bytes(each)
        return self._journal.is_there(record, whole)

    def discard(self, record: CopyRecord) -> None:
        """Remove what a copy has left at the target; what others have put there stays. Raises StorageError."""
        self.clear_uploads(record)
        target = self._road.target
        with suppress(ObjectNotFound):
            if target.head(record.target_key).metadata.get(COPY_ID) == record.copy_id:
                target.delete(record.target_key)

    def _is_as_copied(self, record: CopyRecord) -> bool:
        """Whether what was whole at the target some time ago still is."""
        try:
            self._persist(lambda: require_whole(self._road.target, record))
        except (ObjectNotFound, ObjectCorrupt):
            return False
        return True

    def _take_back(self, record: CopyRecord) -> None:
        self._persist(lambda: self.discard(record))
        self._road.arrived(-record.size_bytes, False)
        self._journal.forget([record.name])
        self._records.pop(record.name, None)

    def _begun(self, name: str, now: StoredObject, target_key: str, old: CopyRecord | None) -> CopyRecord:
        if old:
            self._persist(lambda: self.discard(old))
        part_bytes = part_size(now.size_bytes, self._part_bytes, self._road.target.part_limits)
        return self._journal.begin(name, now, target_key, part_bytes)

    def _there(self, record: CopyRecord, now: StoredObject) -> Whole | None:
        """What lies at the target already. Raises NotMovable where that is something else."""
        target = self._road.target
        try:
            there = self._persist(lambda: target.head(record.target_key))
        except ObjectNotFound:
            if self._adopts:
                raise NotMovable(
                    f"{record.target_key!r} is not in {target.name} yet.", "Move it there, and try again."
                ) from None
            return None
        ours = there.metadata.get(COPY_ID) == record.copy_id
        if ours and there.crc64nvme is not None and there.size_bytes == record.size_bytes:
            return Whole(there, there.crc64nvme, None)  # the target has compared it with what was sent
        same = self._persist(lambda: proven(self._road.source, now, target, there))
        if same is None:
            raise NotMovable(
                f"Another object lies at {record.target_key!r} in {target.name}.",
                "Remove it there, or choose another target, and try again.",
            )
        return replace(same, adopted=not ours)

    def _sent(self, record: CopyRecord, now: StoredObject, storage_class: StorageClass) -> Whole:
        marked = {**now.metadata, COPY_ID: record.copy_id}
        attributes = Attributes(now.content_type, now.cache_control, storage_class, marked)
        send = self._sent_at_once if record.parts_total == 1 else self._sent_in_parts
        try:
            return send(record, attributes)
        except ObjectExists:  # another worker was quicker with the same copy; or somebody else with another object
            if there := self._there(record, now):
                return there
            raise

    def _sent_at_once(self, record: CopyRecord, attributes: Attributes) -> Whole:
        def send() -> Whole:
            content = self._read(record, 0, record.size_bytes)
            stored = self._road.target.write(record.target_key, [content], attributes, if_absent=True)
            ends = ends_within(record.size_bytes, 0, content)
            return Whole(stored, crc64nvme(content), sha256(content), ends=ends)

        with self._road.traffic.holding(record.size_bytes):
            whole = self._persist(send, ObjectCorrupt)
        self._road.arrived(record.size_bytes, True)
        return whole

    def _sent_in_parts(self, record: CopyRecord, attributes: Attributes) -> Whole:
        record, there = self._resumed(record, attributes)
        in_order = InOrder(known=not there)
        for part in there.values():
            self._road.arrived(part.size_bytes, False)
        missing = [number for number in range(1, record.parts_total + 1) if number not in there]
        ends = dict[tuple[int, int], str]()
        for part in self._send_parts(record, missing, in_order, ends):
            there[part.number] = part
        crc = combined((part.crc64nvme or 0, part.size_bytes) for _, part in sorted(there.items()))
        return Whole(self._completed(record, there, crc), crc, in_order.hexdigest(), ends=ends)

    def _resumed(self, record: CopyRecord, attributes: Attributes) -> tuple[CopyRecord, dict[int, Part]]:
        """The upload, and its parts that are there: what the target has and the journal vouches for."""
        target = self._road.target
        if record.upload_id:
            with suppress(UploadNotFound):
                parts = self._persist(lambda: target.parts(record.target_key, record.upload_id))
                return record, self._vouched_for(record, parts)
        self.clear_uploads(record)
        upload_id = self._persist(lambda: target.start_upload(record.target_key, attributes))
        self._journal.has_upload(record.name, upload_id)
        return replace(record, upload_id=upload_id), {}

    def _vouched_for(self, record: CopyRecord, parts: tuple[Part, ...]) -> dict[int, Part]:
        known = self._journal.parts(record.name)
        found = dict[int, Part]()
        for part in parts:
            journaled = known.get(part.number)
            if journaled and (journaled.etag, journaled.size_bytes) == (part.etag, part.size_bytes):
                found[part.number] = journaled
        return found

    def clear_uploads(self, record: CopyRecord) -> None:
        """Those that were begun for it and are of no use: an answer may have been lost with its id, or its process.

        Where another tool moves the bytes they are its own.
        """
        if record.parts_total == 1 or self._adopts:
            return
        target, key = self._road.target, record.target_key
        for begun in self._persist(lambda: list(target.unfinished_uploads(key))):
            if begun.key == key:
                target.abort_upload(key, begun.upload_id)

    def _send_parts(self, record: CopyRecord, numbers: list[int], in_order: InOrder, ends: Ends) -> list[Part]:
        failed, futures, traffic = Event(), list[Future[Part]](), self._road.traffic

        def done(future: Future[Part]) -> None:
            traffic.give_back(record.part_bytes)
            if future.cancelled() or future.exception():
                failed.set()
                in_order.give_up()

        try:
            for number in numbers:
                traffic.take(record.part_bytes)
                if failed.is_set() or self._road.stopped():
                    traffic.give_back(record.part_bytes)
                    break
                futures.append(traffic.pool.submit(self._send_part, record, number, in_order, ends))
                futures[-1].add_done_callback(done)
        finally:
            wait(futures)
        sent = [future.result() for future in futures]
        self._require_going_on()
        return sent

    def _send_part(self, record: CopyRecord, number: int, in_order: InOrder, ends: Ends) -> Part:
        start, target = (number - 1) * record.part_bytes, self._road.target

        def send() -> Part:
            content = self._read(record, start, start + record.part_size(number))
            in_order.add(number, content)
            ends.update(ends_within(record.size_bytes, start, content))
            sent = target.write_part(record.target_key, record.upload_id, number, content)
            part = sent if sent.crc64nvme is not None else replace(sent, crc64nvme=crc64nvme(content))
            self._journal.has_part(record.name, part)
            return part

        part = self._persist(send, ObjectCorrupt)
        self._road.arrived(part.size_bytes, True)
        return part

    def _completed(self, record: CopyRecord, parts: dict[int, Part], crc: int) -> StoredObject:
        target = self._road.target
        wanted = [parts[number] for number in sorted(parts)]
        try:
            return self._persist(
                lambda: target.complete_upload(record.target_key, record.upload_id, wanted, crc, if_absent=True)
            )
        except ObjectCorrupt:  # whichever part it is, all are sent again
            self._persist(lambda: target.abort_upload(record.target_key, record.upload_id))
            self._journal.has_upload(record.name, "")
            raise

    def _read(self, record: CopyRecord, start: int, end: int) -> bytes:
        """The source's bytes from one place to another, as fast as they may come.

        Raises Stopped, ObjectCorrupt where some are missing.
        """
        road, content = self._road, BytesIO()  # which hands over what was written to it, and not a copy
        for chunk in road.source.read(record.source_key, start, end, record.source_etag) if end > start else ():
            road.traffic.pace(len(chunk), road.rate, road.stopped)
            self._require_going_on()
            content.write(chunk)
        if missing := end - start - content.tell():
            raise ObjectCorrupt(f"{record.source_key!r} ended {missing:,} bytes early.", "It is read again.")
        return content.getvalue()

    def _require_going_on(self) -> None:
        if self._road.stopped():
            raise Stopped

    def _persist(self, work: Callable[[], _Result], *also: type[Exception]) -> _Result:
        return self._road.patience.persist(work, *also)


def part_size(size_bytes: int, usual_bytes: int, limits: PartLimits) -> int:
    """Of every part but the last: the usual one, or whole MiB of which no more are needed than may be."""
    if size_bytes <= usual_bytes * limits.most:
        return max(usual_bytes, min(limits.smallest_bytes, size_bytes))
    return -(-size_bytes // limits.most // MIB) * MIB


def _is_of(record: CopyRecord, now: StoredObject, target_key: str) -> bool:
    return (record.source_key, record.source_etag, record.size_bytes, record.target_key) == (
        now.key,
        now.etag,
        now.size_bytes,
        target_key,
    )


def _is_expected(each: CopyObject, whole: Whole) -> bool:
    return each.crc64nvme is None or whole.crc64nvme in (None, each.crc64nvme)


def _other_bytes(each: CopyObject) -> NotMovable:
    return NotMovable(
        f"The source's bytes of {each.key!r} are not those that were brought in: their checksum is another one.",
        "Restore it at the source, or upload the video again.",
    )
