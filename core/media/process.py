"""Process: runs a program on somebody's file, within limits, and says how far it is."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

_GUARD = Path(__file__).with_name("guard.py")
#: Between two looks at whether the work was cancelled.
_LOOK_S = 0.5
_LONGEST_LINE = 2_000


@dataclass(frozen=True)
class Limits:
    """How much a program may use before it is ended."""

    cpu_s: int
    memory_bytes: int  #: of addresses, which is more than what is resident
    file_bytes: int  #: the largest file that it may write
    silent_s: int  #: longest time without a line, on a busy machine
    nice: int = 10  #: how far it stands back behind what people wait for


class Stopped(Exception):
    """The work was cancelled; whatever ran for it has ended."""


class NotYet(Exception):
    """Others are at work on it; it is to be looked at again after some time."""

    def __init__(self, after: timedelta = timedelta(seconds=30)) -> None:
        super().__init__(after)
        self.after = after


class TooLong(Exception):
    """The program was ended because it said nothing for too long."""


def lines_of(
    program: Sequence[str], limits: Limits, folder: Path, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[str | int]:
    """Each line that the program prints, on either output, and at last its exit status.

    It runs in the folder, in a process group of its own that is gone when the iteration ends, however it ends.
    A line is cut off where it gets too long. Raises Stopped, and TooLong.
    """
    with _started(program, limits, folder) as process:
        yield from _lines(process, limits.silent_s, cancelled)
        yield process.wait()


@contextmanager
def _started(program: Sequence[str], limits: Limits, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    told = asdict(limits)
    guard = [sys.executable, "-I", "-S", str(_GUARD), json.dumps(told), *program]
    process = subprocess.Popen(
        guard,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    # a guard that was itself killed may have left its program behind; one that ended by itself has not
    if process.poll() is None or process.returncode < 0:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def _lines(process: subprocess.Popen[bytes], silent_s: int, cancelled: Callable[[], bool]) -> Iterator[str]:
    assert process.stdout
    output, rest, heard = process.stdout.fileno(), b"", time.monotonic()
    while True:
        if cancelled():
            raise Stopped
        if not select.select([output], [], [], _LOOK_S)[0]:
            if time.monotonic() - heard > silent_s:
                raise TooLong
            continue
        heard = time.monotonic()
        chunk = os.read(output, 65_536)
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (_text(line) for line in lines)
        if not chunk:
            break
        rest = rest[:_LONGEST_LINE]
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line[:_LONGEST_LINE].decode("utf-8", "replace")
