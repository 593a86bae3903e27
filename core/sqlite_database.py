"""SQLite database: one file, for one machine."""

import fcntl
import os
import re
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from core.database import BUSY_SECONDS, MIGRATIONS, Database
from core.errors import DatabaseError, DiskFull, PhyghtError


class SqliteDatabase(Database):
    """One SQLite file in WAL mode. Migrations that are Postgres's alone are passed over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = str(path)
        self._turn = Lock()  #: of this process's writers; SQLite would have them sleep longer than they need to
        self._keeps_open = False
        self._idle: list[tuple[tuple[int, int], sqlite3.Connection]] = []  #: with the file that each has open

    def keep_open(self) -> None:
        self._keeps_open = True

    def migrate(self, migrations: Path = MIGRATIONS) -> None:
        with _explained(self.path):
            self._create_file()
            with _alone_in(self.path.parent), self._connected() as connection:
                connection.execute("pragma journal_mode = wal")
        with self.transaction() as connection:
            connection.execute("create table if not exists schema_migrations (name text primary key)")
            done = {row["name"] for row in connection.execute("select name from schema_migrations")}
            for file in sorted(migrations.glob("*.sql")):
                if file.name not in done and not file.stem.endswith("_postgres"):
                    _run_script(connection, file.read_text())
                    connection.execute("insert into schema_migrations values (?)", (file.name,))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with _explained(self.path), self._taking_turns(), self._connected() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # SQLite has ended it already where the disk is full
                    connection.execute("rollback")
                raise
            connection.execute("commit")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with _explained(self.path), self._connected() as connection:
            connection.execute("pragma query_only = on")
            connection.execute("begin")
            yield connection
            connection.execute("rollback")
            connection.execute("pragma query_only = off")

    def watch(self) -> "SqliteWatch":
        return SqliteWatch(self.path)

    def size_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.path.parent.glob(f"{self.path.name}*"))

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise _busy(self.path)
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        file, connection = self._idle_one() or self._opened()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if self._keeps_open:
            self._idle.append((file, connection))
        else:
            connection.close()

    def _idle_one(self) -> tuple[tuple[int, int], sqlite3.Connection] | None:
        try:
            file, connection = self._idle.pop()
        except IndexError:
            return None
        if self.path.exists() and _identity(self.path) == file:
            return file, connection
        connection.close()  # the database was deleted, or made again
        return None

    def _opened(self) -> tuple[tuple[int, int], sqlite3.Connection]:
        # mode=rw: a database that was deleted is missed, not made again without its tables
        connection = sqlite3.connect(
            _address(self.path, "rw"), uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("pragma foreign_keys = on")
            connection.execute("pragma synchronous = full")
            if not self._keeps_open:
                # KiB: what takes in 100,000 videos changes more pages than the usual 2 MB, and would read them again
                connection.execute("pragma cache_size = -32768")
            return _identity(self.path), connection
        except BaseException:
            connection.close()
            raise

    def _create_file(self) -> None:
        # before SQLite opens it, because its -wal and -shm files inherit the mode
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600)
            self.path.chmod(0o600)
        except OSError as error:
            raise DatabaseError(
                f"The database {self.path} cannot be created: {error.strerror}.",
                "Set PHYGHT_HOME to a folder that may be written.",
            ) from error


def _identity(path: Path) -> tuple[int, int]:
    """What is another one for a file that was deleted and made again."""
    stat = path.stat()
    return stat.st_dev, stat.st_ino


def _address(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One process at a time: SQLite does not wait for another that turns to WAL too, it gives up."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class SqliteWatch:
    """Tells whether a file was changed, for a twentieth of what opening it costs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)
        self._version = -1

    def changed(self) -> bool:
        try:
            return self._look()
        except (OSError, sqlite3.Error):  # whoever reads the database now is told what is wrong with it
            self._connection = None
            return True

    def _look(self) -> bool:
        file = _identity(self._path)
        if self._connection is None or file != self._file:  # deleted and made again, it is another file
            self._connection, self._file = self._open(), file
        before, self._version = self._version, self._data_version(self._connection)
        return self._version != before

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            _address(self._path, "ro"), uri=True, isolation_level=None, check_same_thread=False
        )
        weakref.finalize(self, connection.close)
        self._version = -1
        return connection

    @staticmethod
    def _data_version(connection: sqlite3.Connection) -> int:
        return connection.execute("pragma data_version").fetchone()[0]


def _run_script(connection: sqlite3.Connection, script: str) -> None:
    # executescript() would commit the transaction that holds the other migrations
    statement = ""
    for part in re.split("(?<=;)", script):
        statement += part
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    connection.execute(statement)  # nothing but comments, or a last statement without its semicolon


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # a mistake in the code: no person can do anything about it
    except sqlite3.DatabaseError as error:
        raise _explanation(path, error) from error


def _explanation(path: Path, error: sqlite3.DatabaseError) -> PhyghtError:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # without the extended part
        case sqlite3.SQLITE_FULL:
            return DiskFull(f"The disk that holds {path} is full.", "Free some space and try again.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _busy(path)
        case sqlite3.SQLITE_CONSTRAINT:
            return DatabaseError(f"The database {path} refused a change: {error}.", "Nothing was changed.")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DatabaseError(f"The database {path} is damaged: {error}.", "Restore it from a backup.")
        case _:
            return DatabaseError(
                f"The database {path} cannot be used: {error}.", "Check that its folder is there and may be written."
            )


def _busy(path: Path) -> DatabaseError:
    return DatabaseError(f"Another process holds the database {path}.", "Try again in a minute.")
