"""Database: what was decided, in SQLite or Postgres, defined by supabase/migrations."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol, cast

import aiosql
from aiosql.adapters.generic import GenericAdapter
from aiosql.adapters.pyformat import PyFormatAdapter
from aiosql.adapters.sqlite3 import SQLite3Adapter

MIGRATIONS = Path(__file__).parent.parent / "supabase" / "migrations"
#: How long a writer waits for the one before it.
BUSY_SECONDS = 30


class Row(Protocol):
    """One row of an answer: its values by name or by number, in the order in which they were asked for."""

    def __getitem__(self, key: int | str, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def keys(self) -> list[str]: ...


class Connection(Protocol):
    """What named queries are asked on; the statement's own parameters are written as its database has them."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Any: ...


class Watch(Protocol):
    """Tells whether a database was changed, for a part of what opening it costs. One thread at a time."""

    def changed(self) -> bool:
        """Whether anything was committed since the last call; at the first one, and while it cannot be told, it was."""
        ...


class Database(ABC):
    """Any number of readers beside one writer at a time.

    What goes wrong in it is raised as DatabaseError or DiskFull, by every method.
    """

    #: What sentences call it; never with a password.
    place: str

    @property
    def url(self) -> str | None:
        """Its address for every machine, with its password; None: it is a file of this one."""
        return None

    def keep_open(self) -> None:  # noqa: B027 - nothing to do where connections are kept anyway
        """Use connections again from now on: for a process that asks all the time."""

    @abstractmethod
    def migrate(self, migrations: Path = MIGRATIONS) -> None:
        """Bring the tables up to date, all of it or nothing; safe when several processes start at once."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Connection]:
        """A connection that may write; all of it is kept, or nothing. Nobody else writes meanwhile."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that sees one state of the database, from its first question on."""

    @abstractmethod
    def watch(self) -> Watch:
        """What tells whether anything was changed."""

    @abstractmethod
    def size_bytes(self) -> int:
        """How much room it takes, as far as it can be told."""


class _Values:
    """aiosql's answer of one value (`$`), which it knows of tuples only."""

    def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        row = cast(GenericAdapter, self).select_one(conn, query_name, sql, parameters)
        return None if row is None else row[0]


class _Sqlite(_Values, SQLite3Adapter): ...


class _Postgres(_Values, PyFormatAdapter): ...


class _NamedQueries:
    """The queries of a file as functions, each of which takes a connection to either kind of database first."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._of_sqlite: Any = aiosql.from_path(file, _Sqlite)

    @cached_property
    def _of_postgres(self) -> Any:
        return aiosql.from_path(self._file, _Postgres)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        getattr(self._of_sqlite, name)  # a query that is not in the file is missed here

        def ask(connection: object, *rows: object, **parameters: object) -> Any:
            known = self._of_sqlite if isinstance(connection, sqlite3.Connection) else self._of_postgres
            return getattr(known, name)(connection, *rows, **parameters)

        return ask


def named_queries(module_file: str, name: str = "queries.sql") -> Any:
    """The named queries of that file beside the module, for both databases; rows come out as Row."""
    return _named_queries(Path(module_file).with_name(name))


@cache
def _named_queries(file: Path) -> _NamedQueries:
    """Reading one takes milliseconds, and several modules may use it."""
    return _NamedQueries(file)
