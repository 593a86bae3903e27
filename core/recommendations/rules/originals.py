"""Originals: those that nobody reads into Glacier Instant Retrieval, or, for who accepts 12 hours, Deep Archive."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from core.actions.action import Action, Kind
from core.actions.kinds.class_moves import NOT_BY_S3, falls
from core.actions.money import Once
from core.catalog.video import Kind as Of
from core.recommendations.asking import of_each_bucket
from core.recommendations.class_prices import ClassPrices
from core.recommendations.grounds import Bucket, Grounds, Stored, not_here
from core.recommendations.keep import MONITORING, STORAGE, TAGS, Reads, added, compared, monthly_fees
from core.recommendations.known import known, packaged
from core.recommendations.leaving import Costs, costs, stays_of
from core.recommendations.original_reads import LEAST_DAYS, OriginalReads, original_reads
from core.recommendations.recommendation import (
    NOTHING,
    Evidence,
    LeftOut,
    Line,
    Recommendation,
    Remark,
    Said,
    Unit,
)
from core.recommendations.sketch import sketch_of
from core.storage.provider import SMALLEST_BILLED_BYTES, StorageClass
from core.units import number_of

NAME = "original class"
#: Longer than this it is not worth the trouble.
_LONGEST_PAYBACK_MONTHS = 12
_TWICE = Decimal(2)
_DEAR = "They are read so much, or may be so new in their class, that moving them does not pay within a year."
#: Videos of which there is anything to watch beside the original.
_PACKAGED = """
    SELECT DISTINCT video FROM inventory
    WHERE current AND kind = 'object' AND rung NOT IN ('', 'original', 'playlist', 'thumbnail', 'subtitles', 'audio')
"""
_NAMES = {
    StorageClass.GLACIER_IR: "Glacier Instant Retrieval",
    StorageClass.DEEP_ARCHIVE: "Glacier Deep Archive",
}
_CATCH = (
    "An original in Deep Archive has to be restored before it can be read, which takes up to 12 hours: it cannot be "
    "downloaded, packaged anew or moved at once. Viewers are not affected."
)


@dataclass(frozen=True)
class _Choice:
    """Originals of one video in one class, and what the other would come to."""

    stored: Stored
    reads: Reads
    now: Mapping[str, Decimal]
    then: Mapping[str, Decimal]
    once: Costs

    @property
    def saving_usd(self) -> Decimal:
        return sum(self.now.values(), NOTHING) - sum(self.then.values(), NOTHING)


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each bucket and class that pays; a remark for each bucket of which that cannot be told."""
    yield from of_each_bucket(grounds, NAME, _of_bucket)


def _of_bucket(grounds: Grounds, bucket: Bucket) -> Iterator[Said]:
    listed = list(grounds.stored(bucket, "rung = 'original' AND kind = 'object' AND current"))
    stored = _there(grounds, bucket, listed)
    if listed and not stored:
        yield Remark(NAME, f"Of the {number_of(_count(listed), 'original')} there the catalogue has none.", bucket.name)
    if not stored:
        return
    reads = original_reads(grounds.warehouse, bucket.name)
    if reads.days < LEAST_DAYS:
        too_few = f"{reads.in_words}: {LEAST_DAYS} days are needed to tell how often originals are read."
        yield Remark(NAME, too_few, bucket.name)
        return
    watchable = _watchable(grounds, bucket)
    for target in _NAMES:
        if found := _into(grounds, bucket, target, stored, reads, watchable):
            yield found


def _there(grounds: Grounds, bucket: Bucket, listed: list[Stored]) -> list[Stored]:
    """What is listed as the action would find it; of a bucket that is not connected as its inventory lists it."""
    if not bucket.provider:
        return listed
    tiers = {(each.video, each.storage_class): each.tier for each in listed}
    videos = {each.video for each in listed}  # one place may stand for several buckets
    every = [each for each in known(grounds, bucket.provider, Of.ORIGINAL) if each.video in videos]
    return [replace(each, tier=tiers.get((each.video, each.storage_class), "")) for each in every]


