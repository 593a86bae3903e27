"""Lock: one process at a time, or one for each place, which is free as soon as it is gone, however it went."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event


@contextmanager
def only_one(path: Path, given_up: Event) -> Iterator[bool]:
    """Wait until no other process is in such a block on that file; False when given up before."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as file:  # the system gives the lock back when the process ends
        yield _locked(file.fileno(), given_up)


@contextmanager
def lowest_place(folder: Path, name: str) -> Iterator[str]:
    """A name that no other process holds that is in such a block on that folder: the first of `name-1`, `name-2`..."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in count(1):
        with (folder / f"{name}-{number}.lock").open("w") as file:
            if _is_free(file.fileno()):
                yield f"{name}-{number}"
                return


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked(descriptor: int, given_up: Event) -> bool:
    while not given_up.is_set():
        if _is_free(descriptor):
            return True
        given_up.wait(0.5)
    return False
