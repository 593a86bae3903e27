"""Walk: one pass over a file's packets; what a file states of itself may be wrong, what it holds is not."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from av.error import FFmpegError

_PICTURES = 8  #: enough to see whether they are interlaced
_TRIED = 300  #: packets, until a track counts as one that cannot be decoded
#: As ffmpeg does it where time stamps may begin anew: a leap of so much, or back by so much, is taken out.
_BEGINS_ANEW = frozenset({"mpegts", "mpeg"})
_LEAP_S, _BACK_S = 10, Fraction(1, 10)


@dataclass
class Track:
    """What one stream holds."""

    time_base: Fraction
    times: "array[int]" = field(default_factory=lambda: array("q"))  #: of each packet, in ticks, in the file's order
    keyframes: "array[int]" = field(default_factory=lambda: array("q"))
    end: int | None = None  #: in ticks; the last packet's own duration may be unknown
    decoded: list[Any] = field(default_factory=list)  #: the first pictures or sounds

    def add(self, packet: Any, shift: Fraction) -> None:
        """Count a packet, which has a time."""
        at = _time(packet) + round(shift / self.time_base)
        self.times.append(at)
        self.end = max(self.end or at, at + (packet.duration or 0))
        if packet.is_keyframe:
            self.keyframes.append(at)

    @property
    def start_s(self) -> float:
        return float(min(self.times) * self.time_base)

    @property
    def end_s(self) -> float:
        return float((self.end or 0) * self.time_base)


@dataclass
class Walk:
    """What a file's streams hold, by their index; those without a packet are not in it."""

    tracks: dict[int, Track] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)  #: those whose last packet is not whole
    stopped: bool = False  #: reading came to an error before the end


def walk(container: Any, video: int) -> Walk:
    """Read every packet; decode the first pictures of the video and the first of each sound."""
    walked, stitches = Walk(), _Stitches(container.format.name in _BEGINS_ANEW)
    for packet in _packets(container, walked):
        index = packet.stream_index
        if index not in walked.tracks:
            walked.tracks[index] = Track(packet.time_base)
        track = walked.tracks[index]
        track.add(packet, stitches.shift(packet))
        wanted = _PICTURES if index == video else 1 if packet.stream.type == "audio" else 0
        if len(track.decoded) < wanted and len(track.times) < _TRIED:
            track.decoded += _decoded(packet.stream, packet)
    for index, track in walked.tracks.items():
        if not track.decoded and len(track.times) < _TRIED:
            track.decoded += _decoded(container.streams[index], None)  # what the decoder has kept back
    return walked


def _packets(container: Any, walked: Walk) -> Iterator[Any]:
    try:
        for packet in container.demux():
            if packet.size:
                (walked.cut.add if packet.is_corrupt else walked.cut.discard)(packet.stream_index)
            if packet.size and packet.time_base and (packet.pts is not None or packet.dts is not None):
                yield packet
    except FFmpegError:
        walked.stopped = True


def _decoded(stream: Any, packet: Any) -> list[Any]:
    if stream.type not in ("video", "audio") or stream.codec_context is None:
        return []
    try:
        return stream.codec_context.decode(packet)
    except FFmpegError:
        return []


def _time(packet: Any) -> int:
    return packet.pts if packet.pts is not None else packet.dts


class _Stitches:
    """Where a recording's clock begins anew, and by how much what follows is shifted."""

    def __init__(self, begins_anew: bool) -> None:
        self._begins_anew = begins_anew
        self._next: dict[int, Fraction] = {}
        self._shift = Fraction(0)

    def shift(self, packet: Any) -> Fraction:
        """Seconds to add to the times of a packet."""
        if not self._begins_anew or packet.dts is None:
            return self._shift
        at = packet.dts * packet.time_base + self._shift
        awaited = self._next.get(packet.stream_index, at)
        if at - awaited > _LEAP_S or awaited - at > _BACK_S:
            self._shift += awaited - at
            at = awaited
        self._next[packet.stream_index] = at + (packet.duration or 0) * packet.time_base
        return self._shift
