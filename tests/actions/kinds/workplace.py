"""Workplace: an installation with one place for objects, in which actions are applied and undone as a worker does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.actions.action import Action, Kind, Preview, Step, Taken
from core.actions.actions import Actions
from core.actions.cloud import Cloud
from core.actions.doing import Doer
from core.actions.handler import Handler
from core.actions.handles import Handles
from core.billing.prices import load_prices
from core.billing.storage_prices import StoragePrices
from core.catalog.catalog import add_video, record_copy, serve_from
from core.catalog.holds import Holds
from core.catalog.video import CopyObject, Video, Visibility
from core.catalog.video import Kind as Of
from core.database import Database
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.providers import Providers
from core.units import GB
from tests.actions.conftest import OLGA

OF_A_DAY = Attributes("video/mp4", "max-age=86400")
PRICES = StoragePrices(load_prices(), "pro", GB)


@dataclass
class Time:
    """What a clock shows; it goes on when a test says so."""

    now: datetime

    def passes(self, **amount: float) -> datetime:
        self.now += timedelta(**amount)
        return self.now


@dataclass
class Workplace:
    """One place, and the handler that is tried."""

    provider: Any
    database: Database
    time: Time
    handler: Callable[[Cloud], Handler]
    others: tuple[StorageProvider, ...] = ()

    def __post_init__(self) -> None:
        self.packaged: list[str] = []
        self.cloud = Cloud(
            Providers((self.provider, *self.others)),
            self.database,
            PRICES,
            lambda: self.time.now,
            package=lambda _connection, video_id: self.packaged.append(video_id),
        )
        made = self.handler(self.cloud)
        self.kind: Kind = made.kind
        self.handles = Handles(self.database, AuditLog(self.database), lambda: self.time.now, {made.kind: made})
        self.actions = Actions(self.handles)

    def action(self, **terms: Any) -> Action:
        return Action(self.kind, self.provider.name, terms)

    def preview(self, **terms: Any) -> Preview:
        return self.actions.preview(OLGA, self.action(**terms), self.time.now)

    def apply(self, **terms: Any) -> str:
        """Have it applied, and a worker do what it can now."""
        id = self.actions.apply(OLGA, self.preview(**terms), self.time.now)
        self.work(id)
        return id

    def undo(self, id: str) -> None:
        self.actions.undo(OLGA, id, self.time.now)
        self.work(id)

    def go_on(self, id: str) -> None:
        self.actions.go_on(OLGA, id, self.time.now)
        self.work(id)

    def work(self, id: str) -> None:
        Doer(self.handles).do(id, lambda: False)

    def taken(self, id: str) -> Taken:
        return self.actions.taken(OLGA, id)

    def counts(self, id: str) -> Mapping[Step, int]:
        return self.taken(id).counts

    def keys(self, preview: Preview) -> list[str]:
        return [each.key for each in preview.items]

    def film(
        self, id: str, *objects: tuple[Of, str, int | bytes], storage_class: StorageClass = StorageClass.STANDARD
    ) -> None:
        """A video of the catalogue whose objects (kind, name, bytes or how many) lie here."""
        stored = [self._stored(id, *each, storage_class) for each in objects]
        video = Video(id, id, id, "", Visibility.PUBLIC, 1, None, None, "olga", self.time.now, None)
        with self.database.transaction() as connection:
            add_video(connection, video)
            record_copy(connection, id, self.provider.name, stored, self.time.now)
            serve_from(connection, id, self.provider.name, self.time.now)

    def _stored(self, id: str, kind: Of, name: str, told: int | bytes, storage_class: StorageClass) -> CopyObject:
        content = told if isinstance(told, bytes) else b"x" * told
        key, attributes = f"videos/{id}/{name}", Attributes("video/mp4", "max-age=86400", storage_class)
        made = self.provider.write(key, [content], attributes)
        width = 1280 if kind is Of.RENDITION else None
        return CopyObject(
            kind, name, key, "video/mp4", len(content), made.storage_class, made.etag, made.crc64nvme, width
        )


def cents(amount: Decimal | None) -> Decimal | None:
    """To a millionth of a dollar, as tests write it."""
    return None if amount is None else amount.quantize(Decimal("0.000001"))


def held(database: Database, video_id: str) -> None:
    """Somebody places a legal hold on a video."""
    admin = User("ann", Role.ADMIN, Via.PASSWORD)
    Holds(database, AuditLog(database)).place(admin, video_id, "A case.", datetime(2026, 11, 1, tzinfo=UTC))
