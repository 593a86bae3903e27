"""Samples: what a few seconds of a video say about its quality and size at any setting of the encoder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from core.errors import PackagingFailed
from core.media import graph
from core.media.encoder import Work, run, source
from core.media.found import Found
from core.media.ladder import Rung
from core.media.renditions import encoding, timeline_of
from core.units import GIB

_SAMPLE_S = 2.0
_PLACES = (1 / 6, 1 / 2, 5 / 6)
#: Up to this long a video is looked at whole.
_WHOLE_S = 8.0
#: Every so many frames are compared.
_SUBSAMPLE = 3


@dataclass(frozen=True)
class Sampled:
    """How one setting did on the samples."""

    rung: Rung
    bits: float  #: a second


class Samples:
    """The samples of one video: encoded and compared in a folder, which keeps nothing of it."""

    def __init__(self, file: Path, found: Found, folder: Path, cancelled: Callable[[], bool], nice: int) -> None:
        self._file, self._found, self._folder = file, found, folder
        self._cancelled, self._nice = cancelled, nice
        self._timeline = timeline_of(found)

    @property
    def seconds(self) -> float:
        """How much video they are."""
        seconds = self._timeline.seconds
        return seconds if seconds <= _WHOLE_S else len(_PLACES) * _SAMPLE_S

    def encode(self, ladders: Sequence[Sequence[Rung]]) -> list[list[Sampled]]:
        """What the rungs of each ladder take; the ladders have the same sizes."""
        sizes = [(rung.width, rung.height) for rung in ladders[0]]
        pictures = graph.cascade(self._picture(sizes[0]), sizes)
        copies = [_copies(picture, len(ladders)) for picture in pictures]
        flat = [
            (copies[step][number], rung) for number, ladder in enumerate(ladders) for step, rung in enumerate(ladder)
        ]
        found = self._encode(flat)
        return [found[n * len(sizes) : (n + 1) * len(sizes)] for n in range(len(ladders))]

    def vmaf(self, rungs: Sequence[Rung]) -> list[float]:
        """The quality, 0 to 100, of each of these rungs, which have the same size."""
        size = (rungs[0].width, rungs[0].height)
        self._encode(list(zip(_copies(self._picture(size), len(rungs)), rungs, strict=True)))
        originals = _copies(self._picture(size), len(rungs))
        self._run([self._compared(number, original) for number, original in enumerate(originals)])
        return [self._score(number) for number in range(len(rungs))]

    def _encode(self, pictures: Sequence[tuple[Any, Rung]]) -> list[Sampled]:
        written = [
            picture.output(_name(number), format="h264", **encoding(rung, self._timeline))
            for number, (picture, rung) in enumerate(pictures)
        ]
        self._run(written)
        sizes = [(self._folder / _name(number)).stat().st_size for number in range(len(pictures))]
        return [Sampled(rung, 8 * size / self.seconds) for (_, rung), size in zip(pictures, sizes, strict=True)]

    def _compared(self, number: int, original: Any) -> Any:
        encoded = ffmpeg.input(_name(number), format="h264", framerate=str(self._timeline.frame_rate))["0"]
        settings = {"log_fmt": "json", "log_path": f"{number}.json", "n_subsample": _SUBSAMPLE, "n_threads": 2}
        compared = ffmpeg.filter([_counted(encoded), _counted(original)], "libvmaf", **settings)
        return compared.output("-", format="null")

    def _score(self, number: int) -> float:
        told = json.loads((self._folder / f"{number}.json").read_text())
        return float(told["pooled_metrics"]["vmaf"]["mean"])

    def _picture(self, size: tuple[int, int]) -> Any:
        """The samples one after the other, as they would be encoded."""
        seconds, video = self._timeline.seconds, self._found.video
        if seconds <= _WHOLE_S:
            pieces = [source(self._file)]
        else:
            starts = [f"{place * seconds - _SAMPLE_S / 2:.3f}" for place in _PLACES]
            pieces = [source(self._file, ss=start, t=_SAMPLE_S) for start in starts]
        pictures = [graph.shown(graph.upright(each, self._found), video, size) for each in pieces]
        joined = ffmpeg.concat(*pictures) if len(pictures) > 1 else pictures[0]
        return joined.filter("setsar", 1)

    def _run(self, written: Sequence[Any]) -> None:
        outcome = run(Work(written, self._folder, self.seconds, 2 * GIB, self._nice, self._cancelled))
        if not outcome.ok:
            raise PackagingFailed(
                f"Samples of the video could not be encoded: {outcome.reason}.", "Use the fixed ladder."
            )


def _counted(picture: Any) -> Any:
    """Timed by its number, so that each is compared with the one that it was made of."""
    return picture.filter("settb", "1/1000").filter("setpts", "N")


def _copies(picture: Any, count: int) -> list[Any]:
    if count == 1:
        return [picture]
    split = picture.filter_multi_output("split", count)
    return [split.stream(number) for number in range(count)]


def _name(number: int) -> str:
    return f"{number}.h264"
