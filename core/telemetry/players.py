"""Players dataset: what players tell by their events, a row for each time that somebody watched."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from pathlib import Path

import duckdb

from core.settings import Settings
from core.sources.source import Entry
from core.sql import literal
from core.telemetry.catalogued_titles import register_titles
from core.telemetry.datasets import Found, Place
from core.telemetry.gathering import Gone, Look, Prepared, Reading, gather
from core.telemetry.growing import Growing
from core.telemetry.plain_text import write_plain
from core.telemetry.reports import MeasuredReport
from core.telemetry.salts import Salts, salts_of, session_hash
from core.telemetry.spool import Spool
from core.telemetry.statements import statements

NAME = "players"
#: Changes when the same lines come to other facts.
_VERSION = "2"
_LONGEST_LINE = 65_536
_FILE = re.compile(r"(?:^|/)cmcd-\d{4}-\d{2}-\d{2}\.jsonl$")
_SQL = statements(__file__)
_REASONS = {1: "it is no report", 2: "it does not say when it came", 3: "it names no session"}
#: Each is made of those before it.
_STEPS = ("once", "timed", "runs", "spans", "rungs", "facts")
_POSITIVE = """
    CREATE OR REPLACE TEMP MACRO positive(x, most) AS
    CASE WHEN try_cast(x AS DOUBLE) BETWEEN 0 AND most THEN round(try_cast(x AS DOUBLE))::BIGINT END
"""


@dataclass(frozen=True)
class Players:
    """Lines of a day may be of a session that began on the day before: it is counted there, whole, and once."""

    name: str = NAME
    gone: Gone = Gone.CLOSED

    def version(self, settings: Settings) -> str:
        return _VERSION

    def recognises(self, path: str, start: bytes) -> bool:
        return _FILE.search(path) is not None

    def ingest(self, found: Found, place: Place) -> MeasuredReport:
        report = gather(self, replace(found, source=Growing(found.source)), place)
        salts_of(place).throw_away(place.clock())
        _let_go(found, place)
        # the days before and after are looked at too; where nobody watched, there is nothing to say
        return replace(report, days=tuple(day for day in report.days if day.lines or day.reason))

    def prepare(self, entry: Entry, reading: Reading, target: Path) -> Look:
        raw, plain = reading.folder / "raw", reading.folder / "plain"
        reading.found.source.fetch(entry, raw)
        written = write_plain(raw, plain, entry.path)
        latest = entry.modified + timedelta(days=1)
        ask = reading.place.workspace.connection
        _read(ask, plain, f"TIMESTAMP '{latest:%Y-%m-%d %H:%M:%S}'", target)
        told = f"read_parquet({literal(target)})"
        counts = dict(
            ask.execute(f"SELECT received::DATE, count(*) FROM {told} WHERE wrong IS NULL GROUP BY 1").fetchall()
        )
        first = ask.execute(f"SELECT min(wrong) FROM {told}").fetchall()[0][0]
        good = sum(counts.values())
        bad = written.lines - good
        reason = (_REASONS[first] if first else "it is too long") if bad else ""
        return Look(_with_neighbours(counts), written.lines, bad, reason)

    def write(self, day: date, files: Sequence[Prepared], target: Path, reading: Reading) -> Mapping[str, int]:
        ask = reading.place.workspace.connection
        register_titles(ask, reading.place.database)
        _take_events(ask, day, files)
        _match_rates(ask)
        for step in _STEPS:
            ask.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {_SQL[step]}")
        parts = _write_views(ask, day, target, salts_of(reading.place))
        for step in (*_STEPS, "events", "rates"):
            ask.execute(f"DROP TABLE {step}")
        return parts


def _let_go(found: Found, place: Place) -> None:
    """Of the installation's own spool, remove what was read by an ingestion before this one, and is needed no more."""
    folder = place.shelf.folder.parent / "telemetry"
    if found.source.address == str(folder.resolve()):
        read = {path for path, file in found.known.items() if file.fingerprint == found.fingerprints.get(path)}
        Spool(folder).let_go(read, place.clock().astimezone(UTC).date())


