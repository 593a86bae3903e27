"""Moved: a worker as users run it, watched while it moves what was planned."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from benchmarks.measure import ROOT, ContenderFailed, Cost

_TICKS = os.sysconf("SC_CLK_TCK")
_QUIET_S, _LONGEST_S = 2.0, 1800
_LEFT = "select count(*) from migration_videos where state <> 'done'"
_BEGAN_AND_ENDED = "select (select started_at from migrations), (select max(cut_over_at) from migration_videos)"


class Worker:
    """The process, for as long as the block lasts. Linux tells what it takes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._database = Path(environment["PHYGHT_HOME"]) / "phyght.db"
        self._cpu_s, self._before_mb = 0.0, 0.0

    def __enter__(self) -> "Worker":
        command = [sys.executable, "-m", "core", "work"]
        self._process = subprocess.Popen(command, cwd=ROOT, env=dict(self._environment))
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)

    @property
    def pid(self) -> int:
        return self._process.pid

    def settle(self) -> None:
        """Wait until what it does at its start is over."""
        time.sleep(5)
        before, now = -1.0, self._took_s()
        while now - before > 0.1 * _QUIET_S:
            time.sleep(_QUIET_S)
            before, now = now, self._took_s()

    def begin(self) -> None:
        """Start the migration, and count from now on."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")  # the highest size is the present one
        self._cpu_s, self._before_mb = self._took_s(), self._memory_mb("VmRSS")
        command = [sys.executable, "-m", "benchmarks.child", "moving:start", "{}"]
        subprocess.run(command, cwd=ROOT, env=dict(self._environment), check=True, capture_output=True)

    def wait_until_moved(self) -> Cost:
        """What it took. Raises ContenderFailed where it does not get to the end."""
        until = time.monotonic() + _LONGEST_S
        with closing(sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True)) as connection:
            while connection.execute(_LEFT).fetchone()[0]:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise ContenderFailed("The worker did not move everything.")
                time.sleep(0.1)
            cpu_s = self._took_s() - self._cpu_s
            began, ended = map(datetime.fromisoformat, connection.execute(_BEGAN_AND_ENDED).fetchone())
        return Cost(cpu_s, (ended - began).total_seconds(), self._memory_mb("VmHWM"), f"{self._before_mb:.0f}")

    def _took_s(self) -> float:
        """User and system time, with that of the processes that it has begun, whether or not they are over."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        return sum(_took_s(process) for process in (self.pid, *" ".join(each.read_text() for each in tasks).split()))

    def _memory_mb(self, name: str) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6


def _took_s(process: int | str) -> float:
    """With the processes that it waited for; nothing where it is gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def asked(address: str, within_s: float = 5) -> int:
    """The number that a server answers."""
    until = time.monotonic() + within_s
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
