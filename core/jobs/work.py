"""Work: something that is done with one thing when somebody asks for it, to its end whatever happens to the process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from core.database import Connection, Database, named_queries
from core.units import instant_text

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Work:
    """What can be asked for; a feature's functions reach the worker through bootstrap."""

    name: str
    do: Callable[[str, Callable[[], bool]], object]  #: with what, and whether it was called off; safe to repeat
    at_once: int = 1  #: how many of it run together
    looks_every_s: float = 1.0  #: how often a worker looks for the next one


@dataclass(frozen=True)
class Request:
    """Work that was asked for."""

    id: str
    workflow: str
    argument: str


def enqueue(
    connection: Connection,
    workflow: str,
    argument: str,
    now: datetime,
    due_at: datetime | None = None,
    priority: int = 0,
) -> str:
    """Ask for work; joins a transaction, so that it is asked for if and only if that is kept. Returns its id.

    Of what is due, the lowest priority comes first.
    """
    return _add(connection, workflow, [(argument, priority)], now, due_at or now)[0]


def enqueue_all(connection: Connection, workflow: str, asked: Sequence[tuple[str, int]], now: datetime) -> list[str]:
    """The same with each of these arguments, at its priority; the ids in the same order."""
    return _add(connection, workflow, asked, now, now)


def _add(
    connection: Connection, workflow: str, asked: Sequence[tuple[str, int]], now: datetime, due_at: datetime
) -> list[str]:
    of_all = {"workflow": workflow, "requested_at": instant_text(now), "due_at": instant_text(due_at)}
    rows = [
        {"id": f"{workflow}-{token_hex(8)}", "argument": argument, "priority": priority, **of_all}
        for argument, priority in asked
    ]
    _queries.add_requests(connection, rows)
    return [row["id"] for row in rows]


def call_off(connection: Connection, id: str) -> None:
    """Have work stopped, or not begun; one that is over is not affected."""
    _queries.cancel_request(connection, id=id)


class Requests:
    """What was asked for and is not over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime, workflow: str, at_most: int) -> tuple[Request, ...]:
        """What the job store does not have yet, the most urgent first; with what it has, no more than that many.

        So what becomes urgent, or is called off, does not wait behind all that was asked for before it.
        """
        with self._database.reading() as connection:
            asked = dict(workflow=workflow, now=instant_text(now), at_most=at_most)
            rows = list(_queries.due_requests(connection, **asked))
        return tuple(Request(row["id"], row["workflow"], row["argument"]) for row in rows)

    def hand_over_again(self, *ids: str) -> None:
        """What a job store that is opened anew does not have: it is another one, or was told of it too late.

        What it has stays taken, else somebody could ask for the same anew while it goes on.
        """
        with self._database.transaction() as connection:
            for id in ids:
                _queries.request_was_not_taken(connection, id=id)

    def taken(self, *ids: str) -> None:
        """The job store has them now."""
        if not ids:
            return
        with self._database.transaction() as connection:
            for id in ids:
                _queries.request_was_taken(connection, id=id)

    def at_the_store(self) -> list[str]:
        """The ids of what the job store has, and that is not over."""
        with self._database.reading() as connection:
            return [row["id"] for row in _queries.taken_requests(connection)]

    def over(self, id: str) -> None:
        """Nothing is to be done any more; what came of it is kept by the feature."""
        with self._database.transaction() as connection:
            _queries.remove_request(connection, id=id)

    def is_called_off(self, id: str) -> bool:
        """Whether somebody wants it stopped."""
        with self._database.reading() as connection:
            row = _queries.request(connection, id=id)
        return row is not None and bool(row["cancelled"])
