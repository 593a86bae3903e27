"""Starting: processes of the project, as if from a shell; those of `core` without the seconds that their imports take.

They are forked from a process that has imported everything and done nothing, and go on as `python -m core` does.
"""

import multiprocessing
import os
import subprocess
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Protocol

from benchmarks.measure import ROOT

_IMPORTED = (
    "core.__main__", "core.commands.migrate", "core.commands.operating", "core.jobs.engine", "core.migration.mover",
    "core.postgres_database", "core.schedule", "core.storage.s3", "core.storage.supabase",
)  # fmt: skip
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(_IMPORTED))


class Started(Protocol):
    """A process that was begun."""

    pid: int

    @property
    def status(self) -> int | None:
        """What it has ended with; None while it lives."""
        ...

    def terminate(self) -> None: ...

    def wait(self, seconds: float) -> None:
        """Raises RuntimeError where it does not end."""
        ...


class _Forked:
    def __init__(self, process: ForkServerProcess) -> None:
        self._process, self.pid = process, process.pid or 0

    @property
    def status(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, seconds: float) -> None:
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise RuntimeError(f"{self.pid} does not end.")


class _Spawned:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process, self.pid = process, process.pid

    @property
    def status(self) -> int | None:
        return self._process.poll()

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, seconds: float) -> None:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"{self.pid} does not end.") from error


def begin(module: str, words: tuple[str, ...], environment: dict[str, str], log: Path) -> Started:
    """`python -m module words`."""
    if module == "core":
        process = _forks.Process(target=_be_core, args=(words, environment, str(log)))
        process.start()
        return _Forked(process)
    with log.open("ab") as output:
        command = [sys.executable, "-m", module, *words]
        return _Spawned(
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )
        )  # fmt: skip


def _be_core(words: tuple[str, ...], environment: dict[str, str], log: str) -> None:
    output = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(environment)
    from core.__main__ import main

    sys.exit(main(list(words)))
