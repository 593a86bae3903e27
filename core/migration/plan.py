"""Plan: what would move, in which order, how long it takes, and what it costs and saves; nothing is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.errors import MigrationRefused
from core.migration.candidates import Candidate
from core.migration.classes import target_class
from core.migration.estimate import Estimate
from core.migration.obstacles import Obstacle, Way, obstacle
from core.migration.options import Filters, Options, Order
from core.migration.ordering import order_of
from core.migration.planned import PlannedVideo
from core.migration.pricing import Egress, Pricing, is_s3, writes_of
from core.migration.throughput import Throughput
from core.migration.timetable import Timetable
from core.settings import Settings
from core.storage.provider import StorageClass

_NOTHING = Decimal(0)


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
    stopped = [(video, obstacle(video, given.way)) for video in chosen]
    egress = _Share.of([video for video, why in stopped if why is None], options, given.egress)
    looked = [(video, *_planned(video, why, egress, given)) for video, why in stopped]
    movable = sorted((each for each in looked if not each[1].blocked), key=order_of(options.order, given.views))
    moving = tuple(planned for _, planned, _ in movable)
    blocked = sorted((planned for _, planned, _ in looked if planned.blocked), key=lambda each: each.title)
    counts = {"blocked": len(blocked), "elsewhere": len(asked) - len(chosen), "filtered": len(videos) - len(asked)}
    requests_usd = sum((usd for _, _, usd in movable), _NOTHING)
    estimate = replace(_estimate(moving, egress, requests_usd, timetable, given, now), **counts)
    return MigrationPlan(options, timetable, now, (*moving, *blocked), estimate)


@dataclass(frozen=True)
class _Share:
    """The egress of a whole plan, shared by bytes."""

    size_bytes: int  #: that leave the source
    usd: Decimal

    @classmethod
    def of(cls, videos: Sequence[Candidate], options: Options, egress: Egress) -> "_Share":
        leaving = 0 if options.adopts else sum(video.size_bytes for video in videos)
        return cls(leaving, egress.usd(leaving))

    def usd_of(self, size_bytes: int) -> Decimal:
        return self.usd * size_bytes / self.size_bytes if self.usd else _NOTHING


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


def _planned(
    video: Candidate, stopped: Obstacle | None, egress: _Share, given: Circumstances
) -> tuple[PlannedVideo, Decimal]:
    """The video as it is planned, and USD of its requests."""
    before: dict[StorageClass, int] = {}
    after: dict[StorageClass, int] = {}
    writes: dict[StorageClass, int] = {}
    packaged, has_classes = video.packaged, given.way.target.has_classes
    for kind, _, _, size, now_in in video.objects:
        then_in = target_class(kind, packaged, size, given.settings) if has_classes else StorageClass.STANDARD
        before[now_in] = before.get(now_in, 0) + size
        after[then_in] = after.get(then_in, 0) + size
        writes[then_in] = writes.get(then_in, 0) + writes_of(size)
    pricing = given.pricing
    requests_usd = _NOTHING if given.way.options.adopts else pricing.requests_usd(writes)
    planned = PlannedVideo(
        video.video_id,
        video.title,
        len(video.objects),
        video.size_bytes,
        pricing.monthly_usd(given.way.source, before),
        pricing.monthly_usd(given.way.target, after),
        requests_usd + egress.usd_of(video.size_bytes),
        stopped.problem if stopped else "",
        stopped.advice if stopped else "",
    )
    return planned, requests_usd


def _estimate(
    videos: Sequence[PlannedVideo], egress: _Share, requests_usd: Decimal, timetable: Timetable, given: Circumstances,
    now: datetime,
) -> Estimate:  # fmt: skip
    options = given.way.options
    size, objects = sum(each.size_bytes for each in videos), sum(each.objects for each in videos)
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
        egress_bytes=egress.size_bytes,
        egress_usd=egress.usd,
        requests_usd=requests_usd,
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
