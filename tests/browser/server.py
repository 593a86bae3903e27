"""Server: the dashboard as a person starts it, on a free port, with an installation of its own."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.environment import ROOT, environment
from tests.support.ports import free_port

STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 20


@dataclass(frozen=True)
class Server:
    """A running dashboard."""

    url: str  #: http://127.0.0.1:PORT, without a slash at the end
    home: Path  #: its PHYGHT_HOME
    log: Path  #: what it prints
    process: int  #: its number

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text()


@contextmanager
def running(home: Path, **settings: str) -> Iterator[Server]:
    """`python -m dashboard` for as long as the block lasts; it and all it started are ended afterwards."""
    port = free_port()
    log_file = home.with_name(f"{home.name}.log")
    with log_file.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "dashboard"],
            cwd=ROOT,
            env=environment(home, PHYGHT_PORT=str(port), **settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", home, log_file, process.pid)
    guard = _guard(process)
    try:
        _wait(process, server)
        yield server
    finally:
        _stop(process)
        guard.kill()
        guard.communicate()


def _wait(process: subprocess.Popen[bytes], server: Server) -> None:
    for _ in range(STARTS_WITHIN_S * 5):
        if _answers(f"{server.url}/healthz"):
            return
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"The dashboard ended with status {process.returncode}:\n{server.output}")
    raise RuntimeError(f"The dashboard did not answer within {STARTS_WITHIN_S} s:\n{server.output}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _guard(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """Ends the dashboard when the tests are killed: the pipe that it reads from ends with them."""
    end = 'read -r _; kill -s TERM -- "-$1"'
    return subprocess.Popen(
        ["/bin/sh", "-c", end, "sh", str(process.pid)], stdin=subprocess.PIPE, start_new_session=True
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=STOPS_WITHIN_S)
    except ProcessLookupError:
        return  # it has ended by itself
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
