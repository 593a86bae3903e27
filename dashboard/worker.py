"""Worker: the app's child process that runs the jobs, kept alive for as long as the app is."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
LONGEST_PAUSE_S = 60.0
HEALTHY_AFTER_S = 60.0
STOPS_WITHIN_S = 10.0


def worker_command() -> list[str]:
    """A worker that ends with this process, even when it is killed."""
    return [sys.executable, "-m", "core", "work", "--parent", str(os.getpid())]


class Supervisor:
    """Starts the worker again whenever it ends, after a pause that grows while it keeps failing."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], first_pause_s: float = 1.0) -> None:
        self._command = command
        self._environment = environment
        self._first_pause_s = first_pause_s
        self.process: asyncio.subprocess.Process | None = None

    async def keep_working(self) -> None:
        """Run until cancelled; then stop the worker and come back."""
        pause = self._first_pause_s
        try:
            while True:
                if await self._run_once() > HEALTHY_AFTER_S:
                    pause = self._first_pause_s
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
        finally:
            await self._stop()

    async def _run_once(self) -> float:
        started = time.monotonic()
        self.process = await asyncio.create_subprocess_exec(
            *self._command, cwd=ROOT, env=self._environment, stdin=asyncio.subprocess.DEVNULL
        )
        status = await self.process.wait()
        log.warning("The worker ended with status %s and is started again.", status)
        return time.monotonic() - started

    async def _stop(self) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), STOPS_WITHIN_S)
            return
        self.process.kill()
        await self.process.wait()
