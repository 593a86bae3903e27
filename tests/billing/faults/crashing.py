"""Crashing: kill an ingestion before each of its effects on the world in turn, and see that the next one puts it right.

    python -m tests.billing.faults.crashing HOME SOURCE

HOME holds a bill of 7 USD, SOURCE restates it to 9 USD. Prints how many times it was killed; fails where anything is
lost, doubled or left behind. A process of its own, because it forks and DuckDB's threads do not survive that.
"""

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from core.segments import collect_orphans
from core.settings import load_settings
from tests.billing.store import Store

OLD, NEW = Decimal(7), Decimal(9)
_ON_FILES = {"fsync", "rename", "mkdir", "utime", "symlink", "unlink", "rmdir"}


def changes_the_world(frame: FrameType, called: Any) -> bool:
    if called.__name__ == "execute":
        # of SQLite's statements, those within a transaction write; of DuckDB's, only COPY
        return in_transaction(called.__self__) or frame.f_code.co_name == "_copy"
    return called.__name__ in _ON_FILES


def die_before(effect: int, counts: Callable[[FrameType, Any], bool] = changes_the_world) -> None:
    """From here on, this process is killed before its n-th change of a file or the database."""
    left = effect

    def watch(frame: FrameType, event: str, called: Any) -> None:
        nonlocal left
        if event == "c_call" and counts(frame, called):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def in_transaction(database: Any) -> bool:
    connection = database.connection if isinstance(database, sqlite3.Cursor) else database
    return isinstance(connection, sqlite3.Connection) and connection.in_transaction


def killed(work: Callable[[], object]) -> bool:
    """Do it in a process of its own; whether that was killed. It must not fail otherwise."""
    child = os.fork()
    if child == 0:
        work()
        sys.stdout.flush()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        sys.exit(f"it failed with {os.WEXITSTATUS(status)}")
    return os.WIFSIGNALED(status)


def ingest_and_die(home: Path, source: str, effect: int) -> None:
    store = Store.fresh(home, load_settings())
    die_before(effect)
    store.ingest(source)
    sys.setprofile(None)


def recover(home: Path, source: str) -> None:
    """What a reader sees after the crash, and what the next ingestion comes to."""
    store = Store.fresh(home, load_settings())
    assert store.total() in (OLD, NEW), store.total()
    assert store.ingest(source).refused == ()
    assert store.total() == NEW, store.total()
    assert store.costs("resource") == {"videos": NEW}
    check_nothing_is_doubled(store)
    check_nothing_is_left(store, home)


def check_nothing_is_doubled(store: Store) -> None:
    with store.database.reading() as connection:
        loads = connection.execute("select execution, count(*) from deliveries group by execution").fetchall()
    assert sorted(map(tuple, loads)) == [("a", 1), ("b", 1)], list(map(tuple, loads))


def check_nothing_is_left(store: Store, home: Path) -> None:
    collect_orphans(store.warehouse.folder, store.database, datetime.now(UTC) + timedelta(hours=2))
    current = {file.parent.name for file in store.warehouse.segment_files()}
    assert {folder.name for folder in store.warehouse.folder.iterdir()} == current
    assert list((home / "scratch").iterdir()) == []


def crash_and_recover(base: Path, source: str, effect: int) -> bool:
    """Whether there is an n-th effect to be killed before."""
    home = base.with_name("crashed")
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(base, home)
    if not killed(lambda: ingest_and_die(home, source, effect)):
        return False
    if killed(lambda: recover(home, source)):
        sys.exit(f"the ingestion after crash {effect} was killed")
    return True


def main(base: Path, source: str) -> int:
    return next(effect for effect in count(1) if not crash_and_recover(base, source, effect)) - 1


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]), sys.argv[2])}\n")
