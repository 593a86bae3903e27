"""Measure: run one contender in a process of its own, and say what it took."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
#: ru_maxrss is in kilobytes on Linux and in bytes on macOS.
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What a contender took, and its answer."""

    cpu_s: float  #: user and system, of the work itself: not of starting Python and importing
    wall_s: float
    peak_mb: float  #: largest resident memory of the process, in 10^6 bytes, imports included
    answer: Any  #: plain JSON; money as decimal text


class ContenderFailed(Exception):
    """A contender ended with an error, which it has printed."""


@dataclass
class Stopwatch:
    """CPU and wall time since it was started, of this process and the children it waited for."""

    cpu_s: float = 0.0
    wall_s: float = 0.0

    def __enter__(self) -> "Stopwatch":
        self.cpu_s, self.wall_s = -_cpu_s(), -time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu_s += _cpu_s()
        self.wall_s += time.perf_counter()


def measure(contender: str, python: str = sys.executable, **arguments: Any) -> Cost:
    """Run `module:function` of the benchmarks in a fresh process, of another environment's Python where that is given.
    Arguments and answer must be plain JSON.

    The contender is given by name, so that this process stays small: a child's peak memory counts from its parent's.

    Raises ContenderFailed when it does not succeed.
    """
    with tempfile.TemporaryFile() as output:
        command = [python, "-m", "benchmarks.child", contender, json.dumps(arguments)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise ContenderFailed(f"{contender} ended with status {process.returncode}.")
        output.seek(0)
        told = json.loads(output.read())
    return Cost(told["cpu_s"], told["wall_s"], usage.ru_maxrss * _MAXRSS_BYTES / 1e6, told["answer"])


def measure_command(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """Run a program from start to end; its CPU and peak memory with those of the processes it waited for.

    Raises ContenderFailed when it does not succeed.
    """
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode:
        raise ContenderFailed(f"{command[0]} ended with status {process.returncode}: {said[-500:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss * _MAXRSS_BYTES / 1e6, said)


def _cpu_s() -> float:
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime
