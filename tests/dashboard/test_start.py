"""Start: it says where it is, how to get in the first time, and in one line what is wrong."""

import fcntl
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.start import make_ready, url
from tests.environment import ROOT, environment
from tests.jobs.waiting import LONGEST_S, wait_until
from tests.support.ports import free_port

PYTHON_M = (sys.executable, "-m", "dashboard")
STREAMLIT_RUN = (sys.executable, "-m", "streamlit", "run", "dashboard/app.py")
Start = Callable[..., tuple[subprocess.Popen[str], Callable[[], str]]]


@pytest.fixture
def port() -> str:
    return str(free_port())


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a dashboard; gives the process, and what it has printed so far."""
    started = []

    def dashboard(*command: str, **settings: str) -> tuple[subprocess.Popen[str], Callable[[], str]]:
        output = tmp_path / f"output-{len(started)}"
        with output.open("w") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(tmp_path / "home", **settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        started.append(process)
        return process, output.read_text

    yield dashboard
    for process in started:
        process.kill()
        process.wait(timeout=LONGEST_S)


@pytest.mark.parametrize(
    ("command", "settings", "reason"),
    [
        (PYTHON_M, {"PHYGHT_SESSION_HOURS": "many"}, "PHYGHT_SESSION_HOURS should be a valid integer"),
        (PYTHON_M, {"PHYGHT_DEMOS": "on"}, "PHYGHT_DEMOS is no setting. Did you mean PHYGHT_DEMO?"),
        (STREAMLIT_RUN, {"PHYGHT_SESSION_HOURS": "many"}, "PHYGHT_SESSION_HOURS should be a valid integer"),
    ],
    ids=["wrong value", "wrong name", "streamlit run"],
)
def test_a_wrong_setting_is_one_line_and_status_2(start, port, command, settings, reason):
    more = ("--server.port", port, "--logger.hideWelcomeMessage", "true") if command is STREAMLIT_RUN else ()

    process, output = start(*command, *more, **settings)

    assert process.wait(timeout=LONGEST_S) == 2
    assert output().startswith(reason)
    assert output().count("\n") == 1


def test_a_database_that_cannot_be_opened_is_one_line_too(start, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "phyght.db").write_bytes(b"this is no database" * 100)

    process, output = start(*PYTHON_M, PHYGHT_DEMO="off")

    assert process.wait(timeout=LONGEST_S) == 2
    assert output().startswith(f"The database {home / 'phyght.db'} ")
    assert output().count("\n") == 1


def test_the_first_start_tells_the_administrators_password_and_no_later_one_does(start, port):
    first, output = start(*PYTHON_M, PHYGHT_DEMO="off", PHYGHT_PORT=port)
    wait_until(lambda: "users reset-password" in output(), "the password printed", output)
    told = output().splitlines()
    first.send_signal(signal.SIGTERM)
    first.wait(timeout=LONGEST_S)

    _second, output = start(*PYTHON_M, PHYGHT_DEMO="off", PHYGHT_PORT=port)
    wait_until(lambda: "Phyght" in output(), "the second dashboard started", output)

    assert told[0] == f"Phyght Cloud Storage is at http://127.0.0.1:{port}"
    assert told[1] == "Sign in as admin with this one-time password; it is shown only now:"
    assert len(told[3].strip()) == 23
    assert output().splitlines() == told[:1]


def test_the_demo_on_this_machine_needs_no_password(start, port):
    _process, output = start(*PYTHON_M, PHYGHT_DEMO="on", PHYGHT_PORT=port)

    wait_until(lambda: "Phyght" in output(), "the dashboard started", output)
    assert output().splitlines() == [f"Phyght Cloud Storage is at http://127.0.0.1:{port}"]


def test_a_demo_that_others_can_reach_needs_one(start, port):
    _process, output = start(*PYTHON_M, PHYGHT_DEMO="on", PHYGHT_HOST="0.0.0.0", PHYGHT_PORT=port)

    wait_until(lambda: "one-time password" in output(), "the password printed", output)
    assert output().splitlines()[0] == f"Phyght Cloud Storage is at http://localhost:{port}"


def test_streamlit_run_says_that_it_has_an_address_of_its_own(start, port):
    _process, output = start(*STREAMLIT_RUN, "--server.port", port, PHYGHT_DEMO="on", PHYGHT_PORT="9999")

    wait_until(lambda: "python -m dashboard" in output(), "the note printed", output)
    assert f"http://127.0.0.1:{port}" in output()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_when_the_dashboard_ends_so_does_its_worker(start, port, tmp_path, end):
    process, output = start(*PYTHON_M, PHYGHT_DEMO="off", PHYGHT_PORT=port)
    lock = tmp_path / "home" / "worker.lock"
    wait_until(lambda: lock.exists() and _is_locked(lock), "the worker at work", output)

    os.kill(process.pid, end)

    assert process.wait(timeout=LONGEST_S) in (0, -end)
    wait_until(lambda: not _is_locked(lock), "the worker gone", output)
    assert "Traceback" not in output()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8501"),
        ("0.0.0.0", "http://localhost:8501"),
        ("::", "http://localhost:8501"),
        ("::1", "http://[::1]:8501"),
        ("costs.example.com", "http://costs.example.com:8501"),
    ],
)
def test_the_address_is_one_that_a_browser_takes(address, shown):
    assert url(address, 8501) == shown


def _is_locked(lock: Path) -> bool:
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_nothing_that_pages_are_made_of_is_gone_through_after_each_click():
    try:
        make_ready()
        left = len(gc.get_objects())
        spared = gc.get_freeze_count()
    finally:
        gc.unfreeze()

    assert "dashboard.performance_page" in sys.modules
    assert spared > 100_000
    assert left < spared / 20
