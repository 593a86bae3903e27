"""Derived: views on views of measurements, worked out once while the measurements stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.playbacks import PLAYBACK_RUNGS, PLAYBACKS


@dataclass(frozen=True)
class Derived:
    """A view on others."""

    of: tuple[str, ...]  #: those that it reads, in the order in which they are made
    select: str
    few: bool = False  #: it has far fewer rows than what it is of, so its own tell whether it can be held in memory


#: Requests whose viewers closed the connection before there was an answer.
_CLOSED = "sum(requests)::BIGINT AS requests FROM {} WHERE status = 0 GROUP BY ALL"
_CLOSED_PLACES = f"SELECT hour::DATE AS day, distribution, edge, country, device, bot, {_CLOSED}"
_CLOSED_TITLES = f"SELECT day, distribution, country, bot, video, rung, {_CLOSED}"
#: Numbers of paths, in their order, as they are quicker to add up by.
_NUMBERED_PATHS = "SELECT *, dense_rank() OVER (ORDER BY path)::INTEGER AS number FROM request_paths"
_VIDEO_DAYS = """
    SELECT day, distribution, bot, video, rung,
        sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes, sum(hits)::BIGINT AS hits,
        sum(cacheable)::BIGINT AS cacheable, sum(hit_bytes)::BIGINT AS hit_bytes,
        sum(cacheable_bytes)::BIGINT AS cacheable_bytes, sum(errors_4xx)::BIGINT AS errors_4xx,
        sum(errors_5xx)::BIGINT AS errors_5xx
    FROM title_days GROUP BY day, distribution, bot, video, rung, errors_4xx IS NULL, bytes IS NULL
"""
DERIVED: Mapping[str, Derived] = {
    "playbacks": Derived(("sessions",), PLAYBACKS),
    "playback_rungs": Derived(("sessions", "session_rungs", "playbacks"), PLAYBACK_RUNGS),
    "closed_places": Derived(("request_places",), _CLOSED_PLACES.format("request_places"), few=True),
    "closed_titles": Derived(("request_titles",), _CLOSED_TITLES.format("request_titles"), few=True),
    "numbered_paths": Derived(("request_paths",), _NUMBERED_PATHS),
    "video_days": Derived(("title_days",), _VIDEO_DAYS, few=True),
}
