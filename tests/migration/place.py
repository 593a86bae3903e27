"""An installation whose videos lie in a folder called supabase, and go to one called s3, in parts of 1,000 bytes."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.catalog.catalog import Catalog, add_video, record_copy, remember_link, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.database import Database, named_queries
from core.delivery.addresses import Addresses
from core.delivery.resolver import Resolver
from core.delivery.seal import Seal
from core.delivery.supabase_tokens import SupabaseProject
from core.jobs.work import Requests
from core.migration.control import Migrations
from core.migration.handles import Handles, Means
from core.migration.meter import Meter
from core.migration.mover import Mover
from core.migration.sampling import Sampler
from core.migration.state import DISCARD, MOVE, RETIRE, Item, State
from core.migration.store import item, item_of_row, queries
from core.migration.traffic import Traffic
from core.settings import Settings
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.providers import Providers
from core.units import instant_text
from tests.uploads.faults import Faulty

PART = 1_000
arranged: Any = named_queries(__file__)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def content(size: int, seed: int = 0) -> bytes:
    """Bytes that are others at each place, and for each seed."""
    block = hashlib.sha256(str(seed).encode()).digest()
    pieces = (hashlib.sha256(block + number.to_bytes(4, "big")).digest() for number in range(size // 32 + 1))
    return b"".join(pieces)[:size]


@cache
def _http() -> httpx.Client:
    return httpx.Client()  # takes a tenth of a second, and folders are not asked by it


@dataclass
class Place:
    """What a test stands on, and looks at afterwards."""

    home: Path
    database: Database
    settings: Settings
    source: Any  #: a Faulty folder, or another provider
    target: Any
    now: datetime = NOW
    rows: Any = None
    pauses: list[float] = field(default_factory=list)
    user: User = OLGA
    part_bytes: int = PART
    held_bytes: int = 0  #: in memory at most; 0: ten parts

    def __post_init__(self) -> None:
        self.catalog = Catalog(self.database)
        self.audit = AuditLog(self.database)
        self.requests = Requests(self.database)
        self.meanwhile: list[Any] = []  #: happens instead of the next pauses, first one first
        for provider in (self.source, self.target):
            provider._clock = self.clock
        self.open()

    def open(self) -> None:
        """What a process has that begins now."""
        providers = Providers((self.target, self.source))
        addresses = Addresses(providers, None)
        self.handles = Handles(
            self.database, self.catalog, self.audit, providers, addresses, self.settings, self.clock, self.rows
        )
        self.meter = Meter(self.database, self.clock)
        held_bytes = self.held_bytes or 10 * self.part_bytes
        means = Means(Traffic(held_bytes, self.part_bytes), self.meter, self._pause, self.part_bytes)
        self.mover, self.migrations = Mover(self.handles, means), Migrations(self.handles)
        project = SupabaseProject("abcd", "local", b"")
        self.sampler = Sampler(self.handles, Resolver(self.catalog, addresses, Seal(b"0" * 32), project), _http())

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()

    def video(self, id: str, *contents: bytes, key: str = "", kinds: Iterable[Kind] = ()) -> Video:
        """A video at the source: its original, and other objects of it."""
        video = Video(
            id, f"{id}-slug", id.title(), "", Visibility.PUBLIC, len(contents[0]), None, None, "tests", NOW, None
        )
        objects = []
        for number, (bytes_, kind) in enumerate(
            zip(contents, [Kind.ORIGINAL, *kinds, *[Kind.RENDITION] * 9], strict=False)
        ):
            name = "original" if number == 0 else f"rung-{number}"
            objects.append(self.put(key or f"fights/{id}/{name}.mp4", bytes_, name, kind))
        with self.database.transaction() as connection:
            add_video(connection, video)
            record_copy(connection, id, "supabase", objects, NOW, "It was there.")
            serve_from(connection, id, "supabase", NOW)
        return video

    def put(self, key: str, bytes_: bytes, name: str = "original", kind: Kind = Kind.ORIGINAL) -> CopyObject:
        """An object at the source, put there or replaced."""
        attributes = Attributes("video/mp4", "max-age=3600", metadata={"fight": "Rivera"})
        stored = self.source.write(key, [bytes_], attributes)
        return CopyObject(kind, name, key, "video/mp4", len(bytes_), StorageClass.STANDARD, stored.etag, None)

    def knows_checksum(self, video_id: str, crc64nvme: int, name: str = "original") -> None:
        """The catalog has it since the object was brought in."""
        with self.database.transaction() as connection:
            arranged.know_checksum(connection, video_id=video_id, name=name, crc64nvme=str(crc64nvme))

    def plan(self, *ids: str, name: str = "move", adopts: bool = False, grace_days: int = 7) -> None:
        """A migration of these videos, in that order."""
        at = instant_text(NOW)
        with self.database.transaction() as connection:
            arranged.add_migration(
                connection, name=name, options=json.dumps({}), adopts=adopts, grace_days=grace_days, at=at
            )
            for position, id in enumerate(ids):
                size = sum(each.size_bytes for copy in self.catalog.copies(id) for each in copy.objects)
                arranged.add_item(connection, name=name, video_id=id, position=position, size_bytes=size, at=at)

    def start(self, name: str = "move", first: int | None = None) -> int:
        return self.migrations.start(OLGA, name, self.now, first)

    def work(self, rounds: int = 20) -> None:
        """Do what a worker would until nothing is due."""
        for _ in range(rounds):
            if not self.work_once():
                return
        raise AssertionError("there is always more to do")

    def work_once(self) -> int:
        """Do what is due now; returns how much that was."""
        does = {MOVE: self.mover.move, DISCARD: self.mover.discard, RETIRE: self.mover.retire}
        due = [each for name in does for each in self.requests.due(self.now, name, 1000)]
        for request in due:
            self.requests.taken(request.id)
            does[request.workflow](request.argument, lambda id=request.id: self.requests.is_called_off(id))
            self.requests.over(request.id)
        return len(due)

    def item(self, id: str, name: str = "move") -> Item:
        with self.database.reading() as connection:
            return item(connection, name, id)

    def states(self, name: str = "move") -> dict[str, State]:
        with self.database.reading() as connection:
            return {row["video_id"]: item_of_row(row).state for row in arranged.items(connection, name=name)}

    def events(self, id: str | None, name: str = "move") -> list[str]:
        """What happened to a video, or to the migration, oldest first."""
        with self.database.reading() as connection:
            rows = list(queries.events_of(connection, migration_id=name, video_id=id, limit=1000))
        return [row["kind"] for row in reversed(rows)]

    def audited(self, action: str) -> list[str]:
        """What each line of the audit with that action is about, in order."""
        with self.database.reading() as connection:
            return [row["subject"] for row in arranged.audited(connection, action=action)]

    def served(self, id: str) -> str | None:
        return self.catalog.video(id).served_from

    def at_target(self, key: str) -> bytes:
        return b"".join(self.target.read(key))

    def keys(self, provider: StorageProvider) -> list[str]:
        return [each.key for each in provider.list()]

    def unfinished_ids(self) -> list[str]:
        return [each.upload_id for each in self.target.unfinished_uploads()]

    def unfinished(self) -> list[str]:
        return [each.key for each in self.target.unfinished_uploads()]


def link(place: Place, video_id: str, key: str) -> None:
    """An address that viewers hold of a video."""
    with place.database.transaction() as connection:
        remember_link(connection, video_id, "supabase", place.source.bucket, key)


def folder(home: Path, name: str) -> Faulty:
    """A provider in a folder, whose clock stands still."""
    return Faulty(home / name, b"secret" * 6, lambda: NOW, name=name)
