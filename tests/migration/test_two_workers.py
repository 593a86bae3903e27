"""Two workers that move videos on one Postgres: one is killed inside a copy, and the other brings it all to its end."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.migration.state import State
from tests.environment import environment
from tests.jobs.waiting import LONGEST_S, wait_until
from tests.migration.place import OLGA, content
from tests.migration.worker import PART, Live, open_live
from tests.support.local_files import orphans
from tests.support.postgres import Server

VIDEOS = 40
#: Each fifth comes in several parts, and none is like another.
BYTES = {
    f"fight-{number}": content(3 * PART + number if number % 5 == 0 else 500 + number, number)
    for number in range(VIDEOS)
}
#: Bytes a second that each worker moves: the first large ones take them about two seconds.
SLOW = "100K"
_HAS = """
from migration_videos v join workers w on w.process = {0}
join phyght_jobs.workflow_status s
on s.workflow_uuid = v.request and s.executor_id = w.id and s.status = 'PENDING'
"""
#: Videos that a worker has begun, some but not all of whose parts have arrived.
INSIDE = f"""
select v.video_id {_HAS} where v.state = 'copying'
and (select count(*) from migration_parts p where p.video_id = v.video_id) between 1 and 3
"""
Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def place(postgres: Server, tmp_path: Path) -> Iterator[Live]:
    with postgres.another("tables") as url:
        place = open_live(tmp_path / "home", url)
        for id, bytes_ in BYTES.items():
            place.video(id, bytes_)
        place.plan(*BYTES)
        place.migrations.set_timetable(OLGA, "move", SLOW, place.clock())
        yield place


@pytest.fixture
def start(place: Live) -> Iterator[Start]:
    """Starts another worker."""
    started: list[subprocess.Popen[str]] = []

    def worker() -> "subprocess.Popen[str]":
        words = [sys.executable, "-m", "tests.migration.worker", str(place.home), str(place.database.url)]
        started.append(subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment(place.home)))
        return started[-1]

    yield worker
    for process in started:
        process.kill()
        process.communicate(timeout=LONGEST_S)


def asked(place: Live, sql: str) -> list[str]:
    with place.database.reading() as connection:
        return [row[0] for row in connection.execute(sql)]


def is_inside(place: Live, worker: "subprocess.Popen[str]") -> bool:
    """Stop it, and look whether it is inside a copy; elsewhere it goes on."""
    worker.send_signal(signal.SIGSTOP)
    if asked(place, INSIDE.format(worker.pid)):
        return True
    worker.send_signal(signal.SIGCONT)
    return False


def test_what_a_killed_worker_was_copying_is_finished_by_the_other_and_each_is_moved_once(place, start):
    workers = [start(), start()]
    wait_until(lambda: len(asked(place, "select id from workers")) == 2, "both alive")
    wait_until(lambda: asked(place, "select to_regclass('phyght_jobs.workflow_status')::text") != [None], "tables made")
    place.migrations.start(OLGA, "move", place.clock())
    wait_until(lambda: asked(place, f"select v.video_id {_HAS.format(workers[1].pid)}"), "the second at work, too")
    wait_until(lambda: is_inside(place, workers[0]), "the first inside a copy")
    torn = asked(place, INSIDE.format(workers[0].pid))
    workers[0].kill()
    workers[0].wait(LONGEST_S)
    place.migrations.set_timetable(OLGA, "move", "", place.clock())

    wait_until(lambda: set(place.states().values()) == {State.DONE}, "all moved", lambda: f"{place.states()}")
    wait_until(lambda: asked(place, "select id from requests") == [], "nothing asked for any more")

    assert torn
    by_the_other = f"select v.video_id {_HAS.format(workers[1].pid)}".replace("PENDING", "SUCCESS")
    assert set(torn) <= set(asked(place, by_the_other))
    for id, meant in BYTES.items():
        there = place.at_target(f"fights/{id}/original.mp4")
        assert hashlib.sha256(there).digest() == hashlib.sha256(meant).digest(), id
        assert place.events(id).count("cut over") == 1, id
        assert place.served(id) == "s3"
    assert place.audited("cut over") == sorted(BYTES)
    assert (place.unfinished(), orphans(place.target.folder)) == ([], [])
    assert len(place.keys(place.target)) == VIDEOS
    # the sweep for lost requests has run each second, and asked for nothing that a worker had
    assert asked(place, "select count(*) from phyght_jobs.workflow_status where queue_name = 'migrate'") == [VIDEOS]
    assert workers[1].poll() is None
