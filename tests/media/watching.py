"""Watching: what a player gets to see and hear of a package, by decoding all of it."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


@dataclass(frozen=True)
class Watched:
    """One rung."""

    size: tuple[int, int]
    pixel_format: str
    profile: str
    sample_aspect: Fraction
    colours: tuple[int, int, int, int]  #: primaries, transfer, matrix, and 1 for limited range
    times: list[float]  #: of each frame, in seconds
    key_times: list[float]
    light: list[float]  #: mean luma of each frame
    seconds: float  #: until the last frame ends
    first: np.ndarray  #: the first frame, as RGB


def watch(playlist: Path) -> Watched:
    """Play a rung to its end."""
    with av.open(str(playlist)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        first = frames[0]
        times = [float(frame.time or 0) for frame in frames]
        return Watched(
            size=(first.width, first.height),
            pixel_format=first.format.name,
            profile=stream.profile or "",
            sample_aspect=Fraction(stream.sample_aspect_ratio or 1),
            colours=(first.color_primaries, first.color_trc, first.colorspace, first.color_range),
            times=times,
            key_times=[time for time, frame in zip(times, frames, strict=True) if frame.key_frame],
            light=[float(frame.to_ndarray(format="gray").mean()) for frame in frames],
            seconds=times[-1] + float(frames[-1].duration * (stream.time_base or 0)),
            first=first.to_ndarray(format="rgb24"),
        )


@dataclass(frozen=True)
class Heard:
    """One sound."""

    channels: int
    sample_rate: int
    start: float  #: of the first sample, in seconds
    loudness: np.ndarray  #: largest amplitude in each millisecond from the start on
    seconds: float


def listen(playlist: Path) -> Heard:
    """Play a sound to its end."""
    with av.open(str(playlist)) as container:
        frames = list(container.decode(container.streams.audio[0]))
    samples = np.concatenate([np.abs(frame.to_ndarray()).max(axis=0) for frame in frames])
    rate = frames[0].sample_rate
    each = rate // 1000
    loudness = samples[: len(samples) // each * each].reshape(-1, each).max(axis=1)
    start = float(frames[0].time or 0)
    return Heard(frames[0].layout.nb_channels, rate, start, loudness, start + len(samples) / rate)


def flashes(watched: Watched) -> list[float]:
    """When the picture turns white."""
    return [
        time for time, before, now in zip(watched.times, [0.0, *watched.light], watched.light, strict=False)
        if now > 128 >= before
    ]  # fmt: skip


def beeps(heard: Heard) -> list[float]:
    """When it begins to sound."""
    loud = heard.loudness > 0.05
    silent_before = np.array([not loud[max(n - 200, 0) : n].any() for n in range(len(loud))])
    return [heard.start + n / 1000 for n in np.flatnonzero(loud & silent_before)]


@dataclass(frozen=True)
class Stream:
    """A variant as the master playlist offers it."""

    attributes: dict[str, str]
    playlist: str


def streams(master: Path) -> list[Stream]:
    """The variants in the master playlist."""
    lines = re.findall(r"#EXT-X-STREAM-INF:(.+)\n(.+)\n", master.read_text())
    return [Stream(_attributes(text), playlist) for text, playlist in lines]


def alternatives(master: Path, kind: str) -> list[dict[str, str]]:
    """The sounds (AUDIO) or subtitles (SUBTITLES) in the master playlist."""
    media = map(_attributes, re.findall(r"#EXT-X-MEDIA:(.+)\n", master.read_text()))
    return [each for each in media if each["TYPE"] == kind]


def _attributes(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', text)}


def segments(playlist: Path) -> list[tuple[float, int]]:
    """Seconds and bytes of each piece, as the playlist states them."""
    found = re.findall(r"#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@\d+\n", playlist.read_text())
    return [(float(seconds), int(size)) for seconds, size in found]
