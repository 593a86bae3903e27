"""Encoder: ffmpeg on somebody's file, strict or forgiving, with its progress and the errors it met."""

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg

from core.errors import DiskFull, PackagingFailed
from core.media.hostile import INPUT_OPTIONS
from core.media.process import Limits, TooLong, lines_of
from core.units import GIB

#: More CPU time than any machine needs for a second of video; a file that takes more is out to exhaust it.
_CPU_A_SECOND = 120
_MEMORY_BYTES = 12 * GIB
_SILENT_S = 900
_PROGRESS = re.compile(r"out_time_us=(\d+)")
_ERROR = re.compile(r"\[(error|fatal|panic)\] ")
_NO_SPACE = "No space left on device"

OnDone = Callable[[float], None]


def nobody_listens(_: float) -> None:
    """For work whose progress nobody asks for."""


@dataclass(frozen=True)
class Work:
    """One run of ffmpeg."""

    outputs: Sequence[Any]  #: of ffmpeg-python
    folder: Path  #: where it runs, and writes
    seconds: float  #: of video, that its progress counts up to
    file_bytes: int  #: largest file that it may write
    nice: int = 10
    cancelled: Callable[[], bool] = lambda: False
    on_done: OnDone = nobody_listens  #: told the seconds of video that are done


@dataclass(frozen=True)
class Outcome:
    """How a run of ffmpeg ended."""

    status: int
    errors: int  #: lines that it has logged as an error
    first: str  #: of these, without the names of its parts; the others mostly follow from it

    @property
    def ok(self) -> bool:
        return self.status == 0

    @property
    def reason(self) -> str:
        """Why it came to nothing, as far as ffmpeg has said it."""
        return self.first.rstrip(".") or f"ffmpeg ended with status {self.status}"


def source(file: Path, strict: bool = False, **options: Any) -> Any:
    """A file as an input of ffmpeg, which reads nothing else on its account."""
    careful = {"err_detect": "explode"} if strict else {}
    return ffmpeg.input(f"file:{file}", **INPUT_OPTIONS, **careful, **options)


def run(work: Work, strict: bool = False) -> Outcome:
    """Run ffmpeg. A strict run ends at the first error; one that is not goes on as long as it can.

    Raises PackagingFailed when it takes too much or too long, DiskFull, and process.Stopped.
    """
    errors, first = 0, ""
    try:
        for line in lines_of(command(work.outputs, strict), _limits(work), work.folder, work.cancelled):
            if isinstance(line, int):
                return _outcome(Outcome(line, errors, first), work)
            if done := _PROGRESS.search(line):
                work.on_done(min(int(done[1]) / 1e6, work.seconds))
            elif _ERROR.search(line):
                errors, first = errors + 1, first or _ERROR.split(line)[-1].strip()
    except TooLong as error:
        raise PackagingFailed(
            "The encoder stood still, and was stopped.", "Try again when there is less to do."
        ) from error
    raise AssertionError("a program that has ended has a status")


def command(outputs: Sequence[Any], strict: bool = False) -> list[str]:
    """The words of the command line."""
    careful = ["-xerror"] if strict else ["-max_error_rate", "1"]
    quiet = ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "repeat+level+error"]
    telling = ["-progress", "pipe:1", "-stats_period", "0.5"]
    merged = ffmpeg.merge_outputs(*outputs).global_args(*quiet, *telling, *careful)
    return [str(word) for word in ffmpeg.compile(merged, cmd=program(), overwrite_output=True)]


def program() -> str:
    """The ffmpeg that is used: the one that IMAGEIO_FFMPEG_EXE names, or the one that came with this project."""
    chosen = imageio_ffmpeg.get_ffmpeg_exe()
    if not shutil.which(chosen):
        raise PackagingFailed(f"There is no ffmpeg at {chosen}.", "Correct IMAGEIO_FFMPEG_EXE, or leave it out.")
    return chosen


def _limits(work: Work) -> Limits:
    cpu_s = round(600 + _CPU_A_SECOND * work.seconds)
    return Limits(cpu_s, _MEMORY_BYTES, work.file_bytes, _SILENT_S, work.nice)


def _outcome(outcome: Outcome, work: Work) -> Outcome:
    if not outcome.ok and _NO_SPACE in outcome.first:
        raise DiskFull(f"The disk that holds {work.folder} is full.", "Free some space and try again.")
    return outcome
