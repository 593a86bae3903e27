"""Prober: looks at a file in a process of its own, because a hostile one may crash or exhaust whoever reads it.

`python -m core.media.prober FILE` prints what was found as JSON, or what is wrong with the file.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.logging
from av.error import FFmpegError
from av.stream import Disposition

from core.errors import Incomplete, MediaError, NotAVideo
from core.media.found import AudioTrack, DynamicRange, Found, SubtitleTrack, VideoTrack
from core.media.hostile import INPUT_OPTIONS, MOST_TRACKS, require_bearable_length, require_decodable_size
from core.media.structure import is_cut_off
from core.media.tiles import tile_count
from core.media.timing import timing_of
from core.media.walk import Track, Walk, walk

_TEXT = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
_RANGES = {16: DynamicRange.PQ, 18: DynamicRange.HLG}
#: A file may state this much more than it holds: players and encoders round differently.
_ROUNDING_S = 0.5
#: Sound that begins or goes on this much longer than the picture keeps the first or last picture standing.
_BESIDE_S = 0.25
_LONGEST_TITLE = 100
_MOST_CHANNELS = 16  # of a sound that is mixed down to two
_NOT_SHOWN = Disposition.attached_pic | Disposition.timed_thumbnails
_CHOOSE = "Choose a video file, like MP4, MOV, MKV or WebM."
_AGAIN = "Upload it again: it goes on with what is missing."


def main(file: str) -> None:
    """Print what was found, or {"error": its kind, "message", "advice"}."""
    av.logging.set_level(None)
    try:
        told = look(Path(file)).as_json()
    except MediaError as error:
        told = {"error": type(error).__name__, "message": error.message, "advice": error.advice}
    sys.stdout.write(json.dumps(told, indent=0))


def look(file: Path) -> Found:
    """What the file holds. Raises NotAVideo, and Incomplete."""
    with _opened(file) as container:
        video = _chosen_video(file.name, container)
        require_decodable_size(file.name, video.width, video.height)
        walked = walk(container, video.index)
        _require_whole(file, container, walked)
        return _found(file, container, video, walked)


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    if not file.stat().st_size:
        raise NotAVideo(f"{file.name} is not a readable video: it is empty.", _CHOOSE)
    try:
        container = av.open(f"file:{file}", options=dict(INPUT_OPTIONS), metadata_errors="replace")
    except FFmpegError as error:
        raise _unreadable(file) from error
    with container:
        yield container


def _unreadable(file: Path) -> MediaError:
    """A recorder writes the index of an MP4 at last, so one that was cut off has none."""
    with file.open("rb") as content:
        is_mp4 = content.read(12)[4:8] == b"ftyp"
    if is_mp4 and is_cut_off(file, "mov"):
        return NotAVideo(f"{file.name} is not a readable video: it ends before its index (moov).", _AGAIN)
    return NotAVideo(f"{file.name} is not a readable video.", _CHOOSE)


def _chosen_video(name: str, container: Any) -> Any:
    shown = [each for each in container.streams.video if not each.disposition & _NOT_SHOWN]
    if not shown:
        raise NotAVideo(f"{name} has no video track.", _CHOOSE)
    for each in shown:
        if each.codec_context is not None:
            each.codec_context.options = {"max_pixels": INPUT_OPTIONS["max_pixels"]}
            each.codec_context.thread_count = 1
    known = [each for each in shown if each.codec_context is not None]
    if not known:
        raise NotAVideo(f"{name} is not a readable video: nothing here can decode its picture.", _CHOOSE)
    return max(known, key=lambda each: (bool(each.disposition & Disposition.default), each.width * each.height))


def _require_whole(file: Path, container: Any, walked: Walk) -> None:
    last = max((track.end_s for track in walked.tracks.values()), default=0.0)
    ends = last - _start_s(container, walked)
    stated = (container.duration or 0) / av.time_base
    begins_anew = container.format.name in ("mpegts", "mpeg")  # a gap or a bad packet there is damage, not the end
    last_is_cut = bool(walked.cut) and container.format.name != "mpegts"
    stops = stated - max(ends, last) > _ROUNDING_S and not begins_anew  # some count from zero on, not from their start
    if is_cut_off(file, container.format.name) or walked.stopped or last_is_cut or stops:
        of = f" of {stated:.1f}" if stated > ends else ""
        raise Incomplete(f"{file.name} is an incomplete upload: it ends after {max(ends, 0):.1f}{of} s.", _AGAIN)


def _start_s(container: Any, walked: Walk) -> float:
    if container.start_time is not None:
        return container.start_time / av.time_base
    return min((track.start_s for track in walked.tracks.values()), default=0.0)


def _found(file: Path, container: Any, chosen: Any, walked: Walk) -> Found:
    track, start_s = walked.tracks.get(chosen.index), _start_s(container, walked)
    if track is None or not track.decoded:
        raise NotAVideo(f"{file.name} is not a readable video: not one picture of it can be decoded.", _CHOOSE)
    video = _video(chosen, track, start_s)
    require_decodable_size(file.name, video.width, video.height)
    audio, warnings = _audio(container, walked, start_s)
    begin_s = video.start_s if 0 < video.start_s <= _BESIDE_S else 0.0
    latest = max((each.end_s for each in audio), default=0.0)
    duration_s = (latest if latest > video.end_s + _BESIDE_S else video.end_s) - begin_s
    require_bearable_length(file.name, duration_s)
    subtitles = tuple(_subtitles(container, walked))
    pictures = [each for each in subtitles if not each.is_text]
    if pictures:
        warnings = (*warnings, f"{len(pictures)} subtitle track(s) are pictures, and were left out.")
    size = file.stat().st_size
    return Found(container.format.name, size, duration_s, start_s, begin_s, video, audio, subtitles, warnings)


def _video(stream: Any, track: Track, start_s: float) -> VideoTrack:
    picture = track.decoded[0]
    timing = timing_of(track.times, track.time_base, stream.average_rate)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    last = float(max(track.times) * track.time_base + 1 / timing.rate)
    end_s = max(track.end_s, last) if track.end == max(track.times) else track.end_s
    return VideoTrack(
        index=stream.index,
        codec=stream.codec_context.name,
        width=picture.width,
        height=picture.height,
        sample_aspect=f"{aspect.numerator}:{aspect.denominator}",
        rotation=picture.rotation,
        pixel_format=picture.format.name,
        dynamic_range=_RANGES.get(int(picture.color_trc), DynamicRange.SDR),
        matrix=int(picture.colorspace),
        primaries=int(picture.color_primaries),
        transfer=int(picture.color_trc),
        full_range=int(picture.color_range) == 2 or picture.format.name.startswith("yuvj"),
        interlaced=any(each.interlaced_frame for each in track.decoded),
        frames=len(track.times),
        keyframes=len(track.keyframes),
        key_tiles=_key_tiles(track, end_s),
        frame_rate=str(timing.rate),
        variable=timing.variable,
        start_s=track.start_s - start_s,
        end_s=end_s - start_s,
    )


def _key_tiles(track: Track, end_s: float) -> int:
    first, count = min(track.times), tile_count(end_s - track.start_s, len(track.times))
    span = max(max(track.times) + 1 - first, 1)
    return len({(at - first) * count // span for at in track.keyframes})


def _audio(container: Any, walked: Walk, start_s: float) -> tuple[tuple[AudioTrack, ...], tuple[str, ...]]:
    there = [each for each in container.streams.audio if each.index in walked.tracks]
    heard = [each for each in there if walked.tracks[each.index].decoded and each.channels <= _MOST_CHANNELS]
    warnings = [f"{len(there) - len(heard)} audio track(s) cannot be played, and were left out."] * (heard != there)
    if len(heard) > MOST_TRACKS:
        warnings.append(f"{len(heard) - MOST_TRACKS} audio tracks more than {MOST_TRACKS} were left out.")
    tracks = [_sound(each, walked.tracks[each.index], start_s) for each in heard[:MOST_TRACKS]]
    return tuple(sorted(tracks, key=lambda track: not track.default)), tuple(warnings)


def _sound(stream: Any, track: Track, start_s: float) -> AudioTrack:
    return AudioTrack(
        index=stream.index,
        codec=stream.codec_context.name,
        channels=stream.codec_context.channels,
        sample_rate=stream.codec_context.sample_rate,
        language=_language(stream),
        title=_title(stream),
        default=bool(stream.disposition & Disposition.default),
        start_s=track.start_s - start_s,
        end_s=track.end_s - start_s,
    )


def _subtitles(container: Any, walked: Walk) -> Iterable[SubtitleTrack]:
    there = [each for each in container.streams.subtitles if each.index in walked.tracks]
    for each in there[:MOST_TRACKS]:
        codec = each.codec_context.name if each.codec_context else ""
        yield SubtitleTrack(each.index, codec, _language(each), _title(each), codec in _TEXT)


def _title(stream: Any) -> str:
    return stream.metadata.get("title", "")[:_LONGEST_TITLE]


def _language(stream: Any) -> str:
    return "" if stream.language in (None, "und") else stream.language


if __name__ == "__main__":
    main(*sys.argv[1:])
