"""Master: the playlist of playlists, with what each rung really needs, sound included."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from core.media.ladder import Rung
from core.media.languages import Label
from core.media.playlist import Playlist, peak_bits

_AAC = "mp4a.40.2"
#: Bits a second that nearly every connection carries.
_BEGIN_WITH = 2_500_000
_STREAM = "#EXT-X-STREAM-INF:"
_BANDWIDTH = re.compile(r"[:,]BANDWIDTH=(\d{1,12})")


@dataclass(frozen=True)
class Variant:
    """A rung as it is offered."""

    rung: Rung
    codec: str  #: of RFC 6381: avc1.64001f
    bandwidth: int  #: bits a second at the peak, with the most demanding sound
    average_bandwidth: int


@dataclass(frozen=True)
class Alternative:
    """A sound or subtitles as they are offered."""

    file: str
    label: Label
    default: bool


def variant(rung: Rung, playlist: Playlist, folder: Path, sounds: Sequence[Playlist]) -> Variant:
    """What a rung needs, by the sizes and durations of its pieces."""
    peak = peak_bits(playlist) + max(map(peak_bits, sounds), default=0)
    average = playlist.average_bits + max((each.average_bits for each in sounds), default=0)
    return Variant(rung, _codec(folder / playlist.file, playlist.head_bytes), round(peak), round(average))


def _codec(file: Path, head_bytes: int) -> str:
    """Profile, constraints and level, as the file states them."""
    with file.open("rb") as content:
        head = content.read(head_bytes)
    at = head.index(b"avcC") + 5
    return f"avc1.{head[at : at + 3].hex()}"


def master(
    variants: Sequence[Variant], frame_rate: Fraction, sounds: Sequence[Alternative], subtitles: Sequence[Alternative]
) -> str:
    """The playlist's text. First comes the variant that players begin with, until they know the connection."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += [_media("AUDIO", "audio", each) for each in sounds]
    lines += [_media("SUBTITLES", "subtitles", each) for each in subtitles]
    first = _first(variants)
    for each in (first, *(each for each in variants if each is not first)):
        lines += [_stream(each, frame_rate, bool(sounds), bool(subtitles)), f"{each.rung.name}.m3u8"]
    return "\n".join([*lines, ""])


def without(text: str, rung: str) -> str | None:
    """The playlist of playlists without a rung; None where it does not name it, or nothing else is left."""
    lines = [each.strip() for each in text.splitlines()]
    offered = {uri: stream for stream, uri in pairwise(lines) if stream.startswith(_STREAM)}
    gone = f"{rung}.m3u8"
    left = [uri for uri in offered if uri != gone]
    if gone not in offered or not left:
        return None
    rest = [each for each in lines if each and each not in offered and each not in offered.values()]
    bits = {uri: int(found[1]) if (found := _BANDWIDTH.search(offered[uri])) else 0 for uri in left}
    bearable = [each for each in left if bits[each] <= _BEGIN_WITH]
    first = max(bearable or [min(left, key=bits.__getitem__)], key=bits.__getitem__)
    in_order = (first, *(each for each in left if each != first))
    return "\n".join([*rest, *(line for uri in in_order for line in (offered[uri], uri)), ""])


def _first(variants: Sequence[Variant]) -> Variant:
    bearable = [each for each in variants if each.bandwidth <= _BEGIN_WITH]
    return max(bearable or variants[-1:], key=lambda each: each.bandwidth)


def _media(kind: str, group: str, offered: Alternative) -> str:
    language = f'LANGUAGE="{offered.label.tag}",' if offered.label.tag else ""
    # subtitles are never shown unasked
    default = "YES" if offered.default else "NO"
    channels = ',CHANNELS="2"' if kind == "AUDIO" else ""
    return (
        f'#EXT-X-MEDIA:TYPE={kind},GROUP-ID="{group}",NAME="{offered.label.name}",{language}'
        f'DEFAULT={default},AUTOSELECT=YES{channels},URI="{offered.file}"'
    )


def _stream(each: Variant, frame_rate: Fraction, has_sound: bool, has_subtitles: bool) -> str:
    codecs = f"{each.codec},{_AAC}" if has_sound else each.codec
    groups = ',AUDIO="audio"' * has_sound + ',SUBTITLES="subtitles"' * has_subtitles
    return (
        f"{_STREAM}BANDWIDTH={each.bandwidth},AVERAGE-BANDWIDTH={each.average_bandwidth},"
        f'CODECS="{codecs}",RESOLUTION={each.rung.width}x{each.rung.height},FRAME-RATE={float(frame_rate):.3f},'
        f"VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE{groups}"
    )
