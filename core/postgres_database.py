"""Postgres database: one for any number of machines."""

import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import errors
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumper

from core.database import BUSY_SECONDS, MIGRATIONS, Connection, Database
from core.errors import DatabaseError, DiskFull, PhyghtError

#: Of its own, as an application beside us may have a table `videos` too, and Supabase's REST API serves `public`.
SCHEMA = "phyght"
#: How long a writer may do nothing: less than the next one waits.
FROZEN_SECONDS = BUSY_SECONDS / 2
#: How a transaction begins: one text, so that it is one journey to the server.
_READ = f"begin isolation level repeatable read read only; set local search_path = {SCHEMA}".encode()
#: Run after each change of the tables.
_EVERY_TABLE = Path(__file__).with_suffix(".sql").read_text()
#: A session that has nothing to do is kept for the next question, as signing in costs several journeys.
_KEPT_SESSIONS = 4
#: How soon a server that fell silent is missed.
_PATIENCE = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


class PostgresDatabase(Database):
    """A schema of a Postgres. Migrations that are SQLite's alone are passed over.

    There is one writer at a time here too, on all machines together: transaction() takes an advisory lock. So what
    reads and then writes is right as it is on SQLite, and no transaction has to be repeated. Each statement in it
    sees all that earlier writers have left.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.place = _place(url)
        self._idle: deque[psycopg.Connection[_Row]] = deque()
        weakref.finalize(self, _close_all, self._idle)

    @property
    def url(self) -> str:
        return self._url

    def migrate(self, migrations: Path = MIGRATIONS) -> None:
        with self.transaction() as connection:
            connection.execute(f"create schema if not exists {SCHEMA}")
            connection.execute("create table if not exists schema_migrations (name text primary key)")
            done = {row["name"] for row in connection.execute("select name from schema_migrations")}
            files = [file for file in sorted(migrations.glob("*.sql")) if not file.name.startswith("sqlite_")]
            new = [file for file in files if file.name not in done]
            for file in new:
                connection.execute(file.read_text())
                connection.execute("insert into schema_migrations values (%s)", (file.name,))
            if new:
                connection.execute(_EVERY_TABLE)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with _explained(self.place), self._session(_write()) as session:
            yield cast(Connection, session)
            if session.execute("commit").statusmessage != "COMMIT":  # somebody went on after a failed statement
                raise DatabaseError(f"The database {self.place} kept nothing of a change.", "Try it again.")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _explained(self.place), self._session(_READ) as session:
            yield cast(Connection, session)

    def watch(self) -> "PostgresWatch":
        return PostgresWatch(self)

    def size_bytes(self) -> int:
        with self.reading() as connection:
            tables = "select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint from pg_class where relkind = 'r'"
            return connection.execute(f"{tables} and relnamespace = '{SCHEMA}'::regnamespace").fetchone()[0]

    def snapshot(self) -> str:
        """Which transactions are over by now; another text after each one that has written, whoever's it was."""
        with self._session() as session:
            return session.execute("select pg_current_snapshot()::text").fetchall()[0][0]

    @contextmanager
    def _session(self, beginning: bytes = b"") -> Iterator["psycopg.Connection[_Row]"]:
        session = self._begun(beginning)
        try:
            yield session
        finally:
            if _is_over(session) and len(self._idle) < _KEPT_SESSIONS:
                self._idle.append(session)
            else:
                session.close()

    def _begun(self, beginning: bytes) -> "psycopg.Connection[_Row]":
        with suppress(IndexError):
            while True:
                session = self._idle.pop()
                try:
                    return _begin(session, beginning)
                except errors.LockNotAvailable:
                    raise
                except psycopg.OperationalError:
                    pass  # the server has ended this session: no fault of the next one
        return _begin(_sign_in(self._url), beginning)


