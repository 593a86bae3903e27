"""Demand: which videos are watched on a day, and how much more one than another."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

from core.demo.catalogue import Video, is_packaged
from core.demo.events import SATURDAY
from core.demo.identity import stable_uuid
from core.demo.traffic import FRESHNESS, OLD, Traffic

#: So many times more is a night's own video watched on the day after it, for each time that the night was bigger.
_REPLAYED = 1.5


@dataclass(frozen=True)
class Asked:
    """What can be watched through CloudFront, and how much it is, summed up from video to video."""

    videos: tuple[Video, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Demand:
    """Popularity by freshness; what an event leaves to watch comes on top."""

    traffic: Traffic

    @cached_property
    def ids(self) -> dict[int, str]:
        """As the catalog names the videos that have something to watch, by their numbers."""
        named = {video.number: stable_uuid("video", video.number) for video in self.traffic.catalogue.videos}
        return {number: name for number, name in named.items() if is_packaged(self.traffic.story, name)}

    @cached_property
    def uncached(self) -> str:
        """The video whose playlist edges ask for each time: much watched, and on S3 in the United States all along."""
        there = [each for each in self.there(self.traffic.story.uploads_go_to_s3) if not each.european]
        return self.ids[min(there, key=lambda video: video.rank).number]

    def on(self, day: date) -> Asked:
        there = self.there(day)
        return Asked(there, tuple(accumulate(self._weight(video, day) for video in there)))

    def in_the_evening(self, day: date) -> Asked:
        """While an event is on, viewers look at what is newest."""
        there = self.there(day)
        return Asked(there, tuple(accumulate(self._weight(video, day) * _fresh(video, day) for video in there)))

    def there(self, day: date) -> tuple[Video, ...]:
        """What lies on S3 by then, and is packaged."""
        return tuple(video for video in self.traffic.catalogue.videos if self._is_there(video, day))

    def _is_there(self, video: Video, day: date) -> bool:
        return video.on_s3_from <= day and video.published <= day and video.number in self.ids

    def _weight(self, video: Video, day: date) -> float:
        usual = video.popularity * _fresh(video, day)
        peak = self._peaks.get(video.published)
        return usual * (1 + _REPLAYED * (peak - 1)) if peak and (day - video.published).days < 3 else usual

    @cached_property
    def _peaks(self) -> dict[date, float]:
        """How big the night was after which videos were published, on the Sunday."""
        assert all(event.date.weekday() == SATURDAY for event in self.traffic.events)
        return {event.date + timedelta(1): event.peak for event in self.traffic.events}


def _fresh(video: Video, day: date) -> float:
    return FRESHNESS[min((day - video.published).days, OLD)]
