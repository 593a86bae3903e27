"""The worker's keeper: it starts the worker again, however it ended, and stops it at the end."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.worker import Supervisor

#: Notes each start in the file `starts`; then does what the second argument says.
SCRIPT = """
import os, signal, sys, threading
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
exec(sys.argv[2])
"""
WORKS = "threading.Event().wait()"
DEAF = f"signal.signal(signal.SIGTERM, signal.SIG_IGN); open(sys.argv[1], 'a').write('deaf\\n'); {WORKS}"


@pytest.fixture
def starts(tmp_path: Path) -> Callable[[], list[str]]:
    """The process ids of the workers that were started so far."""
    file = tmp_path / "starts"
    return lambda: file.read_text().split() if file.exists() else []


@pytest.fixture
def supervisor(tmp_path: Path) -> Callable[..., Supervisor]:
    def make(doing: str) -> Supervisor:
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / "starts"), doing]
        return Supervisor(command, os.environ, first_pause_s=0.05)

    return make


async def until(state: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not state():
            await asyncio.sleep(0.02)


def runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    return True


async def end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_killed_worker_is_started_again(supervisor, starts, caplog):
    async def story() -> None:
        task = asyncio.create_task(supervisor(WORKS).keep_working())
        await until(lambda: len(starts()) == 1)
        os.kill(int(starts()[0]), signal.SIGKILL)
        await until(lambda: len(starts()) == 2)
        await end(task)

    asyncio.run(story())

    assert caplog.messages == ["The worker ended with status -9 and is started again."]
    assert not any(map(runs, starts()))


def test_a_worker_that_cannot_start_is_tried_after_longer_and_longer_pauses(supervisor, starts, monkeypatch):
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    async def story() -> None:
        task = asyncio.create_task(supervisor("sys.exit(2)").keep_working())
        async with asyncio.timeout(60):
            while len(pauses) < 4:
                await sleep(0.02)
        await end(task)

    monkeypatch.setattr(asyncio, "sleep", noted)
    asyncio.run(story())

    assert pauses[:4] == [0.05, 0.1, 0.2, 0.4]


def test_a_worker_that_does_not_listen_is_killed_in_the_end(supervisor, starts, monkeypatch):
    monkeypatch.setattr("dashboard.worker.STOPS_WITHIN_S", 0.2)

    async def story() -> None:
        task = asyncio.create_task(supervisor(DEAF).keep_working())
        await until(lambda: "deaf" in starts())
        await end(task)

    asyncio.run(story())

    assert not runs(starts()[0])
