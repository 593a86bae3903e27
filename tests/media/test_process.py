"""Process: a program on somebody's file stays within its limits, and does not outlive whoever asked for it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.media.process import Limits, Stopped, TooLong, lines_of
from core.units import GIB, MIB
from tests.jobs.waiting import wait_until

LIMITS = Limits(cpu_s=60, memory_bytes=4 * GIB, file_bytes=MIB, silent_s=120, nice=3)


def python(code: str, folder: Path, limits: Limits = LIMITS, cancelled: Callable[[], bool] = lambda: False) -> list:
    return list(lines_of([sys.executable, "-c", code], limits, folder, cancelled))


def test_what_it_prints_on_either_output_comes_line_by_line_and_then_its_status(tmp_path):
    code = "import sys; print('one', flush=True); print('two', file=sys.stderr, flush=True); print('three', end='')"

    assert python(code, tmp_path) == ["one", "two", "three", 0]
    assert python("raise SystemExit(3)", tmp_path) == [3]
    assert python("print('x' * 5000)", tmp_path) == ["x" * 2000, 0]
    assert python(r"import os; os.write(1, b'\xff\n')", tmp_path) == ["\ufffd", 0]


def test_it_works_in_its_folder_stands_back_and_is_asked_nothing(tmp_path):
    code = "import os, sys; print(os.getcwd()); print(os.nice(0)); print(repr(sys.stdin.read()))"

    nice = os.nice(0)
    assert python(code, tmp_path) == [str(tmp_path), str(nice + 3), "''", 0]


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        pytest.param("while True: pass", 128 + signal.SIGXCPU, id="time"),
        pytest.param("open('big', 'wb').write(bytes(2**21))", 1, id="a large file"),
        pytest.param("bytes(2**33)", 1, id="memory"),
        pytest.param("import os; os.abort()", 128 + signal.SIGABRT, id="a crash"),
    ],
)
def test_a_program_that_takes_too_much_is_ended(tmp_path, code, ends):
    *_, status = python(code, tmp_path, replace(LIMITS, cpu_s=1))

    assert status in (ends, 128 + signal.SIGKILL)


def test_one_that_says_nothing_for_too_long_is_ended(tmp_path):
    with pytest.raises(TooLong):
        python("import threading; threading.Event().wait(100)", tmp_path, replace(LIMITS, silent_s=0))


WITH_CHILD = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait(200)"])
open("pids", "w").write(f"{os.getpid()} {child.pid}")
print("ready", flush=True)
child.wait()
"""


def test_cancelled_it_is_gone_with_all_that_it_started(tmp_path):
    heard = []
    with pytest.raises(Stopped):
        for line in lines_of([sys.executable, "-c", WITH_CHILD], LIMITS, tmp_path, lambda: bool(heard)):
            heard.append(line)

    for process in map(int, (tmp_path / "pids").read_text().split()):
        wait_until(lambda process=process: not runs(process), "the process gone")


def test_it_is_gone_when_nobody_listens_any_more(tmp_path):
    lines = lines_of([sys.executable, "-c", WITH_CHILD], LIMITS, tmp_path)
    assert next(lines) == "ready"

    lines.close()  # pyright: ignore[reportAttributeAccessIssue]

    wait_until(lambda: not runs(int((tmp_path / "pids").read_text().split()[0])), "the program gone")


ASKER = """
import sys
from pathlib import Path
from tests.media.test_process import LIMITS, WAITS
from core.media.process import lines_of
for line in lines_of([sys.executable, "-c", WAITS], LIMITS, Path(sys.argv[1])):
    print(line, flush=True)
"""
WAITS = "import os, threading; print(os.getpid(), flush=True); threading.Event().wait(200)"


def test_it_does_not_outlive_whoever_asked_for_it_however_that_ends(tmp_path):
    asker = subprocess.Popen([sys.executable, "-c", ASKER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert asker.stdout
    program = int(asker.stdout.readline())

    asker.send_signal(signal.SIGKILL)
    asker.communicate(timeout=60)

    wait_until(lambda: not runs(program), "the program gone")


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