def _watchable(grounds: Grounds, bucket: Bucket) -> frozenset[str]:
    """Videos that viewers need no original of."""
    if bucket.provider:
        return packaged(grounds, bucket.provider)
    return frozenset(row[0] for row in grounds.warehouse.query(_PACKAGED))


def _into(
    grounds: Grounds,
    bucket: Bucket,
    target: StorageClass,
    stored: list[Stored],
    reads: OriginalReads,
    watchable: frozenset[str],
) -> Recommendation | None:
    kept, left_out = _may_go(watchable, target, stored, reads)
    chosen = list(_paying(_choice(grounds, bucket, target, each, reads.monthly(each.video)) for each in kept))
    if not chosen:
        return None
    dear = LeftOut(_count(kept) - _count([each.stored for each in chosen]), _DEAR)
    left_out = (*left_out, *([dear] if dear.objects else ()))
    return _recommended(grounds.class_prices(bucket), bucket, target, chosen, reads, left_out)


def _paying(choices: Iterable[_Choice]) -> Iterator[_Choice]:
    """All of a video's, or none: an action names videos."""
    by_video: dict[str, list[_Choice]] = {}
    for each in choices:
        by_video.setdefault(each.stored.video, []).append(each)
    for of in by_video.values():
        saving = sum((each.saving_usd for each in of), NOTHING)
        once = sum((each.once.most_usd for each in of), NOTHING)
        if saving > 0 and once <= saving * _LONGEST_PAYBACK_MONTHS:
            yield from of


def _may_go(
    watchable: frozenset[str], target: StorageClass, stored: list[Stored], reads: OriginalReads
) -> tuple[list[Stored], tuple[LeftOut, ...]]:
    """Those that could go there at all, and why the others could not; the first reason of each counts."""
    left, counts = [each for each in stored if falls(each.storage_class, target)], list[LeftOut]()
    for reason, stays in _stays(watchable, target, reads):
        gone = [each for each in left if stays(each)]
        left = [each for each in left if not stays(each)]
        counts += [LeftOut(_count(gone), reason)] if gone else []
    return left, tuple(counts)


def _stays(
    watchable: frozenset[str], target: StorageClass, reads: OriginalReads
) -> Iterator[tuple[str, Callable[[Stored], bool]]]:
    yield "The inventory tells no size of them.", lambda each: each.size_bytes == 0
    yield "They are under 128 KB: they would be billed as more than they are.", _is_small
    if target is StorageClass.GLACIER_IR:
        yield f"{NOT_BY_S3}.", lambda each: each.storage_class is StorageClass.ONEZONE_IA
    if not target.instant:
        yield "Viewers get the original itself.", lambda each: reads.is_watched(each.video)
        yield "Nothing was made of them yet that could be watched.", lambda each: each.video not in watchable


def _is_small(each: Stored) -> bool:
    return each.size_bytes < each.objects * SMALLEST_BILLED_BYTES


def _choice(grounds: Grounds, bucket: Bucket, target: StorageClass, stored: Stored, reads: Reads) -> _Choice:
    prices, money = grounds.class_prices(bucket), grounds.money(bucket)
    once = money.leaving(stays_of([stored], grounds.now)) + Once(money.transition_usd(target, stored.objects))
    now, then = _now(prices, stored, reads), _then(prices, target, stored, reads)
    return _Choice(stored, reads, now, then, costs(money, once))


def _now(prices: ClassPrices, each: Stored, reads: Reads) -> Mapping[str, Decimal]:
    return monthly_fees(
        prices, each.storage_class, each.objects, each.size_bytes, reads, each.tier, each.billable_bytes
    )


def _then(prices: ClassPrices, target: StorageClass, each: Stored, reads: Reads) -> Mapping[str, Decimal]:
    fees = monthly_fees(prices, target, each.objects, each.size_bytes, reads)
    return {**fees, TAGS: each.objects * prices.tag()}