class PostgresWatch:
    """Tells whether any transaction of the server has ended: that is more than ours, and costs one journey."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._seen = ""

    def changed(self) -> bool:
        try:
            before, self._seen = self._seen, self._database.snapshot()
        except psycopg.Error:  # whoever reads the database now is told what is wrong with it
            self._seen = ""
            return True
        return self._seen != before


def _write() -> bytes:
    """How a transaction begins that may write: whoever does holds the lock until its end.

    Whoever is frozen in the middle, or cut off, is ended by the server before the next one gives up.
    """
    busy, frozen = round(BUSY_SECONDS * 1000), round(FROZEN_SECONDS * 1000)
    limits = f"set local lock_timeout = {busy}; set local idle_in_transaction_session_timeout = {frozen}"
    lock = f"select pg_advisory_xact_lock(hashtext('{SCHEMA}'))"
    return f"begin; set local search_path = {SCHEMA}; {limits}; {lock}".encode()


class _Row:
    """A row as sqlite3.Row is one."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: dict[str, int], values: tuple[Any, ...]) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, key: int | str, /) -> Any:
        return self._values[self._places[key] if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> list[str]:
        return list(self._places)


def _rows(cursor: psycopg.Cursor[Any]) -> Any:
    places = {column.name: number for number, column in enumerate(cursor.description or ())}

    def row(values: Sequence[Any]) -> _Row:
        return _Row(places, tuple(values))

    return row


class _Text(StrDumper):
    """Text without the one character that Postgres has no place for."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


_ADAPTERS = AdaptersMap(psycopg.adapters)
_ADAPTERS.register_dumper(str, _Text)


def _sign_in(url: str) -> "psycopg.Connection[_Row]":
    # statements carry their values, as a server that is to prepare them cannot tell the type of `null is null`; and a
    # pooler that hands out another session for each transaction loses what was prepared
    session = psycopg.connect(
        url,
        autocommit=True,
        prepare_threshold=None,
        context=_ADAPTERS,
        cursor_factory=psycopg.ClientCursor,
        row_factory=_rows,
        client_encoding="utf8",
        fallback_application_name=SCHEMA,
        **_PATIENCE,
    )
    return cast("psycopg.Connection[_Row]", session)


def _begin(session: "psycopg.Connection[_Row]", beginning: bytes) -> "psycopg.Connection[_Row]":
    try:
        if beginning:
            session.execute(beginning)
    except BaseException:
        session.close()
        raise
    return session


def _is_over(session: "psycopg.Connection[_Row]") -> bool:
    """Whether the session can be used again; a transaction that was not kept is undone."""
    try:
        if session.info.transaction_status is not TransactionStatus.IDLE:
            session.execute("rollback")
    except psycopg.Error:
        return False
    return not session.closed


def _close_all(sessions: "deque[psycopg.Connection[_Row]]") -> None:
    while sessions:
        sessions.pop().close()


def _place(url: str) -> str:
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # whose words, and whose context, would repeat a part of the password
        parts = None
    if parts is None:
        raise DatabaseError(
            "DATABASE_URL is no address of a Postgres.", "Leave out options behind ? that Postgres does not know."
        )
    return f"{parts.get('dbname', parts.get('user'))} at {parts.get('host', 'this machine')}:{parts.get('port', 5432)}"


@contextmanager
def _explained(place: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
            raise  # a mistake in the code: no person can do anything about it
        raise _explanation(place, error) from error


def _explanation(place: str, error: psycopg.Error) -> PhyghtError:
    words = error.diag.message_primary or str(error).splitlines()[0]
    match error:
        case errors.DiskFull():
            return DiskFull(f"The disk that holds {place} is full.", "Free some space and try again.")
        case errors.LockNotAvailable() | errors.DeadlockDetected():
            return DatabaseError(f"Another process holds the database {place}.", "Try again in a minute.")
        case psycopg.IntegrityError() | psycopg.DataError():
            return DatabaseError(f"The database {place} refused a change: {words}.", "Nothing was changed.")
        case psycopg.OperationalError() if "authentication failed" in words:
            return DatabaseError(f"The database {place} lets nobody in: {words}.", "Correct DATABASE_URL.")
        case psycopg.OperationalError():
            return DatabaseError(
                f"The database {place} cannot be reached: {words}.", "Check DATABASE_URL, and that its server runs."
            )
        case _:
            return DatabaseError(f"The database {place} cannot be used: {words}.", "Check what its user may do there.")
