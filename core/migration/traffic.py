"""Traffic: how many bytes a worker holds in memory, and how many it moves in a second, whatever it moves at once."""

import ctypes
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition, Lock

from core.units import KIB, MIB

#: What is larger is copied in parts of this size, or of a larger one where there would be too many.
PART_BYTES = 8 * MIB
#: How much lies in memory on its way, of all videos together.
HELD_BYTES = 4 * PART_BYTES
#: How long somebody sleeps who moves too fast, before it is asked again how fast that is.
_NAP_S = 0.25
#: Of glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
#: What is larger goes back as soon as it is freed; pieces of parts are smaller.
_MALLOC = {_M_MMAP_THRESHOLD: 512 * KIB, _M_TRIM_THRESHOLD: 2 * MIB, _M_ARENA_MAX: 2}


class Traffic:
    """One for each worker process."""

    def __init__(
        self,
        held_bytes: int = HELD_BYTES,
        part_bytes: int = PART_BYTES,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._held_bytes = held_bytes
        self._free_bytes = held_bytes
        self._changed = Condition()
        self._sleep = sleep
        self._pacing = Lock()
        self._saved_bytes, self._saved_at = 0.0, time.monotonic()  #: that may pass at once; below zero: a debt
        #: Parts of large objects travel here.
        self.pool = ThreadPoolExecutor(max(held_bytes // part_bytes, 1), thread_name_prefix="part")

    @contextmanager
    def holding(self, size_bytes: int) -> Iterator[None]:
        """Wait until there is room for that many bytes; more than there is at all are let in alone."""
        wanted = min(size_bytes, self._held_bytes)
        self.take(wanted)
        try:
            yield
        finally:
            self.give_back(wanted)

    def take(self, size_bytes: int) -> None:
        """Like holding, where it is given back by somebody else."""
        wanted = min(size_bytes, self._held_bytes)
        with self._changed:
            self._changed.wait_for(lambda: self._free_bytes >= wanted)
            self._free_bytes -= wanted

    def give_back(self, size_bytes: int) -> None:
        with self._changed:
            self._free_bytes += min(size_bytes, self._held_bytes)
            self._changed.notify_all()

    def pace(self, size_bytes: int, rate: Callable[[], int | None], stopped: Callable[[], bool]) -> None:
        """Let so many bytes pass as soon as that many bytes a second allow; None: at once.

        The rate is asked again and again, so that another one holds from now on.
        """
        while (limit := rate()) is not None and not stopped():
            if (pause := self._until_turn(size_bytes, limit)) <= 0:
                return
            self._sleep(min(pause, _NAP_S))

    def _until_turn(self, size_bytes: int, limit: int) -> float:
        """How long it still takes at that rate; 0 where the bytes pass, and the next ones wait until they are paid."""
        with self._pacing:
            now = time.monotonic()
            saved = self._saved_bytes + (now - self._saved_at) * limit
            self._saved_bytes, self._saved_at = min(saved, limit * _NAP_S), now
            if self._saved_bytes < 0:
                return -self._saved_bytes / limit
            self._saved_bytes -= size_bytes
            return 0.0


def give_back_freed_memory() -> None:
    """Have the system's allocator give parts back as soon as they are freed, and pieces of them used again.

    glibc's would keep some for each thread, and have the system clear a page anew for every piece.
    """
    allocator = ctypes.CDLL(None)
    if hasattr(allocator, "mallopt"):
        for option, value in _MALLOC.items():
            allocator.mallopt(option, value)
