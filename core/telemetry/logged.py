"""Logged: sessions estimated from a CDN's log, by what players told with their requests (CMCD version 1).

Where a viewer was when a piece was asked for is what had been delivered, but for what still lay in the buffer. So the
picture began to move as long before the first request of a steady player as its viewer had watched until then, and what
passes between two requests without being watched is a stall, where the player says that its buffer had run dry.
"""

from datetime import date
from pathlib import Path

import duckdb

from core.database import Database
from core.sql import literal
from core.telemetry.catalogued_titles import register_titles
from core.telemetry.logged_cmcd import read_cmcd
from core.telemetry.salts import Salts, session_hash
from core.telemetry.statements import statements

_SQL = statements(__file__)
#: Each is made of those before it.
_STEPS = ("pieces", "media", "beginnings", "facts")
_VIEWS = ("sessions", "session_rungs")


def write_logged_sessions(
    ask: duckdb.DuckDBPyConnection, relation: str, day: date, target: Path, database: Database, salts: Salts
) -> int:
    """Write a day's sessions into the folder of its segment; how many there are.

    The relation has a row for each request of that day that was answered with the whole or a part (200 or 206), once:
    `time` TIMESTAMP (UTC, the END of the answer, as logs have it), `taken_ms`, `video`, `rung`, `country`, `device`,
    `bytes`, `query` (encoded as the log has it). Only rows with CMCD in their query are looked at. No file is written
    where there is no session.
    """
    if not ask.execute(f"SELECT 1 FROM {relation} WHERE contains(query, 'CMCD=') LIMIT 1").fetchall():
        return 0
    register_titles(ask, database)
    read_cmcd(ask, relation)
    midnight = f"DATE '{day}'"
    for step in _STEPS:
        ask.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {_SQL[step].replace('$day', midnight)}")
    (count,) = ask.execute("SELECT count(*) FROM facts").fetchall()[0]
    hashed = session_hash("sid", literal(salts.of(day))) if count else ""
    for view in _VIEWS if count else ():
        select = _SQL[view].replace("SESSION", hashed).replace("$day", midnight)
        ask.execute(f"COPY ({select}) TO {literal(target / f'{view}.parquet')} (FORMAT parquet)")
    for step in (*_STEPS, "told"):
        ask.execute(f"DROP TABLE {step}")
    return count
