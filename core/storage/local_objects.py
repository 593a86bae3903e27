"""Local objects: which ones a folder holds; each is one small file that names its bytes, so that it changes at once."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import ObjectCorrupt, ObjectExists, ObjectNotFound
from core.storage import disk, keys
from core.storage.provider import Attributes, StorageClass, StoredObject
from core.units import instant_text


@dataclass(frozen=True)
class Segment:
    """A file that holds some of an object's bytes."""

    file: str
    size_bytes: int


@dataclass(frozen=True)
class Record:
    """An object, and where its bytes lie."""

    object: StoredObject
    data: str  #: the folder of its segments; a new one whenever it is written
    segments: tuple[Segment, ...]  #: in order
    tags: Mapping[str, str] = field(default_factory=dict)


class LocalObjects:
    """The objects below a folder.

    `objects/` has the records, by key; `data/` the bytes, a folder for each writing; and `doubtful/` a note for each
    of those that nobody may refer to when its writer is killed. A note is locked while its writer lives.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._records, self._data, self._doubtful = (folder / name for name in ("objects", "data", "doubtful"))

    def prepare(self) -> None:
        """Make what is missing, and remove what killed writers have left."""
        for each in (self._records, self._data, self._doubtful):
            disk.make_folder(each)
        self.sweep()

    def get(self, key: str) -> Record:
        """Raises ObjectNotFound."""
        record = self.find(key)
        if record is None:
            raise ObjectNotFound(f"No object at {key!r} in {self.folder}.", "Check the key, or upload it again.")
        return record

    def find(self, key: str) -> Record | None:
        return self._read(f"{self._records}/{keys.path_of(key)}", key)

    def list(self, prefix: str) -> Iterator[Record]:
        """By key; what comes or goes meanwhile may be in it or not."""
        return self._below(str(self._records), b"", prefix.encode(errors="surrogatepass"))

    def _read(self, file: str, key: str) -> Record | None:
        try:
            with open(file, "rb") as stream:  # noqa: PTH123 - a Path for each of 100,000 takes longer than reading it
                return _record(stream.read(), key)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _below(self, folder: str, before: bytes, prefix: bytes) -> Iterator[Record]:
        try:
            names = [entry.name for entry in os.scandir(folder)]
        except (FileNotFoundError, NotADirectoryError):  # its last object has just been removed; or it is none of ours
            return
        found = sorted((before + keys.piece_of(name), not keys.is_file(name), name) for name in names)
        for piece, is_folder, name in found:
            if not keys.may_hold(piece, prefix):
                continue
            if is_folder:
                yield from self._below(f"{folder}/{name}", piece, prefix)
            elif piece.startswith(prefix) and (record := self._read(f"{folder}/{name}", piece.decode())):
                yield record

    def data_folder(self, id: str) -> Path:
        return self._data / id

    def segment_file(self, record: Record, segment: Segment) -> Path:
        return self._data / record.data / segment.file

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else changes which objects there are."""
        with disk.alone_in(self._doubtful):
            yield

    @contextmanager
    def writing(self, id: str, key: str) -> Iterator[Path]:
        """A new folder for bytes; gone after the block, unless an object at the key names it by then."""
        with self.alone():
            note = self._note(id, key)
        try:
            self.data_folder(id).mkdir(mode=0o700)
            yield self.data_folder(id)
        finally:
            self._settle(id, key)
            self._forget_note(id, note)

    def put(self, record: Record, if_absent: bool = False) -> None:
        """Make this the object at its key, within `alone`. Raises ObjectExists."""
        path = self._records / keys.path_of(record.object.key)
        new = self.data_folder(record.data) / "record"
        new.unlink(missing_ok=True)
        disk.write_durably(new, [_text(record)])
        old = self.find(record.object.key)
        if old and if_absent:
            raise ObjectExists(f"There is an object at {record.object.key!r} already.", "Choose another key.")
        disk.sync_folder(new.parent)
        disk.make_folder(path.parent)
        with self.doubting(old.data if old else "", record.object.key):
            new.rename(path)
            disk.sync_folder(path.parent)

    def remove(self, key: str) -> None:
        """Take an object away, within `alone`."""
        old = self.find(key)
        if old is None:
            return
        path = self._records / keys.path_of(key)
        with self.doubting(old.data, key):
            path.unlink()
            disk.sync_folder(path.parent)
        for folder in path.parents:
            if folder == self._records or not _removed(folder):
                break

    @contextmanager
    def doubting(self, id: str, key: str) -> Iterator[None]:
        """Within `alone`: after the block these bytes are gone, unless an object or upload still names them."""
        if not id:
            yield
            return
        note = self._note(id, key)
        try:
            yield
        finally:
            self._settle(id, key)
            self._forget_note(id, note)

    def sweep(self) -> None:
        """Settle what was in doubt when somebody was killed."""
        with self.alone():
            for note in self._doubtful.iterdir():
                with suppress(BlockingIOError, FileNotFoundError):  # its writer lives, or is ready just now
                    self._sweep(note)

    def _sweep(self, note: Path) -> None:
        descriptor = os.open(note, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._settle(note.name, note.read_text())
            note.unlink()
        finally:
            os.close(descriptor)

    def _note(self, id: str, key: str) -> int:
        descriptor = os.open(self._doubtful / id, os.O_CREAT | os.O_WRONLY, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, key.encode())
        return descriptor

    def _forget_note(self, id: str, note: int) -> None:
        (self._doubtful / id).unlink(missing_ok=True)
        os.close(note)

    def _settle(self, id: str, key: str) -> None:
        record = self.find(key) if key else None
        if not (record and record.data == id) and not (self.folder / "uploads" / id).exists():
            with suppress(FileNotFoundError):
                shutil.rmtree(self._data / id)


def new_record(object: StoredObject, data: str, segments: tuple[Segment, ...], attributes: Attributes) -> Record:
    """An object with what is kept of it."""
    kept = replace(
        object,
        content_type=attributes.content_type,
        cache_control=attributes.cache_control,
        storage_class=attributes.storage_class,
        metadata=dict(attributes.metadata),
    )
    return Record(kept, data, segments)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:  # something is in it, or came into it just now
        return False
    return True


def _text(record: Record) -> bytes:
    told = asdict(record)
    until = record.object.restored_until
    told["object"] |= {
        "modified_at": instant_text(record.object.modified_at),
        "restored_until": until and instant_text(until),
    }
    return json.dumps(told).encode()


def _record(text: bytes, key: str) -> Record:
    try:
        told: dict[str, Any] = json.loads(text)
        object = told["object"]
        object["modified_at"] = datetime.fromisoformat(object["modified_at"])
        until = object.get("restored_until")  # not in what older versions wrote
        object["restored_until"] = until and datetime.fromisoformat(until)
        object["storage_class"] = StorageClass(object["storage_class"])
        segments = tuple(Segment(**each) for each in told["segments"])
        return Record(StoredObject(**object), told["data"], segments, told.get("tags", {}))
    except (ValueError, KeyError, TypeError) as error:
        raise ObjectCorrupt(f"What is kept of {key!r} is damaged.", "Restore it, or upload it again.") from error
