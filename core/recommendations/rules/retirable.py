"""Retirable copies: those that viewers no longer get, because they get another one for a while already."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.actions.action import Action, Kind
from core.actions.money import money_of
from core.catalog.video import Kind as Of
from core.database import Row, named_queries
from core.errors import PriceUnknown
from core.recommendations.grounds import Grounds
from core.recommendations.known import known
from core.recommendations.leaving import Costs, costs, stays_of
from core.recommendations.recommendation import (
    NOTHING,
    Confidence,
    Evidence,
    Fee,
    LeftOut,
    Line,
    Recommendation,
    Remark,
    Said,
    Unit,
)
from core.recommendations.sketch import sketch_of
from core.storage.provider import StorageClass, StorageProvider
from core.storage.providers import called
from core.units import instant_text, number_of

NAME = "retirable copies"
#: For so long viewers have got the other copy, and nobody had to go back.
SERVED_DAYS = 7

_queries: Any = named_queries(__file__, "retirable.sql")


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each provider with copies that nobody gets."""
    before = instant_text(grounds.now - timedelta(days=SERVED_DAYS))
    with grounds.database.reading() as connection:
        rows = list(_queries.unserved(connection, before=before))
    for name in sorted({row["provider"] for row in rows}):
        of = [row for row in rows if row["provider"] == name]
        old = [row for row in of if row["settled"]]
        young = [row for row in of if not row["settled"]]
        for moved in (True, False):  # apart, as nothing here removes what no migration has moved
            if some := [row for row in old if bool(row["moved"]) is moved]:
                yield _at(grounds, name, some, young, moved)
                young = []


def _at(grounds: Grounds, name: str, rows: list[Row], young: list[Row], moved: bool) -> Said:
    provider = next((each for each in grounds.providers.all if each.name == name), None)
    if provider is None and name != "supabase":
        return Remark(NAME, "It is not connected here, so nobody knows its region and its prices.", name)
    region = provider.region if provider else ""
    usd = [
        grounds.storage_prices.monthly_usd(name, region, StorageClass(row["storage_class"]), row["size_bytes"])
        for row in rows
    ]
    if None in usd:
        return Remark(NAME, f"The price catalogue has no price for storage in {region}.", name)
    total = sum((each for each in usd if each is not None), NOTHING)
    try:
        once = _once(grounds, provider, {row["video_id"] for row in rows}) if provider and moved else Costs()
    except PriceUnknown as error:
        return Remark(NAME, str(error), name)
    at = called(provider.bucket, name) if provider else name
    return _recommended(name, at, rows, young, total, once, moved, is_here=provider is not None)


def _once(grounds: Grounds, provider: StorageProvider, videos: Collection[str]) -> Costs:
    """What is left of least days. Raises PriceUnknown."""
    money = money_of(grounds.storage_prices, provider)
    every = [each for kind in Of for each in known(grounds, provider.name, kind) if each.video in videos]
    return costs(money, money.leaving(stays_of(every, grounds.now)))


def _recommended(
    name: str, at: str, rows: list[Row], young: list[Row], usd: Decimal, once: Costs, moved: bool, *, is_here: bool
) -> Recommendation:
    videos = sorted({row["video_id"] for row in rows})
    left_out = LeftOut(
        sum(row["objects"] for row in young), f"Viewers get another copy for less than {SERVED_DAYS} days."
    )
    about = "copies that nobody gets" if moved else "copies that nobody gets and no migration has moved"
    evidence = Evidence(
        objects=sum(row["objects"] for row in rows),
        size_bytes=sum(row["size_bytes"] for row in rows),
        fees=(Fee("Storage", usd, NOTHING),),
        confidence=Confidence.HIGH,
        because="The catalogue has both copies; each object is looked at once more before it is removed.",
        reads=None,
        left_out=(left_out,) if left_out.objects else (),
        besides=(Line("Videos", Decimal(len(videos)), Unit.VIDEOS),),
    )
    return Recommendation(
        NAME, name, about, f"Retire the copies of {number_of(len(videos), 'video')} at {name}",
        f"Viewers have got another copy of them for {SERVED_DAYS} days or more, and this one is still billed.",
        once.usd, evidence, Action(Kind.RETIRE_COPY, name, {"videos": videos}) if is_here and moved else None,
        _by_hand(name, is_here, moved, len(videos)),
        "A copy that is retired cannot be gone back to: it would have to be moved again.",
        ((f"{name} {about}", usd),), sketch_of(videos), once.more_usd, at,
    )  # fmt: skip


def _by_hand(name: str, is_here: bool, moved: bool, videos: int) -> str:
    """Why nothing here does it; empty where something does."""
    if not is_here:
        return f"{name} is not connected here: set its variables as .env.example shows."
    if moved:
        return ""
    return (
        f"No migration has moved {number_of(videos, 'video')}, so nothing here proves that the other copy is whole: "
        "check and adopt what another tool has moved by `python -m core migrate adopt` first."
    )
