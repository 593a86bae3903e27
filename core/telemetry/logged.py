"""Logged: sessions estimated from a CDN's log, by what players told with their requests (CMCD version 1).

Where a viewer was when a piece was asked for is what had been delivered, but for what still lay in the buffer. So the
picture began to move as long before the first request of a steady player as its viewer had watched until then, and what
passes between two requests without being watched is a stall, where the player says that its buffer had run dry.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

from core.database import Database
from core.numbered import copy_texts
from core.sql import literal
from core.telemetry.catalogued_titles import register_titles
from core.telemetry.salts import Salts, session_hash
from core.telemetry.statements import statements

_SQL = statements(__file__)
#: Each is made of those before it.
_STEPS = ("pieces", "whole", "media", "rungs", "played", "moved", "beginnings", "facts")
#: Of a day, and the order of their rows.
_VIEWS = {"sessions": "started, session", "session_rungs": "ALL"}
#: Rows whose sessions are put together at once.
_ROWS = 500_000
_HASHES = 2**64


def write_logged_sessions(
    ask: duckdb.DuckDBPyConnection, relation: str, day: date, target: Path, database: Database, salts: Salts
) -> int:
    """Write a day's sessions into the folder of its segment; how many there are.

    The relation has a row for each request of that day that was answered with the whole or a part (200 or 206), once:
    `time` TIMESTAMP (UTC, the END of the answer, as logs have it), `taken_ms`, `video`, `rung`, `country`, `device`,
    `bytes`, what the player told (as read_cmcd has it, with a `sid`), and `session`, the hash of that. Sessions of some
    hashes are put together at a time. No file is written where there is no session.
    """
    (rows,) = ask.execute(f"SELECT count(*) FROM {relation}").fetchall()[0]
    if not rows:
        return 0
    register_titles(ask, database)
    names = {"SESSION": session_hash("sid", literal(salts.of(day))), "$day": f"DATE '{day}'"}
    parts = -(-rows // _ROWS)
    for part in range(parts):
        hashes = f"session BETWEEN {part * _HASHES // parts} AND {(part + 1) * _HASHES // parts - 1}"
        _put_together(ask, f"(FROM {relation} WHERE {hashes})", names)
    (count,) = ask.execute("SELECT count(*) FROM day_sessions").fetchall()[0]
    for view, order in _VIEWS.items() if count else ():
        copy_texts(ask, f"FROM day_{view} ORDER BY {order}", target / f"{view}.parquet")
    ask.execute("; ".join(f"DROP TABLE day_{view}" for view in _VIEWS))
    return count


def _put_together(ask: duckdb.DuckDBPyConnection, relation: str, names: Mapping[str, str]) -> None:
    """Add the sessions of a relation to those of their day."""
    for step in _STEPS:
        ask.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {_filled(step, {'RELATION': relation, **names})}")
    for view in _VIEWS:
        select = _filled(view, names)
        ask.execute(f"CREATE TEMP TABLE IF NOT EXISTS day_{view} AS FROM ({select}) LIMIT 0")
        ask.execute(f"INSERT INTO day_{view} {select}")
    ask.execute("; ".join(f"DROP TABLE {step}" for step in _STEPS))


def _filled(name: str, names: Mapping[str, str]) -> str:
    statement = _SQL[name]
    for place, text in names.items():
        statement = statement.replace(place, text)
    return statement
