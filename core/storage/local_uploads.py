"""Local uploads: objects that come in parts; the parts become the object's bytes where they lie."""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import ObjectCorrupt, UploadNotFound
from core.storage import disk
from core.storage.checksums import combined, crc64nvme
from core.storage.local_objects import LocalObjects, Segment, new_record
from core.storage.provider import Attributes, Part, StorageClass, StoredObject, UnfinishedUpload
from core.units import instant_text

_AGAIN = "Send it again."
_PART = re.compile(r"(\d{5})-([0-9a-f]{16})")


@dataclass(frozen=True)
class _Upload:
    id: str
    key: str
    started_at: datetime
    attributes: Attributes


class LocalUploads:
    """`uploads/` has a file for each that is unfinished; its parts lie in `data/`, named by number and checksum."""

    def __init__(self, objects: LocalObjects, clock: Callable[[], datetime]) -> None:
        self._objects = objects
        self._clock = clock
        self._folder = objects.folder / "uploads"

    def prepare(self) -> None:
        disk.make_folder(self._folder)

    def start(self, key: str, attributes: Attributes) -> str:
        upload = _Upload(uuid.uuid4().hex, key, self._clock(), attributes)
        with self._objects.writing(upload.id, key) as folder:
            new = folder / "upload"
            disk.write_durably(new, [_text(upload)])
            disk.sync_folder(folder.parent)
            new.rename(self._folder / upload.id)
            disk.sync_folder(self._folder)
        return upload.id

    def write_part(self, key: str, id: str, number: int, chunks: Iterable[bytes], crc: int) -> Part:
        """Keep a part of that checksum; what took another form on its way is refused. Raises ObjectCorrupt."""
        folder = self._objects.data_folder(self._upload(key, id).id)
        new = folder / f"{uuid.uuid4().hex}.new"
        try:
            size = _received(new, chunks, crc)
            with self._objects.alone():
                self._upload(key, id)
                older = [file for number_, file in _part_files(folder) if number_ == number]
                file = folder / f"{number:05}-{crc:016x}"
                new.rename(file)
                for each in set(older) - {file}:
                    each.unlink()
                disk.sync_folder(folder)
        except FileNotFoundError as error:
            raise _unknown(key) from error
        finally:
            new.unlink(missing_ok=True)
        return Part(number, size, f"{crc:016x}", crc)

    def parts(self, key: str, id: str) -> tuple[Part, ...]:
        folder = self._objects.data_folder(self._upload(key, id).id)
        return tuple(_part(number, file) for number, file in _part_files(folder))

    def complete(self, key: str, id: str, parts: Iterable[Part], crc: int, if_absent: bool) -> StoredObject:
        with self._objects.alone():
            done = self._objects.find(key)
            if done and done.data == id:  # the answer to the first time was lost
                return done.object
            upload, folder = self._upload(key, id), self._objects.data_folder(id)
            wanted = list(parts)
            _check(wanted, dict(_part_files(folder)), crc, key)
            segments = tuple(Segment(_name(part), part.size_bytes) for part in wanted)
            size = sum(part.size_bytes for part in wanted)
            stored = StoredObject(key, size, id, self._clock(), crc64nvme=crc)
            record = new_record(stored, id, segments, upload.attributes)
            # first, as nobody looks into the folder of an object once there is one
            for left in {file.name for file in folder.iterdir()} - {segment.file for segment in segments}:
                (folder / left).unlink()
            self._objects.put(record, if_absent)
            self._forget(id)
        return record.object

    def abort(self, key: str, id: str) -> None:
        with self._objects.alone():
            try:
                upload = self._upload(key, id)
            except UploadNotFound:
                return
            with self._objects.doubting(upload.id, key):
                self._forget(upload.id)

    def unfinished(self, prefix: str) -> Iterator[UnfinishedUpload]:
        for id in sorted(file.name for file in self._folder.iterdir()):
            upload = self._find(id)
            if upload and upload.key.startswith(prefix):
                yield UnfinishedUpload(upload.key, id, upload.started_at)

    def _upload(self, key: str, id: str) -> _Upload:
        upload = self._find(id)
        if upload is None or upload.key != key:
            raise _unknown(key)
        return upload

    def _find(self, id: str) -> _Upload | None:
        if not re.fullmatch("[0-9a-f]{32}", id):
            return None
        try:
            upload = _read(self._folder / id, id)
        except FileNotFoundError:
            return None
        record = self._objects.find(upload.key)
        if record and record.data == id:  # killed between completing it and forgetting it
            self._forget(id)
            return None
        return upload

    def _forget(self, id: str) -> None:
        (self._folder / id).unlink(missing_ok=True)
        disk.sync_folder(self._folder)


def _received(new: Path, chunks: Iterable[bytes], expected_crc: int) -> int:
    crc, size = 0, 0

    def passing() -> Iterator[bytes]:
        nonlocal crc, size
        for chunk in chunks:
            crc, size = crc64nvme(chunk, crc), size + len(chunk)
            yield chunk

    disk.write_durably(new, passing())
    if crc != expected_crc:
        raise ObjectCorrupt("The part does not agree with its checksum.", _AGAIN)
    return size


def _part_files(folder: Path) -> list[tuple[int, Path]]:
    """The parts by number; where a killed sender left two of one number, the newer."""
    found = [(match, file) for file in folder.iterdir() if (match := _PART.fullmatch(file.name))]
    newest = {int(match[1]): file for match, file in sorted(found, key=lambda each: each[1].stat().st_mtime_ns)}
    return sorted(newest.items())


def _part(number: int, file: Path) -> Part:
    crc = file.name.partition("-")[2]
    return Part(number, file.stat().st_size, crc, int(crc, 16))


def _name(part: Part) -> str:
    return f"{part.number:05}-{part.etag}"


def _check(wanted: list[Part], there: dict[int, Path], crc: int, key: str) -> None:
    if not wanted or [part.number for part in wanted] != sorted({part.number for part in wanted}):
        raise ObjectCorrupt(f"The parts of {key!r} are none, or not in order.", "Ask which parts there are.")
    for part in wanted:
        if part.number not in there or _part(part.number, there[part.number]).etag != part.etag:
            raise ObjectCorrupt(f"Part {part.number} of {key!r} is not the one that was sent.", _AGAIN)
    if combined((int(part.etag, 16), there[part.number].stat().st_size) for part in wanted) != crc:
        raise ObjectCorrupt(f"The parts of {key!r} do not add up to its checksum.", "Compare it, and send again.")


def _unknown(key: str) -> UploadNotFound:
    return UploadNotFound(f"There is no such unfinished upload of {key!r}.", "Begin it again.")


def _text(upload: _Upload) -> bytes:
    kept = upload.attributes
    told = {
        "key": upload.key,
        "started_at": instant_text(upload.started_at),
        "content_type": kept.content_type,
        "cache_control": kept.cache_control,
        "storage_class": kept.storage_class,
        "metadata": dict(kept.metadata),
    }
    return json.dumps(told).encode()


def _read(file: Path, id: str) -> _Upload:
    told: dict[str, Any] = json.loads(file.read_bytes())
    attributes = Attributes(
        told["content_type"], told["cache_control"], StorageClass(told["storage_class"]), told["metadata"]
    )
    return _Upload(id, told["key"], datetime.fromisoformat(told["started_at"]), attributes)
