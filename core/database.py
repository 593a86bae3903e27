"""Database: what was decided, in SQLite, defined by supabase/migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosql

from core.errors import DatabaseError, DiskFull

MIGRATIONS = Path(__file__).parent.parent / "supabase" / "migrations"
BUSY_SECONDS = 30


def named_queries(module_file: str) -> Any:
    """The named queries of `queries.sql` beside the module; rows come out as sqlite3.Row."""
    return aiosql.from_path(Path(module_file).with_name("queries.sql"), "sqlite3")


class Database:
    """One SQLite file in WAL mode: any number of readers beside one writer at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def migrate(self) -> None:
        """Bring the tables up to date; safe when several processes start at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _explained(self.path), self._connected() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute("begin immediate")
            connection.execute("create table if not exists schema_migrations (name text primary key)")
            done = {row["name"] for row in connection.execute("select name from schema_migrations")}
            for file in sorted(MIGRATIONS.glob("*.sql")):
                if file.name not in done and not file.stem.endswith("_postgres"):
                    _run_script(connection, file.read_text())
                    connection.execute("insert into schema_migrations values (?)", (file.name,))
            connection.execute("commit")
        self.path.chmod(0o600)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection that may write; all of it is kept, or nothing."""
        with _explained(self.path), self._connected() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the database for as long as it is open."""
        with _explained(self.path), self._connected() as connection:
            connection.execute("pragma query_only = on")
            connection.execute("begin")
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("pragma foreign_keys = on")
            connection.execute("pragma synchronous = full")
            yield connection
        finally:
            connection.close()


def _run_script(connection: sqlite3.Connection, script: str) -> None:
    # executescript() would commit the transaction that holds the other migrations
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
            raise DiskFull(f"The disk that holds {path} is full.", "Free some space and try again.") from error
        raise DatabaseError(f"The database {path} cannot be used: {error}.", _advice(error)) from error
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"The database {path} cannot be used: {error}.", _advice(error)) from error


def _advice(error: sqlite3.DatabaseError) -> str:
    if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
        return "Another process holds it; try again in a minute."
    return "Check that the folder is there, may be written and has space; restore the file from a backup if it is damaged."
