"""Catalogue: the videos, and where their bytes lie on each day."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from core.demo.chance import normal, unit
from core.demo.identity import stable_uuid
from core.demo.story import Story, days_between
from core.units import GB, KIB

VIDEOS = 2000
PUBLISHED_BEFORE = 1150
SMALLEST, LARGEST, MEDIAN = 10**6, 5 * GB, 0.65 * GB
#: Days after which S3 moves bytes to the next tier.
GLACIER_AFTER, INFREQUENT_AFTER, ARCHIVE_AFTER = 60, 30, 90

SUPABASE = "supabase"
#: Of a packaged video, files of renditions: one a rung. Of any other there is one.
RENDITIONS = 4


@dataclass(frozen=True)
class Place:
    """Where bytes lie: Supabase, or a bucket and one of its storage tiers."""

    bucket: str
    tier: str = ""


@dataclass(frozen=True)
class Video:
    """One video: its original, the renditions made of it, and its thumbnails."""

    number: int
    original_bytes: int
    published: date
    on_s3_from: date  #: before that, its bytes are on Supabase
    rank: int  #: 1 is watched most
    european: bool  #: must stay in the EU

    @property
    def rendition_bytes(self) -> int:
        return self.original_bytes * 135 // 100

    @property
    def thumbnail_bytes(self) -> int:
        return max(40 * KIB, self.original_bytes // 250)

    @property
    def total_bytes(self) -> int:
        return self.original_bytes + self.rendition_bytes + self.thumbnail_bytes

    @cached_property
    def popularity(self) -> float:
        return self.rank**-0.8

    @property
    def rarely_watched(self) -> bool:
        return self.rank > VIDEOS * 0.35


class Catalogue:
    """All videos up to the end of this month, the planned ones included."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.videos = tuple(_make_videos(story))

    @cached_property
    def stored(self) -> dict[date, dict[Place, int]]:
        """Bytes in each place on each day of the story."""
        changes = self._changes()
        level = Counter[Place]()
        history: dict[date, dict[Place, int]] = {}
        for day in sorted(set(changes) | set(days_between(self.story.start, self.story.end))):
            level.update(changes.get(day, Counter()))
            if self.story.start <= day < self.story.end:
                history[day] = {place: size for place, size in level.items() if size}
        return history

    @cached_property
    def arrived_on_s3(self) -> dict[date, list[Video]]:
        """The videos whose bytes came to S3 that day, whether moved or new."""
        arrived: dict[date, list[Video]] = {}
        for video in self.videos:
            arrived.setdefault(video.on_s3_from, []).append(video)
        return arrived

    @cached_property
    def published(self) -> dict[date, list[Video]]:
        published: dict[date, list[Video]] = {}
        for video in self.videos:
            published.setdefault(video.published, []).append(video)
        return published

    @cached_property
    def monitored(self) -> dict[date, dict[str, int]]:
        """Objects that Intelligent-Tiering watches in each bucket on each day: its files of renditions are large."""
        level = Counter[str]()
        history: dict[date, dict[str, int]] = {}
        for day in sorted(set(self.arrived_on_s3) | set(days_between(self.story.start, self.story.end))):
            for video in self.arrived_on_s3.get(day, []):
                packaged = is_packaged(self.story, stable_uuid("video", video.number))
                level[f"phyght-renditions{'-eu' if video.european else ''}"] += RENDITIONS if packaged else 1
            history[day] = dict(level)
        return history

    def _changes(self) -> dict[date, Counter[Place]]:
        changes: dict[date, Counter[Place]] = {}
        for video in self.videos:
            for day, place, size in moves(video):
                changes.setdefault(day, Counter())[place] += size
        return changes


def is_packaged(story: Story, video_id: str) -> bool:
    """Whether anything was made of a video's original."""
    return unit(story.seed, "packaged", video_id) >= 0.01


def _make_videos(story: Story) -> Iterator[Video]:
    numbers = range(VIDEOS)
    ranks = {n: rank for rank, n in enumerate(sorted(numbers, key=lambda n: unit(story.seed, "rank", n)), 1)}
    published = {n: _published(story, n) for n in numbers}
    moved = _migration_days(story, published)
    for n in numbers:
        yield Video(
            number=n,
            original_bytes=_size(story, n),
            published=published[n],
            on_s3_from=moved.get(n, published[n]),
            rank=ranks[n],
            european=unit(story.seed, "european", n) < 0.12,
        )


def _size(story: Story, n: int) -> int:
    size = MEDIAN * math.exp(1.15 * normal(story.seed, "size", n))
    return int(min(max(size, SMALLEST), LARGEST))


def _published(story: Story, n: int) -> date:
    where = unit(story.seed, "published", n)
    if n < PUBLISHED_BEFORE:
        return story.start - timedelta(1 + int(where * 1100))
    day = story.start + timedelta(int(where * (story.end - story.start).days))
    if unit(story.seed, "replay", n) > 0.6:
        return day
    return max(story.start, day - timedelta((day.weekday() + 1) % 7))  # the Sunday before: last night's fights


def _migration_days(story: Story, published: dict[int, date]) -> dict[int, date]:
    # ten videos in the first two weeks, to try; then as many each working day
    queue = [n for n, day in published.items() if day < story.uploads_go_to_s3]
    queue.sort(key=lambda n: (published[n] >= story.migration_starts, unit(story.seed, "queue", n)))
    days = [day for day in days_between(story.migration_starts, story.migration_ends) if day.weekday() < 5]
    pilot, steady = days[:10], days[10:]
    moved = dict(zip(queue[:10], pilot, strict=True))
    rest = queue[10:]
    moved.update({n: steady[index * len(steady) // len(rest)] for index, n in enumerate(rest)})
    return moved


def moves(video: Video) -> Iterator[tuple[date, Place, int]]:
    """Where and when the video's bytes come (more than 0) and go (less)."""
    if video.on_s3_from > video.published:
        yield video.published, Place(SUPABASE), video.total_bytes
        yield video.on_s3_from, Place(SUPABASE), -video.total_bytes
    region = "-eu" if video.european else ""
    archive = ((0, "STANDARD"), (GLACIER_AFTER, "GIR"))
    tiers = ((0, "INT-FA"), (INFREQUENT_AFTER, "INT-IA"), (ARCHIVE_AFTER, "INT-AIA"))
    kept = tiers if video.rarely_watched else tiers[:1]
    yield from _ages(video, f"phyght-originals{region}", video.original_bytes, archive)
    yield from _ages(video, f"phyght-renditions{region}", video.rendition_bytes, kept)
    yield video.on_s3_from, Place("phyght-thumbnails", "STANDARD"), video.thumbnail_bytes


def tier_of(video: Video, bucket: str, day: date) -> str:
    """In which storage tier of a bucket the video's bytes lie on a day."""
    came = [place.tier for since, place, size in moves(video) if place.bucket == bucket and size > 0 and since <= day]
    return came[-1]


def _ages(
    video: Video, bucket: str, size: int, tiers: tuple[tuple[int, str], ...]
) -> Iterator[tuple[date, Place, int]]:
    """The bytes go from tier to tier as days pass."""
    before = ""
    for days, tier in tiers:
        day = video.on_s3_from + timedelta(days)
        if before:
            yield day, Place(bucket, before), -size
        yield day, Place(bucket, tier), size
        before = tier
