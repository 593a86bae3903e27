"""Local replication: what S3 does by itself, done once a day to a folder of this machine: what is new is copied."""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.errors import ObjectNotFound
from core.storage import disk
from core.storage.provider import Attributes, StorageClass, StorageProvider, StoredObject
from core.storage.replication import ObjectState, Replication, ReplicationRule
from core.units import instant_text


class Folder(StorageProvider, Protocol):
    """A folder of this machine with its neighbours: what a LocalProvider is, told apart so that it can import this."""

    folder: Path

    def beside(self, bucket: str, region: str) -> "Folder":
        """The folder that stands for another bucket."""
        ...


@dataclass(frozen=True)
class _Kept:
    """A rule, and since when it holds."""

    rule: ReplicationRule
    since: datetime

    def is_about(self, stored: StoredObject) -> bool:
        """As S3 does, a rule copies only what is written after it."""
        is_new = stored.modified_at >= self.since
        return self.rule.enabled and is_new and stored.key.startswith(self.rule.prefix)


def replication(folder: Path) -> Replication | None:
    """Empty of a role, as nobody has to be let in."""
    found = _read(folder)
    return Replication("", tuple(each.rule for each in found)) if found else None


def put(folder: Path, rule: ReplicationRule, now: datetime) -> None:
    """In the place of the one of its id."""
    others = [each for each in _read(folder) if each.rule.id != rule.id]
    _write(folder, [*others, _Kept(rule, now)])


def remove(folder: Path, id: str) -> None:
    """Copies stay."""
    _write(folder, [each for each in _read(folder) if each.rule.id != id])


def replicate(provider: Folder) -> None:
    """Copy what is new, and not there as it is; safe to repeat."""
    for each in _read(provider.folder):
        target = provider.beside(each.rule.target, provider.region)
        for stored in provider.list(each.rule.prefix):
            if each.is_about(stored):
                with suppress(ObjectNotFound):  # it was removed since it was listed, or its bytes are not here
                    _copy(provider, target, each.rule, provider.head(stored.key))


def copying_of(provider: Folder, stored: StoredObject) -> ObjectState:
    """By looking whether it is at each target."""
    rules = [each.rule for each in _read(provider.folder) if each.is_about(stored)]
    if not rules:
        return ObjectState.NONE
    there = all(_is_there(provider.beside(each.target, provider.region), stored) for each in rules)
    return ObjectState.COPIED if there else ObjectState.PENDING


def _copy(provider: Folder, target: Folder, rule: ReplicationRule, stored: StoredObject) -> None:
    if not _is_there(target, stored) and stored.storage_class.instant:
        kept = StorageClass(rule.storage_class or stored.storage_class)
        attributes = Attributes(stored.content_type, stored.cache_control, kept, stored.metadata)
        target.write(stored.key, provider.read(stored.key, etag=stored.etag), attributes)


def _is_there(target: Folder, stored: StoredObject) -> bool:
    try:
        found = target.head(stored.key)
    except ObjectNotFound:
        return False
    return (found.size_bytes, found.crc64nvme) == (stored.size_bytes, stored.crc64nvme)


def _read(folder: Path) -> list[_Kept]:
    file = _file(folder)
    return list(map(_kept, json.loads(file.read_bytes()))) if file.exists() else []


def _kept(told: dict[str, str]) -> _Kept:
    since = datetime.fromisoformat(told.pop("since"))
    return _Kept(ReplicationRule(**told), since)  # type: ignore[arg-type]


def _write(folder: Path, kept: Iterable[_Kept]) -> None:
    told = list(_told(kept))
    new = folder / f"replication-{uuid.uuid4().hex}"
    try:
        disk.write_durably(new, [json.dumps(told).encode()])
        new.rename(_file(folder))
        disk.sync_folder(folder)
    finally:
        new.unlink(missing_ok=True)


def _told(kept: Iterable[_Kept]) -> Iterator[dict[str, object]]:
    for each in kept:
        yield {**asdict(each.rule), "since": instant_text(each.since)}


def _file(folder: Path) -> Path:
    return folder / "replication.json"
