"""Renditions: the storage class that the platform's own reads speak for, where it costs less than the present one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from core.actions.action import Action, Kind
from core.actions.kinds.class_money import moving_usd
from core.actions.kinds.class_moves import falls
from core.actions.kinds.rule_words import NAMES
from core.actions.money import Once
from core.billing.class_rules import RULES
from core.errors import HistoryRefused, PriceUnknown
from core.recommendations.asking import of_each_bucket
from core.recommendations.class_prices import ClassPrices
from core.recommendations.grounds import Bucket, Grounds, Stored, class_named, not_here
from core.recommendations.history import History
from core.recommendations.keep import TAGS
from core.recommendations.known import as_listed
from core.recommendations.leaving import Costs, costs, stays_of
from core.recommendations.measured import measured_history
from core.recommendations.placing import Placed, Placing, place
from core.recommendations.policies.learned import LEAST_HISTORY_DAYS
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
from core.recommendations.simulator.prices import S3Prices, s3_prices
from core.recommendations.sketch import sketch_of
from core.sql import literal
from core.storage.provider import SMALLEST_BILLED_BYTES, StorageClass
from core.units import GIB, number_of

NAME = "rendition class"
_UNDECIDED = (
    "Renditions of one video would lie in several classes, are under 128 KB, or are not there as the inventory has it."
)
#: With fewer days of reads nothing is said, not even of Intelligent-Tiering.
_LEAST_DAYS = 28
_SURE_DAYS, _FAIRLY_SURE_DAYS = 180, 90
NO_RENDITIONS = "('', 'original', 'playlist', 'thumbnail', 'subtitles')"
_CLASSES = f"""
    SELECT storage_class FROM inventory
    WHERE provider = 'AWS' AND bucket = $bucket AND day = $day AND kind = 'object' AND current AND video <> ''
        AND rung NOT IN {NO_RENDITIONS}
        AND access_tier <> 'ARCHIVE_INSTANT'  -- that costs what GLACIER_IR does, without its fees
    GROUP BY ALL HAVING sum(bytes) > 0 ORDER BY ALL
"""


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each bucket, class that renditions lie in, and class that they would better lie in."""
    yield from of_each_bucket(grounds, NAME, _of_bucket)


def _of_bucket(grounds: Grounds, bucket: Bucket) -> Iterator[Said]:
    found = grounds.warehouse.query(_CLASSES, {"bucket": bucket.name, "day": bucket.newest})
    for now in (class_named(row[0]) for row in found):
        try:
            yield from _of_class(grounds, bucket, now)
        except HistoryRefused as error:
            yield Remark(NAME, str(error), bucket.name)


def _of_class(grounds: Grounds, bucket: Bucket, now: StorageClass) -> Iterator[Said]:
    prices = region_prices(grounds, bucket)
    here = f"bucket = {literal(bucket.name)} AND storage_class = {literal(now)} AND rung NOT IN {NO_RENDITIONS}"
    history = measured_history(grounds.warehouse, f"{here} AND access_tier <> 'ARCHIVE_INSTANT'")
    counted = counted_in(grounds, bucket, now)
    history, changed = those_counted(history, counted)
    if not len(history.catalogue):
        yield Remark(
            NAME, f"Of what the inventory lists in {now} the catalogue has nothing as it is listed.", bucket.name
        )
        return
    days = history.end - history.first
    if days < (_LEAST_DAYS if now is StorageClass.STANDARD else LEAST_HISTORY_DAYS):
        yield Remark(NAME, _too_few(now, days), bucket.name)
        return
    found = place(history, prices, now)
    chosen = [each for each in found.placed if _is_cheaper(each) and _is_told_here(now, each.storage_class)]
    if not chosen:
        yield Remark(NAME, f"By {days} days of reads nothing costs less than {now} for what lies there.", bucket.name)
    for each in chosen:
        told = replace(found, undecided=found.undecided + changed)
        once = _once(grounds, bucket, now, each, counted)
        yield _recommended(grounds, bucket, now, _as_known(each, counted), told, once)


def _is_cheaper(each: Placed) -> bool:
    return sum(each.now_usd.values()) > sum(each.then_usd.values())


def _is_told_here(now: StorageClass, target: StorageClass) -> bool:
    """What comes back out of Glacier IR is told by `watched_again.py`, by what its reads have cost there."""
    return now is not StorageClass.GLACIER_IR or falls(now, target)


def counted_in(grounds: Grounds, bucket: Bucket, now: StorageClass) -> Mapping[str, tuple[Stored, ...]] | None:
    """Of each video that an action would find as it is listed; None where the bucket cannot be changed here."""
    if not bucket.provider:
        return None
    where = f"storage_class = {literal(now)} AND kind = 'object' AND current AND rung NOT IN {NO_RENDITIONS}"
    return as_listed(grounds, bucket.provider, grounds.stored(bucket, where), now)


def those_counted(history: History, counted: Mapping[str, tuple[Stored, ...]] | None) -> tuple[History, int]:
    """Those videos alone, and how many objects others have."""
    if counted is None:
        return history, 0
    are_there = np.fromiter((each in counted for each in history.videos), bool, len(history.videos))
    kept = are_there[history.catalogue.group]
    return replace(history, catalogue=history.catalogue.only(kept)), int((~kept).sum())


def _as_known(each: Placed, counted: Mapping[str, tuple[Stored, ...]] | None) -> Placed:
    """The simulator takes all objects of a rung to be of one size."""
    if counted is None:
        return each
    there = _there(each, counted)
    return replace(each, objects=len(there), size_bytes=sum(of.size_bytes for of in there))


