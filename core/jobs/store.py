"""Job store: where the library keeps the state of all runs: a file, or a Postgres for several workers."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbos import DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from core.errors import DatabaseError

# the library recovers what the same executor and version left behind: both stay as they are for good
EXECUTOR = "worker"
#: Of Postgres, for the library's own tables.
SCHEMA = "phyght_jobs"
VERSION = "1"
#: How long the library may sleep before it notices that it is to stop, and looks for messages, of which there are none.
STOPS_WITHIN_S = 1.0
#: Most sessions of a worker's library at a Postgres.
_SESSIONS = 4

#: The library asks SQLite for unixepoch('subsec'); Debian 12's SQLite is older and would answer NULL.
_KNOWS_SUBSEC = (3, 42)


@dataclass(frozen=True)
class SharedStore:
    """A job store in Postgres, for several workers at a time."""

    url: str
    executor: str  #: this worker's; no other one that lives has it


@contextmanager
def store_errors() -> Iterator[None]:
    """Tell in words that the store fails."""
    try:
        yield
    except SQLAlchemyError as error:
        raise DatabaseError(f"The job store fails: {type(error).__name__}.", "Check that its server runs.") from error


def store_config(store: Path | SharedStore) -> DBOSConfig:
    """What the library is told of its store."""
    config = DBOSConfig(
        name="phyght",
        application_version=VERSION,
        serializer=DBOSPortableJSONSerializer(),
        notification_listener_polling_interval_sec=STOPS_WITHIN_S,
        log_level="WARNING",
        enable_otlp=False,
    )
    config.update(_postgres_config(store) if isinstance(store, SharedStore) else _sqlite_config(store))
    return config


def _sqlite_config(store: Path) -> DBOSConfig:
    return DBOSConfig(
        system_database_url=f"sqlite:///{store}", system_database_engine=sqlite_engine(store), executor_id=EXECUTOR
    )


def _postgres_config(store: SharedStore) -> DBOSConfig:
    return DBOSConfig(
        system_database_url=store.url,
        dbos_system_schema=SCHEMA,
        sys_db_pool_size=_SESSIONS,
        db_engine_kwargs={"connect_args": {"application_name": SCHEMA, "prepare_threshold": None}},
        use_listen_notify=False,  # a pooler has none, and nothing here waits for it
        executor_id=store.executor,
    )


def sqlite_engine(store: Path) -> SqlEngine:
    """Connections to a file, as several threads need them."""
    store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(f"sqlite:///{store}")

    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute("pragma busy_timeout = 30000")
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma foreign_keys = on")
        if sqlite3.sqlite_version_info < _KNOWS_SUBSEC:
            connection.create_function("unixepoch", 1, lambda _subsec: time.time_ns() / 1e9)

    event.listen(engine, "connect", prepare)
    return engine
