"""Throughput: how fast bytes go from one provider to another, as it was measured, or as is assumed before that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.database import Database, named_queries
from core.migration.meter import SPAN_S
from core.units import instant_text

_queries: Any = named_queries(__file__, "plan_queries.sql")
#: So much of the past is looked at, and so many spans of it make a measurement: a minute.
_LOOKED_BACK, _ENOUGH_SPANS = timedelta(90), 6
_MB = 10**6


@dataclass(frozen=True)
class Throughput:
    """How fast it goes, and what that is known from."""

    slowest: int  #: bytes a second
    fastest: int
    s_per_object: float  #: that come on top for each object, as some go at once
    basis: str  #: in words


def assumed(mb_per_s: int = 40) -> Throughput:
    """Before anything was moved: half as much again, or half of it."""
    return Throughput(
        mb_per_s * _MB // 2, mb_per_s * _MB * 3 // 2, 0.03,
        f"Assumed: {mb_per_s} MB/s, or half of it to half as much again, and 0.03 s for each object; nothing was moved "
        "this way yet.",
    )  # fmt: skip


def measured_or_assumed(database: Database, source: str, target: str, now: datetime) -> Throughput:
    """What migrations between the two came to lately, a quarter more or less."""
    since = instant_text(now - _LOOKED_BACK)
    with database.reading() as connection:
        row = _queries.measured_speed(connection, source=source, target=target, since=since)
    if row["spans"] < _ENOUGH_SPANS:
        return assumed()
    speed = row["size_bytes"] // (row["spans"] * SPAN_S)
    words = f"Measured: {speed / _MB:,.1f} MB/s from {source} to {target} in the last {_LOOKED_BACK.days} days"
    return Throughput(max(speed * 3 // 4, 1), max(speed * 5 // 4, 1), 0, f"{words}, a quarter more or less.")
