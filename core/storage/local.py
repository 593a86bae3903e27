"""Local: a folder of this machine as a provider that can do all that S3 can, so that no account is needed."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import ObjectArchived, ObjectChanged, ObjectCorrupt, ObjectTooLarge, RulesRefused
from core.storage import disk, local_replication
from core.storage.checksums import Tally, crc64nvme
from core.storage.keys import check_bucket, check_key
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_file import read_rules, write_rules
from core.storage.local_links import Grant, LocalLinks
from core.storage.local_objects import LocalObjects, Record, Segment, new_record
from core.storage.local_uploads import LocalUploads
from core.storage.provider import (
    Attributes,
    Part,
    PartLimits,
    SignedRequest,
    StorageClass,
    StoredObject,
    UnfinishedUpload,
)
from core.storage.replication import ObjectState, Replication, ReplicationRule
from core.units import GIB, MIB

_CHUNK = 1 * MIB
#: What the folder of an installation is called; others have names of their own.
LOCAL = "local"


class LocalProvider:
    """Objects below a folder: written durably, whole or not at all, by any number of threads and processes."""

    bucket = "local"
    needs_versions = False
    part_limits = PartLimits(smallest_bytes=1, largest_bytes=5 * GIB, most=10_000)

    def __init__(
        self,
        folder: Path,
        secret: bytes,
        clock: Callable[[], datetime],
        name: str = LOCAL,
        residency: str = "",
        region: str = "local",
    ) -> None:
        self.folder = folder
        self.name = name
        self.residency = residency
        self.region = region
        self._clock, self._secret = clock, secret
        self._links = LocalLinks(secret, "" if name == LOCAL else name)
        self._objects = LocalObjects(folder)
        self._uploads = LocalUploads(self._objects, clock)
        self._prepared = False

    def check(self) -> None:
        with self._working():
            next(self._objects.list(""), None)
            probe = self.folder / f"probe-{uuid.uuid4().hex}"
            try:
                disk.write_durably(probe, [b"probe"])
            finally:
                probe.unlink(missing_ok=True)

    def head(self, key: str) -> StoredObject:
        return self._record(key).object

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        with self._working():
            for record in self._objects.list(prefix):
                kept = record.object
                yield StoredObject(
                    kept.key, kept.size_bytes, kept.etag, kept.modified_at, storage_class=kept.storage_class
                )

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[bytes]:
        record = self._record(key)
        if etag and record.object.etag != etag:
            raise _changed(key)
        self._require_readable(record.object)
        return self._bytes(record, start, record.object.size_bytes if end is None else end)

    def write(self, key: str, chunks: Iterable[bytes], attributes: Attributes, if_absent: bool = False) -> StoredObject:
        check_key(key)
        id, tally = uuid.uuid4().hex, Tally()
        with self._working(), self._objects.writing(id, key) as folder:
            disk.write_durably(folder / "bytes", tally.passing(chunks))
            stored = StoredObject(key, tally.size_bytes, id, self._clock(), crc64nvme=tally.crc64nvme)
            record = new_record(stored, id, (Segment("bytes", tally.size_bytes),), attributes)
            disk.sync_folder(folder.parent)
            with self._objects.alone():
                self._objects.put(record, if_absent)
        return record.object

    def delete(self, key: str) -> None:
        check_key(key)
        with self._working(), self._objects.alone():
            self._objects.remove(key)

    def url(self, key: str, expires_in_s: int) -> str:
        """A path on our own server."""
        check_key(key)
        return self._links.sign("GET", key, self._clock() + timedelta(seconds=expires_in_s))

    def verify(self, method: str, path: str, query: Mapping[str, str], now: datetime) -> Grant:
        """What a link of ours lets whoever has it do; for the route that answers it. Raises StorageDenied."""
        return self._links.verify(method, path, query, now)

    def start_upload(self, key: str, attributes: Attributes) -> str:
        check_key(key)
        with self._working():
            return self._uploads.start(key, attributes)

    def write_part(self, key: str, upload_id: str, number: int, content: bytes) -> Part:
        view = memoryview(content)
        pieces = (bytes(view[at : at + _CHUNK]) for at in range(0, len(view), _CHUNK))
        return self.receive_part(key, upload_id, number, pieces, crc64nvme(content))

    def receive_part(self, key: str, upload_id: str, number: int, chunks: Iterable[bytes], crc: int) -> Part:
        """A part as it comes in, of that checksum. Raises ObjectCorrupt, UploadNotFound."""
        check_key(key)
        if not 1 <= number <= self.part_limits.most:
            raise ObjectTooLarge(f"There is no part {number}.", f"Parts are 1 to {self.part_limits.most:,}.")
        with self._working():
            return self._uploads.write_part(key, upload_id, number, chunks, crc)

    def parts(self, key: str, upload_id: str) -> tuple[Part, ...]:
        check_key(key)
        with self._working():
            return self._uploads.parts(key, upload_id)

    def complete_upload(
        self, key: str, upload_id: str, parts: Iterable[Part], crc64nvme: int, if_absent: bool = False
    ) -> StoredObject:
        check_key(key)
        with self._working():
            return self._uploads.complete(key, upload_id, parts, crc64nvme, if_absent)

    def abort_upload(self, key: str, upload_id: str) -> None:
        check_key(key)
        with self._working():
            self._uploads.abort(key, upload_id)

    def unfinished_uploads(self, prefix: str = "") -> Iterator[UnfinishedUpload]:
        with self._working():
            yield from self._uploads.unfinished(prefix)

    def sign_part(
        self, key: str, upload_id: str, number: int, size_bytes: int, crc64nvme: int, expires_in_s: int
    ) -> SignedRequest:
        check_key(key)
        expires_at = self._clock() + timedelta(seconds=expires_in_s)
        url = self._links.sign(
            "PUT", key, expires_at, uploadId=upload_id, partNumber=number, size=size_bytes, crc64nvme=crc64nvme
        )
        return SignedRequest("PUT", url, {}, expires_at)

    def set_storage_class(self, key: str, storage_class: StorageClass) -> StoredObject:
        with self._working(), self._objects.alone():
            record = self._objects.get(key)
            self._require_readable(record.object)
            moved = replace(record.object, storage_class=storage_class, restored_until=None)
            self._objects.put(replace(record, object=moved))
        return moved

    def restore(self, key: str, days: int) -> StoredObject:
        """At once: its bytes lie here all the time."""
        with self._working(), self._objects.alone():
            record = self._objects.get(key)
            if record.object.storage_class.instant or self._is_restored(record.object):
                return record.object
            restored = replace(record.object, restored_until=self._clock() + timedelta(days=days))
            self._objects.put(replace(record, object=restored))
        return restored

    def tags(self, key: str) -> Mapping[str, str]:
        return self._record(key).tags

    def set_tags(self, key: str, tags: Mapping[str, str]) -> None:
        with self._working(), self._objects.alone():
            self._objects.put(replace(self._objects.get(key), tags=dict(tags)))

    def set_cache_control(self, key: str, cache_control: str) -> StoredObject:
        with self._working(), self._objects.alone():
            record = self._objects.get(key)
            self._require_readable(record.object)
            changed = replace(record.object, cache_control=cache_control)
            self._objects.put(replace(record, object=changed))
        return changed

    def lifecycle_rules(self) -> tuple[LifecycleRule, ...]:
        with self._working():
            return read_rules(self.folder)

    def set_lifecycle_rules(self, rules: Iterable[LifecycleRule]) -> None:
        with self._working():
            write_rules(self.folder, rules)

    def replication(self) -> Replication | None:
        with self._working():
            return local_replication.replication(self.folder)

    def put_replication(self, rule: ReplicationRule, role: str) -> None:
        with self._working(), self._objects.alone():
            local_replication.put(self.folder, rule, self._clock())

    def remove_replication(self, id: str) -> None:
        with self._working(), self._objects.alone():
            local_replication.remove(self.folder, id)

    def keeps_versions(self) -> bool:
        return False

    def keep_versions(self, keep: bool) -> None:
        if keep:
            raise RulesRefused("A folder of this machine keeps no versions.", "Leave it as it is.")

    def copying_of(self, key: str) -> ObjectState:
        return local_replication.copying_of(self, self.head(key))

    def why_not_copied_by(self, role: str) -> str:
        return ""

    def beside(self, bucket: str, region: str) -> "LocalProvider":
        folder = self.folder.with_name(f"{self.folder.name}-{check_bucket(bucket)}")
        found = LocalProvider(folder, self._secret, self._clock, f"{self.name}: {bucket}", "", region or self.region)
        found.bucket = bucket
        return found

    def _record(self, key: str) -> Record:
        with self._working():
            return self._objects.get(key)

    def _is_restored(self, stored: StoredObject) -> bool:
        return stored.restored_until is not None and self._clock() < stored.restored_until

    def _require_readable(self, stored: StoredObject) -> None:
        if not stored.storage_class.instant and not self._is_restored(stored):
            raise ObjectArchived(f"{stored.key!r} is archived in {stored.storage_class}.", "Restore it first.")

    def _bytes(self, record: Record, start: int, end: int) -> Iterator[bytes]:
        for segment in record.segments:
            if start < segment.size_bytes and end > 0:
                with self._working():
                    yield from self._segment_bytes(record, segment, max(start, 0), min(end, segment.size_bytes))
            start, end = start - segment.size_bytes, end - segment.size_bytes

    def _segment_bytes(self, record: Record, segment: Segment, start: int, end: int) -> Iterator[bytes]:
        try:
            file = self._objects.segment_file(record, segment).open("rb", buffering=0)
        except FileNotFoundError as error:
            raise _changed(record.object.key) from error
        with file:
            file.seek(start)
            while start < end:
                chunk = file.read(min(_CHUNK, end - start))
                if not chunk:
                    raise ObjectCorrupt(f"Bytes of {record.object.key!r} are missing.", "Restore or upload it again.")
                start += len(chunk)
                yield chunk

    @contextmanager
    def _working(self) -> Iterator[None]:
        with disk.explained(self.folder):
            if not self._prepared:
                self._uploads.prepare()
                self._objects.prepare()
                self._prepared = True
            yield


def _changed(key: str) -> ObjectChanged:
    return ObjectChanged(f"{key!r} was replaced or removed while it was read.", "Read it again.")
