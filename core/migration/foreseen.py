"""Foreseen: what running migrations will change in the bills, before the bills know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from json import loads

from core.billing.storage_prices import billed_as
from core.costs.dimensions import Dimension
from core.costs.forecasted import KnownChange
from core.database import Database
from core.migration.estimate import estimate_from_json
from core.migration.store import queries

_DAYS = Decimal("30.4375")  #: of a month
#: What bills call delivery.
CDN: Mapping[str, str] = {Dimension.PROVIDER: "AWS", Dimension.SERVICE: "Amazon CloudFront"}
#: How bills call what storing costs at a provider.
_AT: Mapping[str, Mapping[str, str]] = {
    "s3": {Dimension.PROVIDER: "AWS", Dimension.SERVICE: "Amazon Simple Storage Service"},
    "supabase": {Dimension.PROVIDER: "Supabase", Dimension.SERVICE: "Supabase Storage"},
}


@dataclass(frozen=True)
class _Left:
    """What one migration has yet to move."""

    name: str
    source: str
    target: str
    videos: int
    days: int  #: at worst
    grace_days: int
    before: Decimal  #: USD a month
    after: Decimal


def to_be_moved(database: Database, today: date) -> tuple[KnownChange, ...]:
    """For each running migration: storage at the target comes in evenly until it ends at its slowest, and that at the
    source ends once the period of grace is over. At list price; none where nothing is left to be moved.
    """
    with database.reading() as connection:
        rows = list(queries.foreseen(connection))
    found = [_left([dict(row) for row in group]) for _, group in groupby(rows, key=lambda row: row["name"])]
    return tuple(change for left in found for change in _changes(left, today))


def _left(rows: list[dict[str, str]]) -> _Left:
    first = rows[0]
    slowest = estimate_from_json(loads(first["estimate"])).slowest
    before, after = (
        sum((Decimal(row[f"monthly_{when}_usd"]) for row in rows), Decimal(0)) for when in ("before", "after")
    )
    days = max(slowest // timedelta(days=1), 1)
    return _Left(
        first["name"], first["source"], first["target"], len(rows), days, int(first["grace_days"]), before, after
    )


def _changes(left: _Left, today: date) -> list[KnownChange]:
    retired = today + timedelta(left.days + left.grace_days)
    arriving = (
        f"{left.name}: {left.videos:,} videos are yet to be moved; storing them at {left.target} adds "
        f"{left.after:.2f} USD a month, evenly until {today + timedelta(left.days)}."
    )
    leaving = (
        f"{left.name}: storing them at {left.source} ends on {retired}, if they are retired then: "
        f"{left.before:.2f} USD a month less."
    )
    return [
        KnownChange(today, arriving, storage_at(left.target), left.after / _DAYS, ramp_days=left.days),
        KnownChange(retired, leaving, storage_at(left.source), -left.before / _DAYS),
    ]


def storage_at(provider: str) -> Mapping[str, str]:
    """What bills call storing at a provider of that name."""
    return {**_AT.get(billed_as(provider), {}), Dimension.USAGE_FAMILY: "storage"}