def _there(each: Placed, counted: Mapping[str, tuple[Stored, ...]]) -> list[Stored]:
    return [of for video in each.videos for of in counted[video]]


def region_prices(grounds: Grounds, bucket: Bucket) -> S3Prices:
    """Raises PriceUnknown."""
    region = grounds.class_prices(bucket).region
    try:
        return s3_prices(grounds.prices, region)
    except PriceUnknown as error:
        advice = f"Add it under s3, {region} to a catalogue of your own (PHYGHT_PRICE_CATALOG)."
        raise PriceUnknown(error.message, advice) from error


def _too_few(now: StorageClass, days: int) -> str:
    if now is StorageClass.INTELLIGENT_TIERING:
        return f"There are {days} days of reads, and {LEAST_HISTORY_DAYS} are needed: Intelligent-Tiering stands."
    return f"There are {days} days of reads: too few to tell whether another class than {now} costs less."


def _recommended(
    grounds: Grounds, bucket: Bucket, now: StorageClass, each: Placed, found: Placing, once: Costs
) -> Recommendation:
    evidence = _evidence(grounds.class_prices(bucket), each, found, now)
    target, videos = each.storage_class, sorted(each.videos)
    return Recommendation(
        NAME, bucket.place, f"renditions from {now} into {target}",
        f"Keep the renditions of {number_of(len(videos), 'video')} in {NAMES[target]}",
        f"On the reads of {found.days} days they would have cost {evidence.saving_usd:,.2f} USD a month less there "
        f"than in {NAMES[now]}, all fees included. Each can be played at once, as before.",
        once.usd, evidence, _action(bucket, now, target, videos), not_here(bucket),
        portions=((f"{bucket.name} renditions {now}", evidence.saving_usd),), sketch=sketch_of(videos),
        one_off_more_usd=once.more_usd,
    )  # fmt: skip


def _evidence(prices: ClassPrices, each: Placed, found: Placing, now: StorageClass) -> Evidence:
    fees = tuple(
        Fee(part, each.now_usd[part], each.then_usd[part])
        for part in each.now_usd
        if each.now_usd[part] or each.then_usd[part]
    )
    tags = each.objects * prices.tag() if falls(now, each.storage_class) else NOTHING
    if tags:
        fees = (*fees, Fee(TAGS, NOTHING, tags))
    left_out = LeftOut(found.undecided, _UNDECIDED)
    return Evidence(
        objects=each.objects,
        size_bytes=each.size_bytes,
        fees=fees,
        confidence=_confidence(found.days),
        because=f"{found.days} days of the CDN's misses were replayed, each week by what was known before it.",
        days=found.days,
        reads=each.gets,
        break_even=Line("Pays until each is read as a whole", _most_reads(prices, now, each), Unit.TIMES_A_MONTH),
        worst_month_usd=each.worst_month_usd - tags,
        if_doubled_usd=each.if_doubled_usd - tags,
        left_out=(left_out,) if left_out.objects else (),
        besides=(
            Line("Videos", Decimal(len(each.videos)), Unit.VIDEOS),
            Line("Asked for now", _turnover(each, found.days), Unit.TIMES_A_MONTH),
        ),
    )


def _most_reads(prices: ClassPrices, now: StorageClass, each: Placed) -> Decimal | None:
    """None: reads cost no more there than here."""
    target = each.storage_class
    more = each.objects * (prices.get(target) - prices.get(now))
    more += (prices.retrieval(target) - prices.retrieval(now)) * each.size_bytes / GIB
    kept = sum((each.now_usd[part] - each.then_usd[part] for part in ("Storage", "Monitoring")), NOTHING)
    return kept / more if more > 0 else None


def _turnover(each: Placed, days: int) -> Decimal:
    return Decimal(each.gets) * 30 / days / each.objects if each.objects else NOTHING


def _confidence(days: int) -> Confidence:
    if days >= _SURE_DAYS:
        return Confidence.HIGH
    return Confidence.MEDIUM if days >= _FAIRLY_SURE_DAYS else Confidence.LOW


def _once(
    grounds: Grounds,
    bucket: Bucket,
    now: StorageClass,
    each: Placed,
    counted: Mapping[str, tuple[Stored, ...]] | None,
) -> Costs:
    there = of_mean_size(now, each.objects, each.size_bytes) if counted is None else _there(each, counted)
    return moving_once(grounds, bucket, now, each.storage_class, there)


def of_mean_size(now: StorageClass, objects: int, size_bytes: int) -> list[Stored]:
    """What objects are taken to be of which an inventory lists only the sum."""
    mean = size_bytes // objects
    return [Stored("", "", now, "", 1, mean, RULES[now].billed_bytes(mean))] * objects


def moving_once(
    grounds: Grounds, bucket: Bucket, now: StorageClass, target: StorageClass, there: Sequence[Stored]
) -> Costs:
    """What it costs to move them from one class into another today."""
    money = grounds.money(bucket)
    moved = moving_usd(money, target, ((now, of.size_bytes) for of in there))
    return costs(money, money.leaving(stays_of(there, grounds.now)) + Once(moved))


def _action(bucket: Bucket, now: StorageClass, target: StorageClass, videos: list[str]) -> Action | None:
    if not bucket.provider:
        return None
    terms = {
        "storage_class": str(target), "kind": "rendition", "videos": videos, "in_classes": [str(now)],
        "at_least_bytes": SMALLEST_BILLED_BYTES,
    }  # fmt: skip
    return Action(Kind.CHANGE_STORAGE_CLASS, bucket.provider, terms, f"renditions {target}")