def _lines(plain: Path) -> str:
    # no line has the separator in it: what is between the values of JSON is escaped within them
    return (
        f"read_csv({literal(plain)}, auto_detect = false, header = false, delim = '\x1f', quote = '', escape = '', "
        f"new_line = '\\n', max_line_size = {_LONGEST_LINE}, ignore_errors = true, columns = {{'line': 'VARCHAR'}})"
    )


def _read(ask: duckdb.DuckDBPyConnection, plain: Path, latest: str, target: Path) -> None:
    ask.execute(_POSITIVE)
    told = _SQL["lines"].replace("FROM raw", f"FROM {_lines(plain)}")
    events = _SQL["events"].replace("FROM told)", f"FROM ({told}))").replace("$latest", latest)
    ask.execute(f"COPY ({events}) TO {literal(target)} (FORMAT parquet)")


def _with_neighbours(counts: Mapping[date, int]) -> dict[date, int]:
    """Days that lines may have to do with: their own, and those before and after, as sessions last over midnight."""
    around = {day + timedelta(days=step) for day in counts for step in (-1, 1)}
    return dict.fromkeys(sorted(around), 0) | dict(counts)


def _take_events(ask: duckdb.DuckDBPyConnection, day: date, files: Sequence[Prepared]) -> None:
    """All events of the sessions that may have begun on a day: one of them came then, or soon after midnight."""
    paths = ", ".join(literal(each.file) for each in files)
    events = f"(SELECT * EXCLUDE (wrong, event) FROM read_parquet([{paths}]) WHERE wrong IS NULL AND event)"
    ask.execute(f"""
        CREATE OR REPLACE TEMP TABLE events AS FROM {events} WHERE sid IN (
            SELECT sid FROM {events} WHERE received >= DATE '{day}' AND received < DATE '{day}' + INTERVAL 25 HOUR
        )""")


def _match_rates(ask: duckdb.DuckDBPyConnection) -> None:
    """Which rung has the rate that a player tells: the nearest, to within a tenth."""
    ask.execute("""
        CREATE OR REPLACE TEMP TABLE rates AS
        SELECT cid, br, arg_min(rung, abs(br - kbps)) AS rung
        FROM (SELECT DISTINCT cid, br FROM events WHERE br IS NOT NULL)
            JOIN titles USING (cid) JOIN ladder USING (video)
        WHERE abs(br - kbps) <= kbps / 10 GROUP BY ALL
    """)


def _write_views(ask: duckdb.DuckDBPyConnection, day: date, target: Path, salts: Salts) -> dict[str, int]:
    """Write the sessions that began on a day, and what became of its events; how many lines the sessions are made of.

    Nothing where nobody has told anything.
    """
    since = f"started >= DATE '{day}' AND started < DATE '{day}' + INTERVAL 1 DAY"
    count, lines = ask.execute(f"SELECT count(*), coalesce(sum(lines), 0)::BIGINT FROM facts WHERE {since}").fetchall()[
        0
    ]
    hashed = session_hash("sid", literal(salts.of(day))) if count else ""
    for view in ("sessions", "session_rungs") if count else ():
        select = _SQL[view].replace("SESSION", hashed).replace("SINCE", since)
        ask.execute(f"COPY ({select}) TO {literal(target / f'{view}.parquet')} (FORMAT parquet)")
    events = _SQL["player_events"].replace("$day", f"DATE '{day}'")
    ask.execute(f"CREATE OR REPLACE TEMP TABLE become AS {events}")
    told = bool(ask.execute("FROM become").fetchall())
    if told:
        ask.execute(f"COPY become TO {literal(target / 'player_events.parquet')} (FORMAT parquet)")
    ask.execute("DROP TABLE become")
    return {"": lines} if count or told else {}
