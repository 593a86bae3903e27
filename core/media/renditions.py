"""Renditions: the rungs, sounds and subtitles of a video as HLS in fragmented MP4, one file each, by one ffmpeg."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.media import graph
from core.media.encoder import source
from core.media.found import AudioTrack, Found, SubtitleTrack
from core.media.ladder import GROUPS_A_SEGMENT, SEGMENT_S, Rung
from core.media.languages import Label, labels

PRESET = "veryfast"
_SOUND_BITS = 128_000
#: Nothing of the source's own: phones write where they were, and chapters have titles.
_NOTHING_KEPT = {"map_metadata": -1, "map_chapters": -1}


@dataclass(frozen=True)
class Sound:
    """One sound of a video, as it is offered."""

    name: str  #: of its files: audio-en
    track: AudioTrack
    label: Label


@dataclass(frozen=True)
class Subtitles:
    """Subtitles of a video, as they are offered."""

    name: str  #: of their files: subtitles-en
    track: SubtitleTrack
    label: Label


@dataclass(frozen=True)
class Timeline:
    """How long all renditions last, and how they are cut."""

    frame_rate: Fraction
    frames: int

    @property
    def seconds(self) -> float:
        return float(self.frames / self.frame_rate)

    @property
    def group(self) -> int:
        """Frames from one key frame to the next: two seconds."""
        return max(round(Fraction(SEGMENT_S, GROUPS_A_SEGMENT) * self.frame_rate), 1)

    @property
    def segment_s(self) -> str:
        """As whole groups last, rounded down: a segment that is longer would take in a group more."""
        microseconds = int(GROUPS_A_SEGMENT * self.group / self.frame_rate * 1_000_000)
        return f"{microseconds / 1e6:.6f}"


def timeline_of(found: Found) -> Timeline:
    """At least one frame."""
    return Timeline(found.video.rate, max(round(Fraction(found.duration_s) * found.video.rate), 1))


def sounds_of(found: Found) -> tuple[Sound, ...]:
    """The sounds, the default one first."""
    named = labels([(each.language, each.title) for each in found.audio], "Audio")
    names = _names("audio", named)
    return tuple(map(Sound, names, found.audio, named))


def subtitles_of(found: Found) -> tuple[Subtitles, ...]:
    """Those that are text."""
    tracks = [each for each in found.subtitles if each.is_text]
    named = labels([(each.language, each.title) for each in tracks], "Subtitles")
    return tuple(map(Subtitles, _names("subtitles", named), tracks, named))


def _names(kind: str, named: Sequence[Label]) -> list[str]:
    names: list[str] = []
    for label in named:
        name = f"{kind}-{label.tag}" if label.tag else kind
        names.append(name if name not in names else f"{name}-{len(names) + 1}")
    return names


def outputs(
    file: Path, found: Found, rungs: Sequence[Rung], sounds: Sequence[Sound], subtitles: Sequence[Subtitles],
    strict: bool,
) -> list[Any]:  # fmt: skip
    """What ffmpeg is to write into the folder that it runs in."""
    opened, timeline = source(file, strict), timeline_of(found)
    written: list[Any] = []
    if rungs:
        picture = graph.upright(opened, found)
        picture = graph.kept_standing(picture, graph.standing_s(found))
        top = graph.shown(picture, found.video, (rungs[0].width, rungs[0].height))
        pictures = graph.cascade(top, [(rung.width, rung.height) for rung in rungs])
        written += [_rung(*each, timeline) for each in zip(pictures, rungs, strict=True)]
    written += [
        _sound(graph.heard(opened, each.track, found.begin_s, timeline.seconds), each, timeline) for each in sounds
    ]
    return written + [_subtitles(opened, each, found.begin_s) for each in subtitles]


def encoding(rung: Rung, timeline: Timeline) -> dict[str, Any]:
    """The options of x264."""
    quality = {"crf": rung.crf} if rung.crf is not None else {"b:v": rung.rate}
    return {
        "c:v": "libx264",
        "profile:v": "high",
        "preset": PRESET,
        **quality,
        "maxrate": rung.highest_rate,
        "bufsize": 2 * rung.rate,
        "g": timeline.group,
        "keyint_min": timeline.group,
        "sc_threshold": 0,
        "flags": "+cgop",
    }


def _rung(picture: Any, rung: Rung, timeline: Timeline) -> Any:
    return picture.output(f"{rung.name}.m3u8", **encoding(rung, timeline), **_packaging(rung.name, timeline))


def _sound(sound: Any, offered: Sound, timeline: Timeline) -> Any:
    encoded = {"c:a": "aac", "b:a": _SOUND_BITS, "ac": 2}
    return sound.output(f"{offered.name}.m3u8", **encoded, **_packaging(offered.name, timeline))


def _subtitles(opened: Any, offered: Subtitles, begin_s: float) -> Any:
    track = opened[str(offered.track.index)]
    words = {"format": "webvtt", "c:s": "webvtt", "output_ts_offset": f"{-begin_s:.6f}"}
    return track.output(f"{offered.name}.vtt", **words, **_NOTHING_KEPT)


def _packaging(name: str, timeline: Timeline) -> dict[str, Any]:
    return {
        "format": "hls",
        "hls_time": timeline.segment_s,
        "hls_playlist_type": "vod",
        "hls_segment_type": "fmp4",
        "hls_flags": "independent_segments+single_file",
        "hls_segment_filename": f"{name}.mp4",
        # or else the picture would start later by what its B-frames are kept back, and the sound would not
        "avoid_negative_ts": "disabled",
        **_NOTHING_KEPT,
    }
