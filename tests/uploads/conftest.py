"""An installation that takes uploads into a folder, in parts of a thousand bytes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.billing.prices import load_prices
from core.catalog.catalog import Catalog
from core.database import Database
from core.settings import Settings, load_settings
from core.storage.checksums import crc64nvme
from core.storage.health import Health
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider
from core.storage.providers import Providers
from core.uploads.answers import Completed
from core.uploads.new_file import NewFile
from core.uploads.session import Standing
from core.uploads.uploads import Uploads
from tests.support.databases import BOTH, either_database
from tests.uploads.faults import Faulty

PART = 1_000
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
OTTO = User("otto", Role.OPERATOR, Via.PASSWORD)
ADA = User("ada", Role.ADMIN, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)


def video(size: int, seed: int = 0) -> bytes:
    """The bytes of a file that begins as an MP4 does; another seed is another film."""
    head = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41"
    return (head + bytes((seed + n * n // 7) % 251 for n in range(size)))[:size]


@dataclass
class House:
    """The uploads of one installation, and what a test looks at afterwards."""

    home: Path
    database: Database
    provider: LocalProvider
    providers: Providers
    settings: Settings
    now: datetime = datetime(2026, 11, 25, 12, tzinfo=UTC)
    packaged: list[str] = field(default_factory=list)  #: ids of videos whose renditions were asked for

    def __post_init__(self) -> None:
        self.catalog = Catalog(self.database)
        self.audit = AuditLog(self.database)
        self.uploads = self.opened()

    def opened(self, **other: Any) -> Uploads:
        """What a process has that begins now."""
        handles: dict[str, Any] = {
            "database": self.database,
            "providers": self.providers,
            "health": Health(self.database, self.clock),
            "catalog": self.catalog,
            "audit": self.audit,
            "prices": load_prices(),
            "settings": self.settings,
            "package": lambda _, id: self.packaged.append(id),
            "part_bytes": PART,
        }
        return Uploads(**handles | other)

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def use(self, *providers: StorageProvider) -> None:
        """These providers from now on."""
        self.providers = Providers(providers)
        self.uploads = self.opened()

    def file(self, content: bytes, **other: Any) -> NewFile:
        """What is said of a file before it is sent."""
        size, head = other.pop("size", len(content)), other.pop("head", content)
        return NewFile(other.pop("name", "fight.mp4"), size, head[:4096], **other)

    def start(self, content: bytes, user: User = OLGA, name: str = "fight.mp4", **about: Any) -> Standing:
        return self.uploads.start(user, self.file(content, name=name, **about), self.now)

    def send(self, upload: Standing, content: bytes, *numbers: int, user: User = OLGA) -> None:
        """Send these parts, or all that are missing."""
        for number in numbers or upload.missing:
            begin = (number - 1) * upload.session.part_bytes
            part = content[begin : begin + upload.session.part_bytes]
            self.uploads.parts.write(user, upload.session.id, number, part, self.now)

    def complete(self, upload: Standing, content: bytes, user: User = OLGA, **how: Any) -> Completed:
        return self.uploads.complete(user, upload.session.id, crc64nvme(content), None, self.now, **how)

    def complete_again(self, done: Completed, **how: Any) -> Completed:
        """Complete what is whole already once more."""
        crc = done.session.crc64nvme or 0
        return self.uploads.complete(OLGA, done.session.id, crc, None, self.now, **how)

    def bring_in(self, content: bytes, user: User = OLGA, name: str = "fight.mp4", **about: Any) -> Completed:
        """All of it at once."""
        upload = self.start(content, user, name, **about)
        self.send(upload, content, user=user)
        return self.complete(upload, content, user)

    def stored(self, key: str) -> bytes:
        return b"".join(self.provider.read(key))

    def keys(self) -> list[str]:
        """Every object that is there."""
        return [each.key for each in self.provider.list()]

    def begun_at_provider(self) -> list[str]:
        """Keys of the uploads whose parts the provider keeps."""
        return [each.key for each in self.provider.unfinished_uploads()]

    def noted(self) -> list[tuple[str, str, str]]:
        """Who did what with what outcome, newest first."""
        return [(each.actor, each.action, each.outcome) for each in self.audit.latest(ADA)]

    def listed(self) -> list[str]:
        """Ids of every video in the library."""
        with self.database.reading() as connection:
            return [row["id"] for row in connection.execute("select id from videos order by created_at")]


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "home" / "phyght.db")


@pytest.fixture
def house(tmp_path: Path, database: Database) -> House:
    settings = load_settings()
    built: list[House] = []
    provider = LocalProvider(tmp_path / "storage", b"secret", lambda: built[0].now)
    built.append(House(tmp_path, database, provider, Providers((provider,)), settings))
    return built[0]


@pytest.fixture
def faulty(house: House) -> Faulty:
    """What the house keeps its videos in, for faults to be planned."""
    provider = Faulty(house.home / "storage", b"secret", house.clock)
    house.provider = provider
    house.use(provider)
    return provider
