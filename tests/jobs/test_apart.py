"""Apart: a function's answer or error comes back from a process of its own, which ends with the one that asked."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from core.errors import SourceUnreachable
from core.jobs.apart import apart
from tests.jobs.waiting import LONGEST_S, wait_until

_ASKS = (
    "import sys; from core.jobs.apart import apart; from tests.jobs.test_apart import waits; apart(waits, sys.argv[1])"
)


def process() -> int:
    return os.getpid()


def out_of_reach(folder: str) -> None:
    raise SourceUnreachable(f"There is no folder {folder}.", "Check it.")


def waits(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    Event().wait(LONGEST_S)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or ") Z " not in Path(f"/proc/{pid}/stat").read_text()


def test_it_is_another_process():
    assert apart(process) != os.getpid()


def test_its_error_is_told_in_the_same_words():
    with pytest.raises(SourceUnreachable) as told:
        apart(out_of_reach, "/exports")

    assert (told.value.message, told.value.advice) == ("There is no folder /exports.", "Check it.")


def test_it_ends_with_whoever_asked(tmp_path):
    note = tmp_path / "pid"
    asks = subprocess.Popen([sys.executable, "-c", _ASKS, str(note)])
    wait_until(lambda: note.exists() and note.read_text(), "begun")

    asks.send_signal(signal.SIGKILL)
    asks.wait(LONGEST_S)

    wait_until(lambda: not is_alive(int(note.read_text())), "its process gone")
