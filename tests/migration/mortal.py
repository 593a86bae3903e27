"""Mortal: a process that is killed before or after one of its effects; nothing of it acts afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from core.database import Database
from core.sqlite_database import SqliteDatabase
from tests.uploads.faults import Faulty, Killed

_CALLS = (
    "head", "read", "write", "delete", "start_upload", "write_part", "parts", "complete_upload", "abort_upload",
)  # fmt: skip


class Life:
    """Counts the points that a process comes past, and ends at one of them."""

    def __init__(self, ends_at: int | None = None) -> None:
        self.passed = 0
        self.at = ""  #: where it ended
        self._ends_at, self._lock = ends_at, Lock()

    @property
    def over(self) -> bool:
        return bool(self.at)

    def point(self, where: str) -> None:
        with self._lock:
            self.passed += 1
            if not self.at and self.passed == self._ends_at:
                self.at = where
        if self.at:
            raise Killed


def mortal(provider: Faulty, life: Life) -> Faulty:
    """The same folder for a process that lives so long."""
    mortal = Faulty(provider.folder, b"secret" * 6, provider._clock, name=provider.name)
    mortal.before, mortal.after = provider.before, provider.after
    for call in _CALLS:
        setattr(mortal, call, _around(getattr(mortal, call), f"{provider.name} {call}", life))
    return mortal


def _around(call: Any, where: str, life: Life) -> Any:
    def around(*arguments: Any, **named: Any) -> Any:
        life.point(f"before {where}")
        result = call(*arguments, **named)
        life.point(f"after {where}")
        return result

    return around


class MortalDatabase(SqliteDatabase):
    """The same database for a process that lives so long."""

    def __init__(self, database: Database, life: Life) -> None:
        assert isinstance(database, SqliteDatabase)
        super().__init__(database.path)
        self._life = life

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        self._life.point("before a transaction")
        with super().transaction() as connection:
            yield connection
            self._life.point("before a commit")
        self._life.point("after a commit")
