"""Rungs: those that hardly anybody watches, and those that are of no use beside a better one of the same video."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from core.actions.action import Action, Kind
from core.catalog.video import Kind as Of
from core.costs.period import Period
from core.database import Row, named_queries
from core.errors import PriceUnknown
from core.performance.viewing import qualities
from core.recommendations.asking import of_each_bucket
from core.recommendations.grounds import Bucket, Grounds, Stored, not_here
from core.recommendations.known import known
from core.recommendations.losable import cannot_lose, dropping_costs, left_out
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
from core.recommendations.removal import removal
from core.recommendations.sketch import sketch_of
from core.storage.provider import StorageClass, StorageProvider
from core.storage.providers import called
from core.units import number_of

NAME, DOMINATED = "unwatched rungs", "dominated rungs"
#: A rung with less of the time watched is hardly watched.
_LITTLE = Decimal("0.01")
_DAYS = 28
#: Who has the bandwidth for a rung has it for one that takes up to so much of it.
_AS_MUCH = Decimal("1.1")
_HEIGHT = re.compile(r"(\d+)p")
_WATCHED_DAYS = "SELECT count(DISTINCT day) FROM playback_rungs WHERE day >= $start AND day < $end AND watched_ms > 0"

_queries: Any = named_queries(__file__, "rungs.sql")


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each bucket and rung that hardly anybody watches; one for each provider and rung that is dominated."""
    yield from _unwatched(grounds)
    with grounds.database.reading() as connection:
        rows = list(_queries.ladders(connection))
    yield from _dominated(grounds, rows)


def _unwatched(grounds: Grounds) -> Iterator[Said]:
    period = Period(grounds.days_ago(_DAYS), grounds.today)
    [(days,)] = grounds.warehouse.query(_WATCHED_DAYS, {"start": period.start, "end": period.end})
    if days < _DAYS - 1:
        words = f"Players have told of {days} of the last {_DAYS} days: nobody knows which rungs are watched."
        yield Remark(NAME, words)
        return
    shares = {each.rung: Decimal(f"{each.share:.10f}") for each in qualities(grounds.warehouse, period)}
    yield from of_each_bucket(grounds, NAME, lambda of, bucket: _in_bucket(of, bucket, shares))


def _in_bucket(grounds: Grounds, bucket: Bucket, shares: Mapping[str, Decimal]) -> Iterator[Said]:
    stored = sorted(_there(grounds, bucket), key=lambda each: each.rung)
    rungs = {rung: list(of) for rung, of in groupby(stored, lambda each: each.rung) if _height(rung)}
    lowest = min(rungs, key=_height, default="")
    for rung in sorted(rungs, key=_height):
        share = shares.get(rung, NOTHING)
        if rung != lowest and share < _LITTLE:
            yield from _little(grounds, bucket, rung, rungs[rung], share)


def _there(grounds: Grounds, bucket: Bucket) -> list[Stored]:
    """What is listed as the action would find it; of a bucket that is not connected as its inventory lists it."""
    listed = list(grounds.stored(bucket, "kind = 'object' AND current AND rung LIKE '%p'"))
    if not bucket.provider:
        return listed
    tiers = {(each.video, each.rung, each.storage_class): each.tier for each in listed}
    every = known(grounds, bucket.provider, Of.RENDITION)
    there = {each: (each.video, each.rung, each.storage_class) for each in every}
    return [replace(each, tier=tiers.get(key, "")) for each, key in there.items() if key in tiers]


def _height(rung: str) -> int:
    found = _HEIGHT.fullmatch(rung)
    return int(found[1]) if found else 0


def _little(grounds: Grounds, bucket: Bucket, rung: str, every: list[Stored], share: Decimal) -> Iterator[Said]:
    stay = cannot_lose(grounds, bucket.provider, (each.video for each in every)) if bucket.provider else {}
    stored = [each for each in every if each.video not in stay]
    if stored:
        yield _unneeded(grounds, bucket, rung, stored, share, left_out(stay.values()))


