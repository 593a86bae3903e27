"""Drill: a sample of what backups have is asked for, with its price, and what became of each object is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from secrets import token_hex
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.billing.storage_prices import StoragePrices
from core.database import Database, Row, named_queries
from core.errors import ActionRefused
from core.jobs.work import enqueue
from core.lifecycle.backups import Kept, backups, sample
from core.lifecycle.drill_money import reading_usd
from core.storage.providers import Providers
from core.units import instant_text

_queries: Any = named_queries(__file__, "drills.sql")
#: What a worker does.
DRILL = "drill"
SAMPLE, MOST = 5, 200


class Outcome(StrEnum):
    """What became of an object."""

    WAITING = "waiting"
    PROVEN = "proven"  #: read in full, and it has the checksum that the catalogue knows
    WHOLE = "whole"  #: read in full and of the right size; the catalogue knows no checksum
    DIFFERENT = "different"
    MISSING = "missing"
    ARCHIVED = "archived"  #: it has to be restored first, for hours and for a fee, which a drill does not do
    UNREADABLE = "unreadable"

    @property
    def is_bad(self) -> bool:
        """Whether the backup would not have given the object back."""
        return self in (Outcome.DIFFERENT, Outcome.MISSING, Outcome.UNREADABLE)


@dataclass(frozen=True)
class Foreseen:
    """What a drill would read."""

    objects: tuple[Kept, ...]
    places: tuple[str, ...]  #: all backups there are
    usd: Decimal | None  #: at most, at list price; None: the catalogue lacks a price
    archived: int  #: of the objects, those recorded in an archive, which are not read

    @property
    def size_bytes(self) -> int:
        return sum(each.size_bytes for each in self.objects if each.storage_class.instant)


@dataclass(frozen=True)
class Tried:
    """One object of a drill."""

    title: str
    place: str
    key: str
    size_bytes: int
    outcome: Outcome
    detail: str
    read_bytes: int


@dataclass(frozen=True)
class Drill:
    """One that was asked for."""

    id: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    objects: tuple[Tried, ...]

    def count(self, *outcomes: Outcome) -> int:
        return sum(each.outcome in outcomes for each in self.objects)

    @property
    def is_passed(self) -> bool | None:
        """Whether all that was tried came back; None where nothing can be said yet, or nothing could be read."""
        if any(each.outcome.is_bad for each in self.objects):
            return False
        return True if self.done_at and self.count(Outcome.PROVEN, Outcome.WHOLE) else None


class Drills:
    """Whoever may see savings may look; to ask for one takes the permission to change the cloud, as it costs money."""

    def __init__(self, database: Database, audit: AuditLog, providers: Providers, prices: StoragePrices) -> None:
        self._database, self._audit = database, audit
        self._providers, self._prices = providers, prices

    def foreseen(self, user: User, number: int, now: datetime) -> Foreseen:
        """What a drill of so many objects would read today. Raises PermissionDenied, ActionRefused."""
        user.require(Permission.SEE_SAVINGS)
        if not 1 <= number <= MOST:
            raise ActionRefused(f"A sample of {number:,} is not possible.", f"Take 1 to {MOST:,} objects.")
        found = backups(self._database, self._providers)
        chosen = sample(self._database, found, number, now.date())
        read = [each for each in chosen if each.storage_class.instant]
        usd = reading_usd(self._prices, {each.name: each.provider for each in found}, read)
        return Foreseen(chosen, tuple(dict.fromkeys(each.name for each in found)), usd, len(chosen) - len(read))

    def ask(self, user: User, number: int, now: datetime) -> str:
        """Have a worker read today's sample; its id. Raises ActionRefused where nothing can be read, or one runs."""
        seen = self.foreseen(user, number, now)
        id = f"drill-{token_hex(6)}"
        detail = f"{len(seen.objects)} objects"
        with self._audit.change(user, Permission.CHANGE_CLOUD, "restore drill", id, now, detail) as connection:
            if not seen.objects:
                raise ActionRefused(
                    "There is no backup: no object lies elsewhere than where viewers get it.",
                    "Replicate a bucket, or keep a migration's source for a while.",
                )
            if running := _queries.under_way(connection):
                raise ActionRefused(f"A drill is under way, asked for by {running['asked_by']}.", "Wait for it.")
            _queries.add_drill(connection, id=id, asked_by=user.name, asked_at=instant_text(now))
            _queries.add_objects(connection, list(_rows(id, seen.objects)))
            enqueue(connection, DRILL, id, now)
        return id

    def history(self, user: User, limit: int = 20) -> tuple[Drill, ...]:
        """The newest first. Raises PermissionDenied."""
        user.require(Permission.SEE_SAVINGS)
        with self._database.reading() as connection:
            found = list(_queries.latest(connection, limit=limit))
            return tuple(_drill(row, list(_queries.objects(connection, drill_id=row["id"]))) for row in found)


def _rows(id: str, objects: Sequence[Kept]) -> list[dict[str, Any]]:
    return [
        {
            "drill_id": id,
            "position": position,
            "video_id": each.video_id,
            "title": each.title,
            "place": each.place,
            "key": each.key,
            "size_bytes": each.size_bytes,
            "crc64nvme": None if each.crc64nvme is None else str(each.crc64nvme),
            "sha256": each.sha256,
            "storage_class": str(each.storage_class),
        }
        for position, each in enumerate(objects, 1)
    ]


def _drill(row: Row, objects: Sequence[Row]) -> Drill:
    done = row["done_at"]
    return Drill(
        row["id"],
        row["asked_by"],
        datetime.fromisoformat(row["asked_at"]),
        datetime.fromisoformat(done) if done else None,
        tuple(map(_tried, objects)),
    )


def _tried(row: Row) -> Tried:
    told = row["title"], row["place"], row["key"], row["size_bytes"]
    return Tried(*told, Outcome(row["outcome"]), row["detail"], row["read_bytes"])
