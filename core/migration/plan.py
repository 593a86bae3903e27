"""Plan: what would move, in which order, how long it takes, and what it costs and saves; nothing is changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.errors import MigrationRefused
from core.migration.candidates import Candidate
from core.migration.classes import target_class
from core.migration.estimate import Estimate
from core.migration.obstacles import Way, obstacle
from core.migration.options import Filters, Options, Order
from core.migration.ordering import order_of
from core.migration.planned import PlannedVideo
from core.migration.pricing import Egress, Pricing, is_s3, writes_of
from core.migration.throughput import Throughput
from core.migration.timetable import Timetable
from core.settings import Settings
from core.storage.provider import StorageClass

_NOTHING = Decimal(0)
_PLAIN = StorageClass.STANDARD


@dataclass(frozen=True)
class MigrationPlan:
    """What a migration would do."""

    options: Options
    timetable: Timetable
    made_at: datetime
    videos: tuple[PlannedVideo, ...]  #: in the order in which they move; then those that cannot, by title
    estimate: Estimate


@dataclass(frozen=True)
class Circumstances:
    """All else that a plan depends on."""

    way: Way
    pricing: Pricing
    egress: Egress
    throughput: Throughput
    settings: Settings
    views: Mapping[str, int] | None  #: by video; None where nothing is known of them


def plan(
    videos: Sequence[Candidate], options: Options, timetable: Timetable, given: Circumstances, now: datetime
) -> MigrationPlan:
    """What is to be moved of these videos.

    Raises MigrationRefused where a filter asks for views, and none are known.
    """
    if options.filters.asks_for_views and given.views is None:
        raise MigrationRefused("Nothing is known of how often videos are watched.", "Leave the filter of views out.")
    asked = [video for video in videos if _lets_through(options.filters, video, given.views, now)]
    chosen = [video for video in asked if options.filters.include_moved or not _is_elsewhere(video, options)]
    looked = [(video, _planned(video, given)) for video in chosen]
    movable = [pair for pair in looked if not pair[1].blocked]
    blocked = sorted((planned for _, planned in looked if planned.blocked), key=lambda each: each.title)
    counts = {"blocked": len(blocked), "elsewhere": len(asked) - len(chosen), "filtered": len(videos) - len(asked)}
    estimate = replace(_estimate([planned for _, planned in movable], timetable, options, given, now), **counts)
    with_egress = [(video, _with_egress(planned, estimate)) for video, planned in movable]
    ordered = sorted(with_egress, key=order_of(options.order, given.views))
    return MigrationPlan(options, timetable, now, (*(planned for _, planned in ordered), *blocked), estimate)


def _lets_through(filters: Filters, video: Candidate, views: Mapping[str, int] | None, now: datetime) -> bool:
    watched = (views or {}).get(video.video_id, 0)
    return (
        (filters.residency is None or video.residency.upper() == filters.residency.upper())
        and _within(filters.min_age_days, (now - video.created_at).days, filters.max_age_days)
        and _within(filters.min_size_bytes, video.size_bytes, filters.max_size_bytes)
        and _within(filters.min_views, watched, filters.max_views)
        and (not filters.prefix or any(each.key.startswith(filters.prefix) for each in video.objects))
    )


def _within(least: int | None, value: int, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _is_elsewhere(video: Candidate, options: Options) -> bool:
    """Whether nothing is to be moved: viewers get it from another provider, of an earlier migration most likely."""
    return video.served_from is not None and video.served_from != options.source


def _planned(video: Candidate, given: Circumstances) -> PlannedVideo:
    before: Counter[StorageClass] = Counter()
    after: Counter[StorageClass] = Counter()
    writes: Counter[StorageClass] = Counter()
    packaged, has_classes = video.packaged, given.way.target.has_classes
    for each in video.objects:
        there = target_class(each.kind, packaged, each.size_bytes, given.settings) if has_classes else _PLAIN
        before[each.storage_class] += each.size_bytes
        after[there] += each.size_bytes
        writes[there] += writes_of(each.size_bytes)
    pricing, stopped = given.pricing, obstacle(video, given.way)
    return PlannedVideo(
        video.video_id,
        video.title,
        len(video.objects),
        before.total(),
        pricing.monthly_usd(given.way.source, before),
        pricing.monthly_usd(given.way.target, after),
        _NOTHING if given.way.options.adopts else pricing.requests_usd(writes),
        stopped.problem if stopped else "",
        stopped.advice if stopped else "",
    )


def _estimate(
    videos: list[PlannedVideo], timetable: Timetable, options: Options, given: Circumstances, now: datetime
) -> Estimate:
    size, objects = sum(each.size_bytes for each in videos), sum(each.objects for each in videos)
    leaving = 0 if options.adopts else size
    fastest, slowest = _durations(size, objects, timetable, options, given.throughput, now)
    return Estimate(
        videos=len(videos),
        objects=objects,
        size_bytes=size,
        blocked=0,
        elsewhere=0,
        filtered=0,
        fastest=fastest,
        slowest=slowest,
        basis=given.throughput.basis,
        egress_bytes=leaving,
        egress_usd=given.egress.usd(leaving),
        requests_usd=sum((each.one_off_usd for each in videos), _NOTHING),
        monthly_before_usd=sum((each.monthly_before_usd for each in videos), _NOTHING),
        monthly_after_usd=sum((each.monthly_after_usd for each in videos), _NOTHING),
        assumptions=tuple(_assumptions(options, given)),
    )


def _durations(
    size: int, objects: int, timetable: Timetable, options: Options, throughput: Throughput, now: datetime
) -> tuple[timedelta, timedelta]:
    """At best and at worst; where nothing is copied, at best nothing has to be read to be checked."""
    extra = timedelta(seconds=objects * throughput.s_per_object)
    fastest = timedelta() if options.adopts else timetable.duration(size, now, throughput.fastest)
    return fastest + extra, timetable.duration(size, now, throughput.slowest) + extra


def _assumptions(options: Options, given: Circumstances) -> list[str]:
    target = given.way.target
    said = [
        f"Storage is at list price of {given.pricing.storage.catalog.compiled}, without what is included and without "
        f"discounts; {options.source} is paid for besides until it is retired.",
        *given.pricing.unknown,
    ]
    if is_s3(target):
        said.append("INTELLIGENT_TIERING counts at its first tier's price, without the fee for monitoring.")
    if options.adopts:
        said.append(f"Another tool moves the bytes, and what that costs is not counted; {target.name} has to be read "
                    "where checksums cannot be compared.")  # fmt: skip
    else:
        said += given.egress.assumptions
    if given.views is None and options.order in (Order.COLDEST, Order.MOST_WATCHED_LAST):
        said.append("Nothing is known of how often videos are watched, so the oldest come first.")
    return said


def _with_egress(video: PlannedVideo, estimate: Estimate) -> PlannedVideo:
    """With its part of the whole plan's egress."""
    if not estimate.egress_usd:
        return video
    part = estimate.egress_usd * video.size_bytes / estimate.egress_bytes
    return replace(video, one_off_usd=video.one_off_usd + part)
