"""Platform: a catalog, a provider in a folder, and the packaging of videos between them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.catalog.catalog import Catalog, add_video, record_copy, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.jobs.work import Requests
from core.media.handles import Handles
from core.media.media import CLEARING, WORK, Media
from core.media.mediaconvert import MediaConvert
from core.media.packagings import Packaging
from core.settings import Settings
from core.sqlite_database import SqliteDatabase
from core.storage.health import Health
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.providers import Providers

OPERATOR = User("maria", Role.OPERATOR, Via.PASSWORD)
VIEWER = User("victor", Role.VIEWER, Via.PASSWORD)
VIDEO = "v1"


@dataclass
class Place:
    """An installation with one video."""

    home: Path
    settings: Settings
    now: datetime = datetime(2026, 11, 25, 12, tzinfo=UTC)
    providers: list[StorageProvider] = field(default_factory=list)
    converted_in: list[str] = field(default_factory=list)  #: the regions in which MediaConvert was opened

    def __post_init__(self) -> None:
        self.database = SqliteDatabase(self.home / "phyght.db")
        self.database.migrate()
        self.catalog = Catalog(self.database)
        self.local = LocalProvider(self.home / "storage", b"secret", self.clock)
        self.providers = self.providers or [self.local]
        self.audit = AuditLog(self.database)
        health = Health(self.database, self.clock)
        self.handles = Handles(
            self.database, self.catalog, Providers(tuple(self.providers)), health, self.settings, self.clock,
            self.home / "packaging",
        )  # fmt: skip
        self.media = Media(self.handles, self.audit, self.convert)

    def convert(self, region: str) -> MediaConvert:
        raise AssertionError("nothing here is converted elsewhere")

    def clock(self) -> datetime:
        return self.now

    def add(self, file: Path, id: str = VIDEO, provider: str = "local") -> Video:
        """A video whose original is this file."""
        key = f"videos/{id}/original{file.suffix}"
        stored = self.local.write(key, [file.read_bytes()], Attributes("video/mp4"))
        video = Video(
            id, f"fight-{id}", "Fight", "", Visibility.PUBLIC, stored.size_bytes, stored.crc64nvme, None, "maria",
            self.now, None,
        )  # fmt: skip
        original = CopyObject(
            Kind.ORIGINAL, "original", key, "video/mp4", stored.size_bytes, StorageClass.STANDARD, stored.etag,
            stored.crc64nvme,
        )  # fmt: skip
        with self.database.transaction() as connection:
            add_video(connection, video)
            record_copy(connection, id, provider, [original], self.now)
            serve_from(connection, id, provider, self.now)
        return self.catalog.video(id)

    def package(self, called_off: Callable[[], bool] = lambda: False, id: str = VIDEO) -> Packaging:
        """Have the worker do it, in this process."""
        self.media.do(id, called_off)
        return self.packaging(id)

    def packaging(self, id: str = VIDEO) -> Packaging:
        """How it stands."""
        found = self.media.packaging(id)
        assert found
        return found

    def objects(self, provider: str = "local", id: str = VIDEO) -> dict[str, CopyObject]:
        """What is recorded, by name."""
        return {
            each.name: each for copy in self.catalog.copies(id) if copy.provider == provider for each in copy.objects
        }

    def stored(self) -> set[str]:
        """The keys that are there."""
        return {each.key for each in self.local.list()}

    def due(self) -> int:
        """How many requests the worker would find."""
        return sum(len(Requests(self.database).due(self.now, work, 9)) for work in (WORK, CLEARING))

    def waits(self, id: str = VIDEO) -> timedelta:
        """How long the worker waits until it goes on."""
        with self.database.reading() as connection:
            row = connection.execute(
                "select due_at from requests where id = ?", [self.packaging(id).request]
            ).fetchone()
        return datetime.fromisoformat(row["due_at"]) - self.now