def _recommended(
    prices: ClassPrices,
    bucket: Bucket,
    target: StorageClass,
    chosen: list[_Choice],
    reads: OriginalReads,
    left_out: tuple[LeftOut, ...],
) -> Recommendation:
    now, then, once = dict[str, Decimal](), dict[str, Decimal](), Costs()
    for each in chosen:
        now, then, once = added(now, each.now), added(then, each.then), once + each.once
    videos = sorted({each.stored.video for each in chosen if each.stored.video})
    read = reads.of(videos)
    evidence = Evidence(
        objects=_count([each.stored for each in chosen]),
        size_bytes=sum(each.stored.size_bytes for each in chosen),
        fees=compared(now, then),
        confidence=reads.confidence,
        because=reads.in_words + ".",
        days=reads.days,
        reads=int(read.gets),
        break_even=_break_even(prices, target, now, then, chosen),
        worst_month_usd=_with(prices, target, chosen, reads.worst),
        if_doubled_usd=_with(prices, target, chosen, lambda video: reads.monthly(video).times(_TWICE)),
        left_out=left_out,
    )
    return Recommendation(
        NAME, bucket.place, f"originals into {target}",
        f"Keep {number_of(evidence.objects, 'original')} in {_NAMES[target]}",
        f"{number_of(evidence.objects, 'original')} in {bucket.name}: read {number_of(int(read.gets), 'time')} in "
        f"{number_of(reads.days, 'day')}. "
        f"In {_NAMES[target]} that costs {sum(then.values()):,.2f} USD a month instead of {sum(now.values()):,.2f}.",
        once.usd, evidence, _action(bucket, target, videos, chosen), not_here(bucket),
        _CATCH if not target.instant else "",
        tuple(_portions(bucket, chosen)), sketch_of(videos), once.more_usd,
    )  # fmt: skip


def _action(bucket: Bucket, target: StorageClass, videos: list[str], chosen: list[_Choice]) -> Action | None:
    if not bucket.provider:
        return None
    terms = {
        "storage_class": str(target), "kind": "original", "videos": videos,
        "in_classes": sorted({str(each.stored.storage_class) for each in chosen}),
        "at_least_bytes": SMALLEST_BILLED_BYTES,
    }  # fmt: skip
    return Action(Kind.CHANGE_STORAGE_CLASS, bucket.provider, terms, f"originals {target}")


def _portions(bucket: Bucket, chosen: list[_Choice]) -> Iterator[tuple[str, Decimal]]:
    """By class: an original that leaves one for another class is one portion, whatever the other class is."""
    by_class: dict[str, Decimal] = {}
    for each in chosen:
        by_class[each.stored.storage_class] = by_class.get(each.stored.storage_class, NOTHING) + each.saving_usd
    for name, usd in sorted(by_class.items()):
        yield f"{bucket.name} original {name}", usd


def _break_even(
    prices: ClassPrices,
    target: StorageClass,
    now: Mapping[str, Decimal],
    then: Mapping[str, Decimal],
    chosen: list[_Choice],
) -> Line:
    """How often a month all of them could be read as a whole before the other class saves nothing any more."""
    dearer = NOTHING
    for each in chosen:
        read = Reads(Decimal(each.stored.objects), Decimal(each.stored.size_bytes), Decimal(1))
        dearer += sum(_then(prices, target, each.stored, read).values(), NOTHING)
        dearer -= sum(_then(prices, target, each.stored, Reads()).values(), NOTHING)
        dearer -= sum(_now(prices, each.stored, read).values(), NOTHING)
        dearer += sum(_now(prices, each.stored, Reads()).values(), NOTHING)
    kept = sum((now[part] - then[part] for part in (STORAGE, MONITORING, TAGS)), NOTHING)
    name = "Pays until each is read as a whole"
    return Line(name, kept / dearer if dearer > 0 else None, Unit.TIMES_A_MONTH)


def _with(
    prices: ClassPrices, target: StorageClass, chosen: list[_Choice], reads_of: Callable[[str], Reads]
) -> Decimal:
    """USD saved in a month with such reads of each video."""
    total = NOTHING
    for each in chosen:
        reads = reads_of(each.stored.video)
        total += sum(_now(prices, each.stored, reads).values(), NOTHING)
        total -= sum(_then(prices, target, each.stored, reads).values(), NOTHING)
    return total


def _count(stored: list[Stored]) -> int:
    return sum(each.objects for each in stored)
