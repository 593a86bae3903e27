"""Huge: an object that nobody stores is moved whole: python -m tests.migration.huge HOME BYTES.

Its bytes are made as they are read, and only summed up as they arrive. Tells the sums, and how much memory it took.
"""

import json
import random
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from core.migration.traffic import HELD_BYTES, PART_BYTES
from core.settings import load_settings
from core.storage.checksums import combined, crc64nvme
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, Part, StorageClass, StoredObject
from core.units import MIB
from tests.migration.place import NOW, Place
from tests.support.databases import fresh_database

KEY = "fights/rivera/original.mp4"
_POOL = memoryview(random.Random(1).randbytes(8 * MIB))
_STEP = 4099  #: no block is like another one: this and the pool's size have no factor in common


class Held:
    """How many bytes were read and have not arrived yet, and how many that were at most."""

    def __init__(self) -> None:
        self._lock, self._now, self.most = Lock(), 0, 0

    def add(self, size_bytes: int) -> None:
        with self._lock:
            self._now += size_bytes
            self.most = max(self.most, self._now)


def content(start: int, end: int) -> Iterator[memoryview]:
    """The object's bytes from one place to another."""
    while start < end:
        number, at = divmod(start, MIB)
        first = number * _STEP % (7 * MIB) + at
        size = min(MIB - at, end - start)
        yield _POOL[first : first + size]
        start += size


class Source(LocalProvider):
    """Has one object, which is nowhere."""

    size_bytes, held = 0, Held()

    def head(self, key: str) -> StoredObject:
        return StoredObject(key, self.size_bytes, "huge", NOW, "video/mp4")

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[Any]:
        for block in content(start, self.size_bytes if end is None else end):
            self.held.add(len(block))
            yield block


class Target(LocalProvider):
    """Sums up what arrives."""

    def __init__(self, *arguments: Any, name: str, held: Held) -> None:
        super().__init__(*arguments, name=name)
        self._held, self._lock = held, Lock()
        self.parts_: dict[int, Part] = {}
        self.whole: StoredObject | None = None

    def write_part(self, key: str, upload_id: str, number: int, content: bytes) -> Part:
        part = Part(number, len(content), f"{number}", crc64nvme(content))
        with self._lock:
            self.parts_[number] = part
        self._held.add(-len(content))
        return part

    def parts(self, key: str, upload_id: str) -> tuple[Part, ...]:
        return tuple(self.parts_.values())

    def complete_upload(
        self, key: str, upload_id: str, parts: Iterable[Part], crc64nvme: int, if_absent: bool = False
    ) -> StoredObject:
        there = [self.parts_[part.number] for part in parts]
        sums = combined((part.crc64nvme or 0, part.size_bytes) for part in there)
        assert sums == crc64nvme
        self.abort_upload(key, upload_id)
        size_bytes = sum(part.size_bytes for part in there)
        self.whole = StoredObject(
            key, size_bytes, "whole", NOW, "video/mp4", StorageClass.STANDARD, crc64nvme=sums, metadata=self.marked
        )
        return self.whole

    def start_upload(self, key: str, attributes: Attributes) -> str:
        self.marked = attributes.metadata
        return super().start_upload(key, attributes)

    def head(self, key: str) -> StoredObject:
        return self.whole or super().head(key)

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[Any]:
        return content(start, end or 0)


def memory(what: str) -> float:
    """Of this process, in 10^6 bytes: VmRSS now, VmHWM at most."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{what}:")[1].split()[0]) * 1024 / 1e6


def main(home: Path, size_bytes: int) -> None:
    source = Source(home / "supabase", b"secret" * 6, lambda: NOW, "supabase")
    target = Target(home / "s3", b"secret" * 6, lambda: NOW, name="s3", held=source.held)
    place = Place(
        home, fresh_database(home / "phyght.db"), load_settings(), source, target,
        part_bytes=PART_BYTES, held_bytes=HELD_BYTES,
    )  # fmt: skip
    place.video("rivera", b"rivera")
    source.size_bytes = size_bytes
    place.plan("rivera")
    place.start()
    before = memory("VmRSS")

    place.work()

    video = place.catalog.video("rivera")
    told = {
        "state": place.states()["rivera"], "problem": place.item("rivera").problem, "sha256": video.sha256,
        "arrived_bytes": target.whole.size_bytes if target.whole else 0, "parts": len(target.parts_),
        "held_mb": source.held.most / 1e6, "growth_mb": memory("VmHWM") - before,
        "cpu_s": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
    }  # fmt: skip
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
