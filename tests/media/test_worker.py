"""The worker packages what was asked for, and the next one goes on where a killed one was."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.media.ladder import Ladder
from core.media.packagings import State
from core.settings import Settings
from tests.environment import ROOT, environment
from tests.jobs.waiting import wait_until
from tests.media.platform import OPERATOR, VIDEO, Place
from tests.media.test_resume import using


@pytest.fixture
def place(tmp_path: Path, settings: Settings, clips) -> Place:
    place = Place(tmp_path / "place", settings)
    place.add(clips("long.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)
    return place


@pytest.fixture
def start(place: Place) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker; all are ended in the end."""
    started: list[subprocess.Popen[bytes]] = []

    def worker() -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "core", "work"]
        started.append(subprocess.Popen(words, cwd=ROOT, env=environment(place.home, PHYGHT_DEMO="off")))
        return started[-1]

    yield worker
    for process in started:
        process.kill()
        process.wait(timeout=60)


def is_encoding(place: Place) -> bool:
    return (place.home / "packaging" / VIDEO / "work" / "234p.mp4").exists()


def test_a_killed_worker_leaves_no_encoder_and_the_next_one_goes_on(place, start):
    worker = start()
    wait_until(lambda: is_encoding(place), "the encoder at work")

    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=60)
    wait_until(lambda: not using(place.home / "packaging" / VIDEO / "work"), "the encoder gone")
    assert place.packaging().state is State.WORKING
    start()

    wait_until(lambda: place.packaging().state is State.DONE, "packaged")
    assert place.packaging().attempts == 2
    assert place.stored() == {each.key for each in place.objects().values()}


def test_what_somebody_cancels_stops_at_once(place, start):
    start()
    wait_until(lambda: is_encoding(place), "the encoder at work")

    place.media.cancel(OPERATOR, place.catalog.video(VIDEO))

    wait_until(lambda: place.packaging().state is State.CANCELLED, "cancelled")
    assert place.objects().keys() == {"original", "poster", "storyboard", "storyboard.vtt"}
    wait_until(lambda: not using(place.home / "packaging" / VIDEO / "work"), "the encoder gone")
