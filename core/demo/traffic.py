"""Traffic: how many bytes the viewers take, from which provider, hour by hour."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from core.costs.period import midnight
from core.demo.catalogue import Catalogue
from core.demo.chance import wobble
from core.demo.events import Event, planned_events
from core.demo.story import Story, days_between
from core.units import GB

FIRST_DAY_BYTES = 700 * GB
GROWTH_A_MONTH = 1.022
WEEKDAYS = (0.93, 0.88, 0.90, 0.95, 1.08, 1.22, 1.12)
#: How traffic of an event is spread over its own day and the days after it.
AFTER_EVENT = (1.0, 0.28, 0.09, 0.04)
OLD = 200
#: An ordinary segment, and what the browser's own cache no longer saved during the mishap.
SEGMENT_BYTES, REFETCHED, REQUESTED_AGAIN = 2_300_000, 1.75, 1.5
#: What S3 is not asked for; and of all requests, those for which it is asked only whether the edge's copy is still so.
HIT_RATIO, BROKEN_HIT_RATIO, REFRESHED = 0.94, 0.41, 0.005


@dataclass(frozen=True)
class Audience:
    """Viewers that CloudFront bills under one price region."""

    prefix: str  #: of the usage types
    share: float
    peak_hour: int  #: UTC


AUDIENCES = (
    Audience("US", 0.47, 1),
    Audience("EU", 0.24, 20),
    Audience("SA", 0.09, 0),
    Audience("CA", 0.05, 1),
    Audience("AP", 0.05, 13),
    Audience("AU", 0.04, 10),
    Audience("JP", 0.03, 12),
    Audience("IN", 0.03, 16),
)
_EVENING = {18: 0.10, 19: 0.16, 20: 0.20, 21: 0.23, 22: 0.20, 23: 0.11}


@dataclass(frozen=True)
class DayTraffic:
    """Bytes sent to viewers in one day."""

    supabase: int
    cdn: int  #: through CloudFront, spread over the day
    cdn_evening: int  #: through CloudFront while an event is on


@dataclass(frozen=True)
class HourTraffic:
    """What one audience took through CloudFront in one hour."""

    sent_bytes: int
    requests: int
    origin_bytes: int  #: CloudFront had to fetch from S3
    origin_requests: int


class Traffic:
    """The demand for the catalogue, which grows, has weekdays, and peaks on event nights."""

    def __init__(self, story: Story, catalogue: Catalogue) -> None:
        self.story = story
        self.catalogue = catalogue
        self.events = planned_events(story)
        self._fetched: dict[datetime, tuple[int, int]] = {}
        self._taken: dict[tuple[datetime, str], HourTraffic] = {}

    @cached_property
    def days(self) -> dict[date, DayTraffic]:
        nights = self._event_bytes()
        return {day: self._day(day, *nights.get(day, (0.0, 0.0))) for day in self.s3_share}

    def hour(self, hour: datetime, audience: Audience) -> HourTraffic:
        """What the audience took in the hour that starts then; remembered, as bills and measurements ask for it."""
        if (found := self._taken.get((hour, audience.prefix))) is None:
            found = self._taken[hour, audience.prefix] = self._hour(hour, audience)
        return found

    def _hour(self, hour: datetime, audience: Audience) -> HourTraffic:
        broken = self.story.is_mishap(hour)
        sent = int(self._viewed(hour, audience) * (REFETCHED if broken else 1))
        requests = int(sent / SEGMENT_BYTES * (REQUESTED_AGAIN if broken else 1))
        missed = 1 - (BROKEN_HIT_RATIO if broken else HIT_RATIO)
        return HourTraffic(sent, requests, int(sent * missed), int(requests * missed))

    def fetched_from_origin(self, hour: datetime) -> tuple[int, int]:
        """Bytes and requests that CloudFront fetched from S3 in the hour that starts then."""
        if not self.days[hour.date()].cdn:
            return 0, 0
        if hour not in self._fetched:
            taken = [self.hour(hour, audience) for audience in AUDIENCES]
            self._fetched[hour] = sum(t.origin_bytes for t in taken), sum(t.origin_requests for t in taken)
        return self._fetched[hour]

    @cached_property
    def s3_share(self) -> dict[date, float]:
        """The part of ordinary viewing, 0 to 1, that goes to videos on S3."""
        return {day: self._s3_share(day) for day in days_between(self.story.start, self.story.end)}

    def _viewed(self, hour: datetime, audience: Audience) -> float:
        day = self.days[hour.date()]
        size = day.cdn * _daily_curve(audience)[hour.hour] + day.cdn_evening * _EVENING.get(hour.hour, 0)
        return size * audience.share * (1 + 0.04 * wobble(self.story.seed, hour, audience.prefix))

    def _day(self, day: date, evening: float, after: float) -> DayTraffic:
        ordinary = self._ordinary(day)
        share = self.s3_share[day]
        if day < self.story.uploads_go_to_s3:
            return DayTraffic(int(ordinary * (1 - share) + evening + after), int(ordinary * share), 0)
        return DayTraffic(int(ordinary * (1 - share)), int(ordinary * share + after), int(evening))

    def _ordinary(self, day: date) -> float:
        growth = GROWTH_A_MONTH ** ((day - self.story.start).days / 30.4)
        noise = 1 + 0.025 * wobble(self.story.seed, "day", day)
        return FIRST_DAY_BYTES * growth * WEEKDAYS[day.weekday()] * noise

    def _event_bytes(self) -> dict[date, tuple[float, float]]:
        extra: dict[date, tuple[float, float]] = {}
        for event in self.events:
            for day, evening, after in self._spread(event):
                before = extra.get(day, (0.0, 0.0))
                extra[day] = (before[0] + evening, before[1] + after)
        return extra

    def _spread(self, event: Event) -> list[tuple[date, float, float]]:
        added = self._ordinary(event.date) * (event.peak - 1)
        days = [(event.date + timedelta(n), added * part) for n, part in enumerate(AFTER_EVENT)]
        return [(day, size if day == event.date else 0.0, 0.0 if day == event.date else size) for day, size in days]

    def _s3_share(self, day: date) -> float:
        everything = on_s3 = 0.0
        for video in self.catalogue.videos:
            age = (day - video.published).days
            if age >= 0:
                weight = video.popularity * FRESHNESS[min(age, OLD)]
                everything += weight
                on_s3 += weight if video.on_s3_from <= day else 0
        return on_s3 / everything


def hours_of(day: date) -> list[datetime]:
    """The 24 hours of a day in UTC, each by its beginning."""
    return [midnight(day) + timedelta(hours=n) for n in range(24)]


#: How much more a video is watched when it is that many days old than when it is OLD.
FRESHNESS = tuple(1 + 6 * math.exp(-age / 20) for age in range(OLD + 1))


def _daily_curve(audience: Audience) -> tuple[float, ...]:
    return _CURVES[audience.peak_hour]


def _curve(peak_hour: int) -> tuple[float, ...]:
    return tuple((1 + 0.6 * math.cos(2 * math.pi * (hour - peak_hour) / 24)) / 24 for hour in range(24))


_CURVES = {hour: _curve(hour) for hour in range(24)}
