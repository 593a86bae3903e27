"""Kills: whatever statement of an evaluation a process is killed at, all of it was done or nothing; so is sending."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.settings import Settings
from core.sqlite_database import SqliteDatabase
from tests.alerts.conftest import ADA, NOON, VIC, Installation, minutes
from tests.support.databases import fresh_database
from tests.support.webhook import Webhook, webhook


class Mortal(SqliteDatabase):
    """The database for a process that is killed with -9 at its n-th statement."""

    left = 0

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with super()._connected() as connection:
            connection.set_trace_callback(self._count)
            yield connection

    def _count(self, _: str) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(folder: Path, settings: Settings, statement: int, what: str) -> bool:
    """Whether a process that does that is killed at a statement; without, it ends by itself."""
    child = os.fork()
    if child == 0:
        database = Mortal(folder / "phyght.db")
        home = Installation.__new__(Installation)
        home.open(database, settings)
        database.left = statement
        home.evaluate(minutes(5), whole="0.08") if what == "evaluate" else home.send(minutes(5))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def arranged(folder: Path, settings: Settings, hook: Webhook) -> Installation:
    home = Installation(fresh_database(folder / "phyght.db"), settings)
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    return home


def test_wherever_an_evaluation_is_killed_there_is_one_alert_and_one_message_in_the_end(
    tmp_path: Path, settings: Settings
):
    with webhook() as hook:
        statement = 1
        while True:
            home = arranged(tmp_path / str(statement), settings, hook)
            was_killed = killed(tmp_path / str(statement), settings, statement, "evaluate")
            alerts, messages = len(home.alerts.open(VIC)), len(home.deliveries())
            assert alerts == messages
            home.evaluate(minutes(10), whole="0.08")
            assert (len(home.alerts.open(VIC)), len(home.deliveries())) == (1, 1)
            if not was_killed:
                break
            statement += 1
    assert statement > 10


def test_wherever_sending_is_killed_the_message_arrives_and_is_known_as_one(tmp_path: Path, settings: Settings):
    with webhook() as hook:
        statement = 1
        while True:
            hook.posted.clear()
            home = arranged(tmp_path / str(statement), settings, hook)
            home.evaluate(minutes(0), whole="0.08")
            was_killed = killed(tmp_path / str(statement), settings, statement, "send")
            home.send(minutes(30))
            assert home.deliveries()[0][2] == "sent"
            assert len({each["id"] for each in hook.posted}) == 1
            if not was_killed:
                break
            statement += 1
    assert statement > 5
