"""Playlist: what a player reads first: which qualities there are, and where in its file each piece lies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

#: The last piece is added to the one before where it is shorter: the rounded length of that stays the same.
_SHORT_S = 0.5
_VERSION = 7
_MAP = re.compile(r'#EXT-X-MAP:URI="([^"]+)",BYTERANGE="(\d+)@(\d+)"')
_SEGMENT = re.compile(r"#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)\n")
_END = "#EXT-X-ENDLIST"


@dataclass(frozen=True)
class Segment:
    """A piece that can be fetched by itself."""

    seconds: float
    size_bytes: int
    start: int  #: in its file


@dataclass(frozen=True)
class Playlist:
    """One rendition: a file, and its pieces."""

    file: str
    head_bytes: int  #: what comes before the first piece, and is needed to play any
    segments: tuple[Segment, ...]

    @property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.segments)

    @property
    def end(self) -> int:
        """Where its last piece ends in the file."""
        return self.segments[-1].start + self.segments[-1].size_bytes

    @property
    def target_s(self) -> int:
        """The longest piece, in whole seconds."""
        return max(1, *(int(each.seconds + 0.5) for each in self.segments))

    @property
    def average_bits(self) -> float:
        """Bits a second over all of it."""
        return 8 * sum(each.size_bytes for each in self.segments) / self.seconds


def read_playlist(file: Path) -> Playlist | None:
    """A media playlist that ffmpeg or write_playlist has written; None where there is none, or it has no end."""
    text = file.read_text() if file.exists() else ""
    head, segments = _MAP.search(text), _SEGMENT.findall(text)
    if not head or not segments or _END not in text:
        return None
    pieces = tuple(Segment(float(seconds), int(size), int(start)) for seconds, size, start in segments)
    return Playlist(head[1], int(head[2]), pieces)


def tidied(playlist: Playlist) -> Playlist:
    """The same, without a scrap at its end."""
    if len(playlist.segments) < 2 or playlist.segments[-1].seconds >= _SHORT_S:
        return playlist
    *rest, before, last = playlist.segments
    joined = Segment(before.seconds + last.seconds, before.size_bytes + last.size_bytes, before.start)
    return replace(playlist, segments=(*rest, joined))


def write_playlist(playlist: Playlist, file: Path) -> None:
    """Write a media playlist."""
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{_VERSION}",
        f"#EXT-X-TARGETDURATION:{playlist.target_s}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{playlist.file}",BYTERANGE="{playlist.head_bytes}@0"',
    ]
    for each in playlist.segments:
        lines += [f"#EXTINF:{each.seconds:.6f},", f"#EXT-X-BYTERANGE:{each.size_bytes}@{each.start}", playlist.file]
    file.write_text("\n".join([*lines, _END, ""]))


def write_subtitles_playlist(text: str, seconds: float, file: Path) -> None:
    """Write a media playlist of one WebVTT file that lasts as long as the video."""
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{_VERSION}",
        f"#EXT-X-TARGETDURATION:{max(int(seconds + 0.5), 1)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXTINF:{seconds:.6f},",
        text,
        _END,
        "",
    ]
    file.write_text("\n".join(lines))


def peak_bits(playlist: Playlist) -> float:
    """Bits a second that a connection must carry at most.

    As RFC 8216 has it: the highest rate of neighbouring pieces that together last from half to one and a half times
    the target. A shorter last piece counts by itself too, but never for more than a tenth above that.
    """
    runs = [_rate(run) for run in _runs(playlist)]
    alone = max(_rate([each]) for each in playlist.segments)
    return min(alone, 1.1 * max(runs)) if runs and alone > max(runs) else max(runs, default=alone)


def _runs(playlist: Playlist) -> list[Sequence[Segment]]:
    pieces, target = playlist.segments, playlist.target_s
    found: list[Sequence[Segment]] = []
    for first in range(len(pieces)):
        for end in range(first + 1, len(pieces) + 1):
            seconds = sum(each.seconds for each in pieces[first:end])
            if seconds > 1.5 * target:
                break
            if seconds >= 0.5 * target:
                found.append(pieces[first:end])
    return found


def _rate(pieces: Sequence[Segment]) -> float:
    return 8 * sum(each.size_bytes for each in pieces) / sum(each.seconds for each in pieces)
