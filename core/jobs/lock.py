"""Lock: one process at a time, and the next one as soon as it is gone, however it went."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event


@contextmanager
def only_one(path: Path, given_up: Event) -> Iterator[bool]:
    """Wait until no other process is in such a block on that file; False when given up before."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as file:  # the system gives the lock back when the process ends
        yield _locked(file.fileno(), given_up)


def _locked(descriptor: int, given_up: Event) -> bool:
    while not given_up.is_set():
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            given_up.wait(0.5)
    return False
