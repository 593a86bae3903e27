"""Caching: requests that reach a bucket although the CDN could have kept what they ask for."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from core.actions.action import Action
from core.actions.action import Kind as ActionKind
from core.actions.kinds.class_money import onto_itself_usd
from core.actions.money import Once, total
from core.billing.cdn_prices import invalidation_usd
from core.catalog.video import Kind as Of
from core.database import named_queries
from core.delivery.invalidating import BEHIND, paths_of
from core.errors import StorageError
from core.media.shelves import FOR_EVER
from core.recommendations.asking import of_each_bucket
from core.recommendations.cached import DAYS, Cached, cached, days_in_log, refreshed
from core.recommendations.class_prices import ClassPrices
from core.recommendations.grounds import Bucket, Grounds, not_here
from core.recommendations.known import known
from core.recommendations.leaving import Costs, costs, stays_of
from core.recommendations.recommendation import (
    NOTHING,
    Confidence,
    Evidence,
    Fee,
    Line,
    Recommendation,
    Remark,
    Said,
    Unit,
)
from core.recommendations.sketch import sketch_of
from core.storage.provider import StorageProvider
from core.units import GIB, number_of

NAME = "cache headers"
_DAY_S = 86_400
#: Less of what reaches the bucket may be what makes weeks differ.
_LEAST_SHARE = Decimal("0.2")
_MONTH = Decimal(30)
_SAMPLE = 5
#: Where so few videos are behind so much of it, all others are left alone: each object costs a copy.
_FEW, _MOST_OF_IT = 20, Decimal("0.8")
_KINDS = {"rendition": "renditions", "thumbnail": "pictures", "subtitles": "subtitles", "playlist": "playlists"}
#: Each packaging has folders of its own, but pictures are replaced where they lie.
_HEADERS = dict.fromkeys(_KINDS, (FOR_EVER, "a year", 30 * _DAY_S)) | {
    "thumbnail": ("public, max-age=604800", "a week", 7 * _DAY_S)
}
_MAX_AGE = re.compile(r"(?:s-maxage|max-age)\s*=\s*(\d+)")

_queries: Any = named_queries(__file__, "caching.sql")


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each bucket and kind of object whose misses could be fewer, and whose headers do not say so already."""
    days = days_in_log(grounds.warehouse, grounds.today)
    if days < DAYS - 1:
        yield Remark(NAME, f"The CDN's log has {days} of the last {DAYS} days: nobody knows what it did not have.")
        return
    yield from of_each_bucket(grounds, NAME, _of_bucket)


def _of_bucket(grounds: Grounds, bucket: Bucket) -> Iterator[Said]:
    found = cached(grounds.warehouse, bucket.name, bucket.newest, grounds.today)
    for kind, of in groupby(found, lambda each: each.kind):
        missed = list(of)
        if kind in _KINDS and _is_much(missed):
            yield from _of_kind(grounds, bucket, kind, missed)


def _is_much(missed: list[Cached]) -> bool:
    reached = sum(each.misses + each.refreshes for each in missed)
    needless = sum((each.avoidable + each.refreshes for each in missed), NOTHING)
    return needless > 0 and needless >= _LEAST_SHARE * reached


def _of_kind(grounds: Grounds, bucket: Bucket, kind: str, missed: list[Cached]) -> Iterator[Said]:
    few = _few(grounds, bucket, kind, missed)
    named = {"provider": bucket.provider, "kind": kind, "videos": f",{','.join(few)}," if few else ""}
    headers = _headers(grounds, bucket, named)
    if headers is not None and all(_is_long(each, _HEADERS[kind][2]) for each in headers):
        words = f"{_KINDS[kind].capitalize()} may be kept for long already; what is missed is asked for too seldom."
        yield Remark(NAME, words, bucket.name)
        return
    prices = grounds.class_prices(bucket)
    evidence = _of_few(prices, missed, few) if few else _evidence(missed, _fees(prices, missed))
    yield _recommended(bucket, kind, few, evidence, headers, _once(grounds, bucket, kind, few))


def _few(grounds: Grounds, bucket: Bucket, kind: str, missed: list[Cached]) -> Mapping[str, int]:
    """Of a few videos that the CDN asks about again and again, how often; empty where it is not they."""
    needless = sum((each.avoidable + each.refreshes for each in missed), NOTHING)
    first = list(refreshed(grounds.warehouse, bucket.name, bucket.newest, grounds.today, kind).items())[:_FEW]
    for count in range(1, len(first) + 1):
        if sum(refreshes for _, refreshes in first[:count]) >= _MOST_OF_IT * needless:
            return dict(first[:count])
    return {}


def _headers(grounds: Grounds, bucket: Bucket, named: Mapping[str, str]) -> tuple[str, ...] | None:
    """Cache-Control of some of the objects, each once; None where the bucket cannot be asked."""
    provider = next((each for each in grounds.providers.all if each.name == bucket.provider), None)
    if provider is None:
        return None
    with grounds.database.reading() as connection:
        keys = [row["key"] for row in _queries.some(connection, **named, first=_SAMPLE)]
    try:
        return tuple(sorted({_cache_control(provider, key) for key in keys})) or None
    except StorageError:
        return None


