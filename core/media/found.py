"""Found: what a file turned out to hold."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any


class DynamicRange(StrEnum):
    """How brightness is written down."""

    SDR = "SDR"
    PQ = "HDR10"  #: SMPTE ST 2084
    HLG = "HLG"  #: ARIB STD-B67


@dataclass(frozen=True)
class VideoTrack:
    """The picture."""

    index: int  #: of the stream in the file
    codec: str
    width: int  #: as coded, without cropping
    height: int
    sample_aspect: str  #: width of a sample over its height, like 4:3
    rotation: int  #: degrees that it is turned by when shown; sizes and thumbnails are given upright
    pixel_format: str
    dynamic_range: DynamicRange
    matrix: int  #: this, primaries and transfer in the numbers of ITU-T H.273; 2 is not stated
    primaries: int
    transfer: int
    full_range: bool
    interlaced: bool
    frames: int
    keyframes: int
    key_tiles: int  #: of the storyboard, that a key frame falls into
    frame_rate: str  #: in which it is shown best, at a constant rate: 30000/1001
    variable: bool  #: its frames do not come at a constant rate
    start_s: float  #: after the start of the file's timeline
    end_s: float

    @property
    def rate(self) -> Fraction:
        return Fraction(self.frame_rate)

    @property
    def display_size(self) -> tuple[Fraction, Fraction]:
        """Width and height upright and in square pixels; samples that are not square are widened or narrowed."""
        wide = self.width * Fraction(self.sample_aspect.replace(":", "/"))
        return (Fraction(self.height), wide) if self.rotation % 180 == 90 else (wide, Fraction(self.height))


@dataclass(frozen=True)
class AudioTrack:
    """A sound."""

    index: int
    codec: str
    channels: int
    sample_rate: int
    language: str  #: as stated: eng; empty where it is not
    title: str
    default: bool
    start_s: float
    end_s: float


@dataclass(frozen=True)
class SubtitleTrack:
    """Subtitles."""

    index: int
    codec: str
    language: str
    title: str
    is_text: bool  #: pictures cannot be made into WebVTT


@dataclass(frozen=True)
class Found:
    """What a file holds that can be watched."""

    container: str
    size_bytes: int
    duration_s: float  #: from where it begins to the end of the picture, or of sound that goes on for long after it
    start_s: float  #: the file's own time of the start of its timeline
    begin_s: float  #: where on its timeline it begins: at its first picture, if that does not leave out much sound
    video: VideoTrack
    audio: tuple[AudioTrack, ...]  #: the default one first
    subtitles: tuple[SubtitleTrack, ...]
    warnings: tuple[str, ...]  #: what was left out, and what is not as it should be

    def as_json(self) -> dict[str, Any]:
        """What from_json takes."""
        return asdict(self)


def found_from_json(told: dict[str, Any]) -> Found:
    """What was found, from the words of the process that looked."""
    video = VideoTrack(**{**told["video"], "dynamic_range": DynamicRange(told["video"]["dynamic_range"])})
    lists = {
        "audio": tuple(AudioTrack(**each) for each in told["audio"]),
        "subtitles": tuple(SubtitleTrack(**each) for each in told["subtitles"]),
        "warnings": tuple(told["warnings"]),
    }
    return Found(**{**told, "video": video, **lists})
