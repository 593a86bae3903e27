"""Life: the processes of a scene, which of them is killed next, and what begins again afterwards."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from benchmarks.kills.progress import newest_worker
from benchmarks.kills.scene import Kind, Scene
from benchmarks.kills.starting import Started

_GONE_WITHIN_S = 30


class Life:
    """Of the processes that are started by hand; those that they start are theirs."""

    def __init__(self, scene: Scene, chance: random.Random) -> None:
        self._scene, self._chance = scene, chance
        self._processes: list[Started] = []
        self._since = datetime.now(UTC)
        for _ in range(2 if scene.kind is Kind.PAIR else 1):
            self._processes.append(self._begun())

    def worker(self) -> int | None:
        """The process of a worker that may be killed; None while none has begun."""
        if self._scene.kind is Kind.APP:
            return newest_worker(self._scene, self._since)
        return self._chance.choice(self._processes).pid

    def kill(self, worker: int) -> str:
        """End the worker with -9, or the app that it belongs to; what was killed."""
        app = self._scene.kind is Kind.APP and self._chance.random() < 0.5
        self._since = datetime.now(UTC)
        os.kill(self._processes[0].pid if app else worker, signal.SIGKILL)
        if app:
            _wait_until_gone(worker)  # it ends by itself, as its parent is gone
        for process in self._processes:
            if process.pid == worker or app:
                process.wait(_GONE_WITHIN_S)
        return "app" if app else "worker"

    def begin_again(self) -> None:
        """Start what is gone; the app starts its worker by itself."""
        for number, process in enumerate(self._processes):
            if process.status is not None:
                self._processes[number] = self._begun()

    def end(self) -> None:
        """Stop all, as one should."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(_GONE_WITHIN_S)

    def _begun(self) -> Started:
        return self._scene.begin(*(("dashboard",) if self._scene.kind is Kind.APP else ("core", "work")))


@contextmanager
def living(scene: Scene, chance: random.Random) -> Iterator[Life]:
    """The scene's processes, for as long as the block lasts."""
    life = Life(scene, chance)
    try:
        yield life
    finally:
        life.end()


def _wait_until_gone(process: int) -> None:
    until = time.monotonic() + _GONE_WITHIN_S
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < until:
            os.kill(process, 0)
            time.sleep(0.02)
        raise RuntimeError(f"{process} outlives its parent.")
