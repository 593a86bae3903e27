"""The machine: a full disk and a database that somebody else holds stop a move for as long as they last, no longer."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from core import sqlite_database
from core.errors import DatabaseError, DiskFull
from core.migration.state import State
from core.units import MIB
from tests.migration.place import PART, Place, content
from tests.support.limits import largest_file
from tests.support.local_files import orphans

KEY = "fights/rivera/original.mp4"
LARGE = content(3 * PART + 7)
_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
"""


class Holder:
    """Another process that holds the database."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._process: subprocess.Popen[str] | None = None

    def hold(self) -> None:
        command = [sys.executable, "-c", _HOLD, str(self._place.home / "phyght.db")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        assert self._process.stdout.readline() == "held\n"

    def let_go(self) -> None:
        if self._process:
            self._process.communicate("")
            self._process = None


@pytest.fixture
def holder(place: Place) -> Iterator[Holder]:
    holder = Holder(place)
    yield holder
    holder.let_go()


def started(place: Place, bytes_: bytes = LARGE) -> Place:
    place.video("rivera", bytes_)
    place.plan("rivera")
    place.start()
    return place


def go_on(place: Place) -> None:
    """What the next look does: what was cut off is done again, and what was lost is asked for again."""
    place.requests.hand_over_again(*place.requests.at_the_store())
    place.migrations.ask_again(place.now)
    place.work()


def assert_right(place: Place, meant: bytes = LARGE) -> None:
    assert place.states() == {"rivera": State.DONE}
    assert hashlib.sha256(place.at_target(KEY)).digest() == hashlib.sha256(meant).digest()
    assert place.events("rivera").count("cut over") == 1
    assert place.audited("cut over") == ["rivera"]
    assert (place.unfinished(), orphans(place.target.folder)) == ([], [])


@pytest.mark.parametrize("parts", [1, 2])
def test_a_disk_that_is_full_at_the_target_is_told_and_leaves_nothing_behind(place, parts):
    place.part_bytes = 3 * MIB
    place.open()
    film = content(16 * 1024) * (192 * parts)  # each part is larger than a file may be, and the database is not
    started(place, film)

    with largest_file(2 * MIB):
        place.work_once()

    assert place.item("rivera").state is State.WAITING
    assert place.item("rivera").problem.endswith("is full.")
    assert orphans(place.target.folder) == []
    place.pass_time(minutes=1)
    place.work()
    assert_right(place, film)


@pytest.mark.parametrize("call", ["start", "write", "complete"])
def test_a_disk_that_is_full_below_the_database_stops_a_move_only_for_as_long(place, call):
    started(place)
    full = ExitStack()
    place.target.before[call].append(lambda: full.enter_context(largest_file(PART)))

    with full, pytest.raises((DatabaseError, DiskFull)):
        place.work_once()

    assert place.served("rivera") == "supabase"
    go_on(place)
    assert_right(place)


@pytest.mark.parametrize("call", ["start", "write", "complete"])
def test_a_database_that_another_process_holds_stops_a_move_only_for_as_long(place, holder, call, monkeypatch):
    monkeypatch.setattr(sqlite_database, "BUSY_SECONDS", 0.5)
    started(place)
    place.target.before[call].append(holder.hold)

    with pytest.raises(DatabaseError, match="Another process holds the database"):
        place.work_once()

    holder.let_go()
    assert place.served("rivera") == "supabase"
    go_on(place)
    assert_right(place)


def test_a_request_that_was_given_up_because_the_database_was_held_is_asked_for_again(place, holder, monkeypatch):
    monkeypatch.setattr(sqlite_database, "BUSY_SECONDS", 0.5)
    started(place)
    place.target.before["write"].append(holder.hold)
    with pytest.raises(DatabaseError):
        place.work_once()
    holder.let_go()
    with place.database.transaction() as connection:
        connection.execute("delete from requests")  # as after a minute of patience

    place.work()
    assert place.states() == {"rivera": State.COPYING}

    place.migrations.ask_again(place.now)
    place.work()
    assert_right(place)
