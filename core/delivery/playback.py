"""Playback: what a player needs to show a video, and until when it holds."""

from dataclasses import dataclass
from datetime import datetime

from core.catalog.video import Video

HLS_TYPE = "application/vnd.apple.mpegurl"


@dataclass(frozen=True)
class Storyboard:
    """Small pictures of the whole video, to be shown above the time line."""

    cues: str  #: WebVTT: which part of the picture belongs to which time
    picture: str


@dataclass(frozen=True)
class Subtitles:
    """What is said, in one language."""

    language: str  #: as in BCP 47
    url: str  #: WebVTT


@dataclass(frozen=True)
class Playback:
    """Where a video can be played; an address without a host is a path on our own server."""

    video: Video
    provider: str  #: whose copy it is
    url: str  #: the best there is
    content_type: str
    expires_at: datetime | None  #: of `url`; None: never
    poster: str | None = None
    storyboard: Storyboard | None = None
    subtitles: tuple[Subtitles, ...] = ()
    takes_parameters: bool = True  #: whether a player may add parameters like CMCD to what it asks for

    @property
    def adapts(self) -> bool:
        """Whether it is HLS, which adapts to the viewer's connection."""
        return self.content_type == HLS_TYPE
