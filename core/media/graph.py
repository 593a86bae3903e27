"""Graph: the filters between a file and what is made of it: upright, progressive, in square pixels, 8-bit BT.709."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from core.media.found import AudioTrack, DynamicRange, Found, VideoTrack

#: Numbers of ITU-T H.273.
_UNSTATED, _RGB, _BT2020 = 2, 0, 9
_MATRICES = {1: "709", 4: "fcc", 5: "470bg", 6: "170m", 7: "240m", 9: "2020_ncl", 10: "2020_cl"}
_PRIMARIES = {1: "709", 4: "470m", 5: "470bg", 6: "170m", 7: "240m", 8: "film", 9: "2020", 12: "smpte432"}
_TRANSFERS = {DynamicRange.PQ: "smpte2084", DynamicRange.HLG: "arib-std-b67"}
#: From this height on a picture that does not say counts as BT.709, below it as BT.601.
_HD = 720
_NOMINAL_NITS = 100
_SOUND_RATE = 48_000
#: Sound that is off by more than this is put right by silence or a cut; half of what viewers notice.
_OFF_BY_S = 0.03


def upright(source: Any, found: Found) -> Any:
    """The picture at a constant rate from where the video begins; ffmpeg itself turns it upright."""
    video, stream = found.video, source[str(found.video.index)]
    if video.interlaced:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    return steady(stream, video.rate, found.begin_s)


def steady(stream: Any, frame_rate: Fraction, begin_s: float) -> Any:
    """The same at a constant rate from that moment on, each picture as near to its own time as can be."""
    return _later(stream, begin_s).filter("fps", fps=str(frame_rate), start_time=0)


def sampled(stream: Any, every_s: float, begin_s: float) -> Any:
    """The picture that is seen at that moment, and every so many seconds after it."""
    return _later(stream, begin_s).filter("fps", fps=f"1/{every_s:.9f}", start_time=0, round="up")


def _later(stream: Any, begin_s: float) -> Any:
    return stream.filter("setpts", f"PTS-{begin_s:.6f}/TB") if begin_s else stream


def kept_standing(stream: Any, seconds: float) -> Any:
    """The same, with its last picture kept standing for a while."""
    return stream.filter("tpad", stop_mode="clone", stop_duration=seconds) if seconds > 0 else stream


def shown(stream: Any, video: VideoTrack, size: tuple[int, int]) -> Any:
    """The picture in a size, in the colours that every player shows rightly."""
    width, height = size
    if video.dynamic_range is not DynamicRange.SDR:
        stream = _tone_mapped(stream, video, size)
    elif video.primaries == _BT2020:
        known = _known_colours(video)
        stream = stream.filter("zscale", w=width, h=height, p="709", t="709", m="709", r="limited", **known)
    else:
        stream = stream.filter("scale", w=width, h=height, flags="bicubic", **_matrices(video))
    return stream.filter("format", pix_fmts="yuv420p").filter(
        "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
    )


def _tone_mapped(stream: Any, video: VideoTrack, size: tuple[int, int]) -> Any:
    width, height = size
    linear = stream.filter(
        "zscale", w=width, h=height, t="linear", npl=_NOMINAL_NITS, tin=_TRANSFERS[video.dynamic_range],
        **_known_colours(video),
    )  # fmt: skip
    wide = linear.filter("format", pix_fmts="gbrpf32le").filter("zscale", p="709")
    return wide.filter("tonemap", tonemap="hable", desat=0).filter("zscale", t="709", m="709", r="limited")


def _known_colours(video: VideoTrack) -> dict[str, str]:
    """What the picture's colours mean, for a filter that refuses to guess."""
    told = {"pin": _PRIMARIES.get(video.primaries, "2020"), "rin": "full" if video.full_range else "limited"}
    return told if video.matrix == _RGB else {**told, "min": _MATRICES.get(video.matrix, "2020_ncl")}


def _matrices(video: VideoTrack) -> dict[str, str]:
    to = {"out_color_matrix": "bt709", "out_range": "tv"}
    if video.matrix == _UNSTATED:
        return {**to, "in_color_matrix": "bt709" if video.height >= _HD else "bt601"}
    return to


def cascade(stream: Any, sizes: Sequence[tuple[int, int]]) -> list[Any]:
    """The picture in each size, each scaled from the one before: decoded once, and cheaper than from the top."""
    outputs: list[Any] = []
    for number, (width, height) in enumerate(sizes):
        if number:
            stream = stream.filter("scale", w=width, h=height, flags="bicubic")
        if number + 1 < len(sizes):
            split = stream.filter_multi_output("split", 2)
            outputs.append(_square(split.stream(0)))
            stream = split.stream(1)
        else:
            outputs.append(_square(stream))
    return outputs


def _square(stream: Any) -> Any:
    return stream.filter("setsar", 1)


def heard(source: Any, track: AudioTrack, begin_s: float, seconds: float) -> Any:
    """A sound from where the video begins, in step with it, and at least as long as the picture."""
    stream = source[str(track.index)]
    if begin_s:
        stream = stream.filter("asetpts", f"PTS-{begin_s:.6f}/TB")
    resampled = stream.filter("aresample", _SOUND_RATE, **{"async": 1, "first_pts": 0, "min_hard_comp": _OFF_BY_S})
    return resampled.filter("apad", whole_dur=f"{seconds:.6f}")


def standing_s(found: Found) -> float:
    """Seconds that the last picture has to be kept standing for sound that goes on."""
    return max(found.begin_s + found.duration_s - found.video.end_s, 0.0)
