"""Residency: whether any object of a video lies outside of where its bytes must stay, by catalogue and inventories."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from core.access.roles import Permission, User
from core.catalog.residing import Astray, BoundObject, ResidencyCheck, Source, bound, keep, latest
from core.database import Database
from core.recommendations.grounds import billed_regions
from core.storage.jurisdictions import lies_in
from core.storage.providers import Providers
from core.telemetry.inventory import AWS
from core.telemetry.rungs import rung_of
from core.warehouse import Warehouse

#: An inventory that is older tells nothing of today.
_LISTED_DAYS = 30
_LISTED = """
    WITH newest AS (
        SELECT provider, bucket, max(day) AS day FROM inventory WHERE day >= $since GROUP BY ALL
    )
    SELECT provider, bucket, video, rung, kind, day, sum(objects)::BIGINT, sum(bytes)::BIGINT
    FROM inventory JOIN newest USING (provider, bucket, day)
    WHERE kind IN ('object', 'noncurrent') AND video <> '' GROUP BY ALL ORDER BY ALL
"""
_OLD_VERSIONS = "old versions of "


@dataclass(frozen=True)
class _Place:
    """Where something lies."""

    name: str
    region: str
    residency: str  #: that is promised there; empty: none
    is_foreign: bool = False  #: a bucket that is not configured here

    def may_hold(self, residency: str) -> bool:
        """By what is promised; of a bucket that nobody has configured, by its region."""
        if self.residency:
            return self.residency.upper() == residency.upper()
        return self.is_foreign and lies_in(self.region, residency)


@dataclass(frozen=True)
class _Places:
    """Of an installation."""

    providers: Providers
    billed: Mapping[str, str]  #: regions by bucket
    promised: Mapping[str, str]  #: residencies by provider, of those that are not configured

    def of_provider(self, name: str) -> _Place:
        """One that is configured no more promises nothing, unless it is known otherwise."""
        found = next((each for each in self.providers.all if each.name == name), None)
        promised = (found.residency if found else "") or self.promised.get(name, "")
        return _Place(name, found.region if found else "", promised)

    def of_bucket(self, billed: str, bucket: str) -> _Place:
        """One that nobody has configured is known by its name at AWS; other places by who bills them."""
        if billed != AWS:
            return self.of_provider(billed.lower())
        found = self.providers.holding(bucket)
        if found is None:
            return _Place(bucket, self.billed.get(bucket, ""), "", is_foreign=True)
        return self.of_provider(found.name)


def residency(user: User, database: Database) -> ResidencyCheck | None:
    """What the newest check found; None where none was made. Raises PermissionDenied."""
    user.require(Permission.SEE_SAVINGS)
    return latest(database)


def check_residency(
    database: Database,
    warehouse: Warehouse,
    providers: Providers,
    now: datetime,
    promised: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Look once, and keep what was found; safe to repeat. Raises WarehouseError, DatabaseError."""
    places = _Places(providers, billed_regions(warehouse), promised)
    with database.reading() as connection:
        videos, objects = bound(connection)
    catalogued = list(_catalogued(objects, videos, places))
    listed, listed_on = _listed(warehouse, videos, places, now.date())
    known = {_what(each) for each in objects}
    unknown = [each for each in listed if (each.video_id, each.place, each.name) not in known]
    keep(database, [*catalogued, *unknown], len(videos), len(objects), listed_on, now)


def _catalogued(objects: Collection[BoundObject], videos: Mapping[str, str], places: _Places) -> Iterator[Astray]:
    for each in objects:
        place = places.of_provider(each.provider)
        if not place.may_hold(videos[each.video_id]):
            yield Astray(each.video_id, place.name, place.region, Source.CATALOGUE, each.key, 1, each.size_bytes)


def _what(each: BoundObject) -> tuple[str, str, str]:
    """As an inventory would tell of it."""
    return each.video_id, each.provider, rung_of(each.kind, each.name, each.width)


def _listed(
    warehouse: Warehouse, videos: Mapping[str, str], places: _Places, today: date
) -> tuple[list[Astray], date | None]:
    """What inventories tell, and the newest day of one."""
    found: dict[tuple[str, str, str], Astray] = {}
    newest: date | None = None
    for billed, bucket, video, rung, kind, day, objects, size in warehouse.query(
        _LISTED, {"since": today - timedelta(_LISTED_DAYS)}
    ):
        newest = max(newest or day, day)
        place = places.of_bucket(billed, bucket)
        if video in videos and not place.may_hold(videos[video]):
            name = f"{_OLD_VERSIONS if kind == 'noncurrent' else ''}{rung or 'object'}"
            before = found.get((video, place.name, name))
            counts = (objects, size) if before is None else (before.objects + objects, before.size_bytes + size)
            found[video, place.name, name] = Astray(video, place.name, place.region, Source.INVENTORY, name, *counts)
    return list(found.values()), newest