def _unneeded(
    grounds: Grounds, bucket: Bucket, rung: str, stored: list[Stored], share: Decimal, stay: tuple[LeftOut, ...]
) -> Recommendation:
    gone = removal(grounds, bucket, stored)
    evidence = Evidence(
        objects=gone.objects,
        size_bytes=gone.size_bytes,
        fees=gone.fees,
        confidence=Confidence.HIGH,
        because=f"Players told what was watched on {_DAYS} days. What viewers are sent instead is not counted.",
        days=_DAYS,
        break_even=Line("Hardly watched below", _LITTLE, Unit.SHARE),
        left_out=stay,
        besides=(Line("Of the time watched", share, Unit.SHARE),),
    )
    videos = sorted({each.video for each in stored})
    once = dropping_costs(grounds, bucket.provider, rung, videos) if bucket.provider else gone.once
    terms = {"rung": rung, "videos": videos}
    action = Action(Kind.DROP_RENDITION, bucket.provider, terms, rung) if bucket.provider else None
    return Recommendation(
        NAME, bucket.place, f"rung {rung}", f"Drop {rung}",
        f"{rung} costs {evidence.saving_usd:,.2f} USD a month in {bucket.name} and serves {share * 100:.2f} % of the "
        "time watched. It can be made again from the originals.",
        once.usd, evidence, action, not_here(bucket),
        f"Who would watch {rung} gets the next rung below it, or above it where the connection carries that.",
        gone.portions, sketch_of(videos), once.more_usd,
    )  # fmt: skip


def _dominated(grounds: Grounds, rows: Iterable[Row]) -> Iterator[Said]:
    found = dict[tuple[str, str], list[Row]]()
    for _, ladder in groupby(rows, lambda row: (row["video_id"], row["provider"])):
        for row in _useless(list(ladder)):
            found.setdefault((row["provider"], row["name"]), []).append(row)
    providers = {each.name: each for each in grounds.providers.all}
    for (name, rung), of in sorted(found.items()):
        if name in providers:
            stay = cannot_lose(grounds, name, (row["video_id"] for row in of))
            go = [row for row in of if row["video_id"] not in stay]
            yield from _of_rung(grounds, providers[name], rung, go, left_out(stay.values())) if go else ()
        else:
            yield Remark(DOMINATED, "It is not connected here, so nobody knows its region and its prices.", name)


def _useless(ladder: list[Row]) -> Iterator[Row]:
    """Those of a video that a larger picture takes hardly more than; largest first."""
    kept = ladder[:1]
    for row in ladder[1:]:
        if row["bandwidth"] and kept[-1]["bandwidth"] <= _AS_MUCH * row["bandwidth"]:
            yield row
        else:
            kept.append(row)


def _of_rung(
    grounds: Grounds, provider: StorageProvider, rung: str, rows: list[Row], stay: tuple[LeftOut, ...]
) -> Iterator[Said]:
    by_class = dict[str, int]()
    for row in rows:
        by_class[row["storage_class"]] = by_class.get(row["storage_class"], 0) + row["size_bytes"]
    usd = {name: _usd(grounds, provider, name, size) for name, size in by_class.items()}
    if None in usd.values():
        yield Remark(DOMINATED, f"The price catalogue has no price for storage in {provider.region}.", provider.name)
        return
    try:
        once = dropping_costs(grounds, provider.name, rung, {row["video_id"] for row in rows})
    except PriceUnknown as error:
        yield Remark(DOMINATED, str(error), provider.name)
        return
    parts = [(name, each) for name, each in sorted(usd.items()) if each is not None]
    videos = sorted(row["video_id"] for row in rows)
    evidence = Evidence(
        objects=len(rows),
        size_bytes=sum(by_class.values()),
        fees=tuple(Fee(f"Storage in {name}", each, NOTHING) for name, each in parts),
        confidence=Confidence.HIGH,
        because="The peak rates are those of the playlists, which players choose by.",
        break_even=Line("Of no use where a larger one takes at most", _AS_MUCH, Unit.TIMES),
        left_out=stay,
        besides=(Line("Videos", Decimal(len(videos)), Unit.VIDEOS),),
    )
    yield Recommendation(
        DOMINATED, provider.name, f"rung {rung}", f"Drop {rung} of {number_of(len(videos), 'video')}",
        f"A larger picture of the same video takes at most a tenth more than {rung} does, so players that can carry "
        f"{rung} can carry the better one.",
        once.usd, evidence, Action(Kind.DROP_RENDITION, provider.name, {"rung": rung, "videos": videos}, rung),
        portions=tuple((f"{provider.bucket} renditions {name}", each) for name, each in parts),
        sketch=sketch_of(videos), one_off_more_usd=once.more_usd,
        at=called(provider.bucket, provider.name),
    )  # fmt: skip


def _usd(grounds: Grounds, provider: StorageProvider, name: str, size: int) -> Decimal | None:
    return grounds.storage_prices.monthly_usd(provider.name, provider.region, StorageClass(name), size)
