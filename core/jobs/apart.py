"""Apart: what takes much memory is done in a process of its own, which gives all of it back."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from threading import Thread
from typing import ParamSpec, TypeVar

_LOOKS_EVERY_S = 0.5
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def apart(do: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
    """What a function of a module returns or raises; its process ends with this one, however that goes."""
    new = get_context("spawn")  # a fork would have our memory, and the locks of our threads
    with ProcessPoolExecutor(1, new, _end_with, (os.getpid(),)) as process:
        return process.submit(do, *args, **kwargs).result()


def _end_with(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the parent's to stop
    Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS_EVERY_S)
    os._exit(1)