def _once(grounds: Grounds, bucket: Bucket, kind: str, few: Mapping[str, int]) -> Costs:
    """What it costs to tell them: a copy of each onto itself, and to have edges forget them. Raises PriceUnknown."""
    every = known(grounds, bucket.provider, Of(kind)) if bucket.provider else ()
    there = [each for each in every if each.storage_class.instant and (not few or each.video in few)]
    money, paths = grounds.money(bucket), tuple[str, ...]()
    if grounds.settings.cloudfront_distribution_id and bucket.provider == BEHIND:
        paths = paths_of([each.key for each in there])
    copied = onto_itself_usd(money, ((each.storage_class, each.size_bytes) for each in there))
    forgotten = invalidation_usd(grounds.prices, len(paths)) if paths else NOTHING
    return costs(money, money.leaving(stays_of(there, grounds.now)) + Once(total(copied, forgotten)))


def _cache_control(provider: StorageProvider, key: str) -> str:
    return provider.head(key).cache_control


def _is_long(header: str, least_s: int) -> bool:
    """Whether a cache may keep it for so long; an empty header leaves it to the distribution's default, of a day."""
    ages = [int(age) for age in _MAX_AGE.findall(header)]
    return bool(ages) and max(ages) >= least_s and "no-cache" not in header and "no-store" not in header


def _recommended(
    bucket: Bucket,
    kind: str,
    few: Mapping[str, int],
    evidence: Evidence,
    headers: tuple[str, ...] | None,
    once: Costs,
) -> Recommendation:
    header, how_long, _ = _HEADERS[kind]
    action = None
    if bucket.provider:
        terms = {"cache_control": header, "kind": kind, **({"videos": sorted(few)} if few else {})}
        action = Action(ActionKind.SET_CACHE_CONTROL, bucket.provider, terms, kind)
    of = f" of {number_of(len(few), 'video')}" if few else ""
    why = "" if few else "Their best week had fewer misses, and e"
    return Recommendation(
        NAME, bucket.place, kind, f"Let caches keep {_KINDS[kind]}{of} for {how_long}",
        f"{why or 'E'}ach time that a cache asks whether an object is still the same is billed as a read of it."
        f"{_said(headers)}",
        once.usd, evidence, action, not_here(bucket), "",
        ((f"{bucket.name} requests of {kind}", evidence.saving_usd),), sketch_of(few or [kind]), once.more_usd,
    )  # fmt: skip


def _said(headers: tuple[str, ...] | None) -> str:
    """What some of them tell caches now, where that is known."""
    if headers is None:
        return ""
    return f" They say {' or '.join(repr(each) if each else 'nothing of it' for each in headers)} now."


def _fees(prices: ClassPrices, missed: list[Cached]) -> tuple[Fee, ...]:
    month = _MONTH / DAYS
    requests = sum(((each.avoidable + each.refreshes) * prices.get(each.storage_class) for each in missed), NOTHING)
    retrieval = sum((each.avoidable_bytes / GIB * prices.retrieval(each.storage_class) for each in missed), NOTHING)
    parts = (Fee("Requests to the bucket", requests * month, NOTHING),
             Fee("Retrieval", retrieval * month, NOTHING))  # fmt: skip
    return tuple(each for each in parts if each.now_usd)


def _of_few(prices: ClassPrices, missed: list[Cached], few: Mapping[str, int]) -> Evidence:
    """What is asked about those videos alone, at the mean price of all that is asked so."""
    refreshes, every = sum(few.values()), sum(each.refreshes for each in missed)
    usd = sum((each.refreshes * prices.get(each.storage_class) for each in missed), NOTHING) * refreshes / every
    fee = Fee("Requests to the bucket", usd * _MONTH / DAYS, NOTHING)
    reached = sum(each.misses + each.refreshes for each in missed)
    return Evidence(
        objects=0,
        size_bytes=0,
        fees=(fee,),
        confidence=Confidence.HIGH,
        because="The CDN's log has each time that it asked; nothing else changes.",
        days=DAYS,
        reads=refreshes,
        if_doubled_usd=2 * fee.now_usd,
        besides=(
            Line("Videos", Decimal(len(few)), Unit.VIDEOS),
            Line("Of all that reaches the bucket for such objects", Decimal(refreshes) / reached, Unit.SHARE),
        ),
    )


def _evidence(missed: list[Cached], fees: tuple[Fee, ...]) -> Evidence:
    misses = sum(each.misses for each in missed)
    best = next((each.best_ratio for each in missed), None)
    saving = sum((each.saving_usd for each in fees), NOTHING)
    return Evidence(
        objects=0,
        size_bytes=sum(each.missed_bytes for each in missed),
        fees=fees,
        confidence=Confidence.MEDIUM,
        because="The best week of the log shows what caches can keep; other weeks may have asked for other things.",
        days=DAYS,
        reads=misses + sum(each.refreshes for each in missed),
        break_even=Line("Not missed in the best week", best, Unit.SHARE),
        if_doubled_usd=2 * saving,
        besides=(
            Line("Avoidable misses", sum((each.avoidable for each in missed), NOTHING), Unit.REQUESTS),
            Line("Refreshes", Decimal(sum(each.refreshes for each in missed)), Unit.REQUESTS),
        ),
    )
