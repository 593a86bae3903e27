"""CloudFront: lines of its logs, added up to a day's facts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa

from core.sql import literal
from core.telemetry import relations
from core.telemetry.agents import BOT, device
from core.telemetry.edges import UNKNOWN, places
from core.telemetry.formats import Format, Kind
from core.telemetry.keys import Keys
from core.telemetry.relations import Log
from core.telemetry.statements import statements

_SQL = statements(__file__)
#: Parts of facts that a batch leaves, until its days are written.
_PARTS = ("requests", "request_timings", "title_timings", "request_paths", "ids", "cmcd")
#: Rows of a group of rows in a segment's files: questions about some days or hours leave out the rest.
_GROUP_ROWS = 122_880


#: Writes the sessions of a day, of a relation of requests with CMCD, into a folder.
Sessions = Callable[[duckdb.DuckDBPyConnection, str, date, Path], object]


@dataclass
class Batch:
    """What was added up of some logs."""

    number: int
    days: set[date]  #: that are not written yet


@dataclass
class Facts:
    """Adds up logs batch by batch, in bounded memory, and writes a day's facts."""

    duck: duckdb.DuckDBPyConnection
    folder: Path
    keys: Callable[[], Keys]
    sessions: Sessions
    batches: list[Batch] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))
    _titles: dict[tuple[str, str], int] = field(default_factory=dict)
    _learned: int = 0

    def __post_init__(self) -> None:
        self.duck.execute(_SQL["prepare"])

    def add(self, logs: Sequence[Log], only: date | None = None, repeated: bool = False) -> dict[int, dict[date, int]]:
        """Add logs up; how many lines of each UTC day each of them has, by its number.

        Only those of one day where one is given; each request of those that are known to be repeated once.
        """
        found: dict[int, dict[date, int]] = {log.number: {} for log in logs}
        for _, alike in groupby(sorted(logs, key=lambda log: repr(log.format)), key=lambda log: log.format):
            for number, day, lines in self._add_alike(list(alike), only, repeated):
                found[number][day] = lines
        return found

    def _add_alike(self, logs: Sequence[Log], only: date | None, repeated: bool) -> list[tuple[int, date, int]]:
        self._register_files(logs)
        self.duck.execute(f"CREATE OR REPLACE TEMP TABLE lines AS {_lines(logs, only)}")
        counted = self.duck.execute(_SQL["count_files"]).fetchall()
        if repeated:
            self.duck.execute(_SQL["once"])
        self._look_up()
        batch = Batch(next(self._numbers), {day for _, day, _ in counted})
        if batch.days:
            self.duck.execute(_SQL["code"])
            for name in _PARTS:
                self._copy(_SQL[f"part_{name}"], self._part(batch, name))
            self.batches.append(batch)
        self.duck.execute("DROP TABLE lines")
        return counted

    def _register_files(self, logs: Sequence[Log]) -> None:
        table = pa.table(
            {
                "file": pa.array([log.number for log in logs], pa.int32()),
                "named": pa.array([log.distribution for log in logs], pa.string()),
                "latest": pa.array([log.latest for log in logs], pa.string()),
            }
        )
        self._replace("files", "SELECT file, named, latest::TIMESTAMP AS latest FROM given", table)

    def _look_up(self) -> None:
        """Find out what is not known yet: each distinct agent, edge and path once."""
        agents = self._new("agent", "agents")
        devices = [device(agent) for agent in agents]
        self._learn("agents", {"agent": agents, "device": devices, "bot": [each == BOT for each in devices]})
        locations = self._new("location", "edges")
        known = places(location[:3].upper() for location in locations)
        edges = [known.get(location[:3].upper(), UNKNOWN) for location in locations]
        self._learn(
            "edges",
            {
                "location": locations,
                "edge": [each.code for each in edges],
                "edge_country": [each.country for each in edges],
                "price_region": [each.price_region for each in edges],
            },
        )
        self._look_up_paths()

    def _look_up_paths(self) -> None:
        paths = self._new("path", "paths")
        if paths:
            keys = self.keys()
            found = [self._title(*keys.resolve(path)) for path in paths]
            self._learn("paths", {"path": paths, "title": found})
            known = list(self._titles)[self._learned :]
            self._learn(
                "titles",
                {
                    "title": list(range(self._learned, len(self._titles))),
                    "video": [video for video, _ in known],
                    "rung": [rung for _, rung in known],
                },
            )
            self._learned = len(self._titles)

    def _title(self, video: str, rung: str) -> int:
        """A number for a video's rung: numbers are quicker to add up by than names."""
        return self._titles.setdefault((video, rung), len(self._titles))

    def _new(self, column: str, table: str) -> list[str]:
        rows = self.duck.execute(f"SELECT DISTINCT {column} FROM lines ANTI JOIN {table} USING ({column})").fetchall()
        return [row[0] for row in rows]

    def _learn(self, table: str, columns: Mapping[str, Sequence[str] | Sequence[bool] | Sequence[int]]) -> None:
        given = pa.table(dict(columns))
        if given.num_rows:
            self.duck.register("given", given)
            self.duck.execute(f"INSERT INTO {table} SELECT * FROM given")
            self.duck.unregister("given")

    def _replace(self, table: str, select: str, given: pa.Table) -> None:
        self.duck.register("given", given)
        self.duck.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")
        self.duck.unregister("given")

    def open_days(self) -> set[date]:
        """Days of which something was added up, and nothing written yet."""
        return {day for batch in self.batches for day in batch.days}

    def find_repeated(self, day: date) -> bool:
        """Whether requests of a day were added up more than once; they are known from now on."""
        self.duck.execute(_SQL["forget_repeated"])
        if ids := self._parts(day, "ids"):
            self.duck.execute(f"INSERT INTO repeated {_of(_SQL['repeated'], ids)}", {"day": day})
        (count,) = self.duck.execute("SELECT count(*) FROM repeated").fetchall()[0]
        return bool(count)

    def drop(self, day: date) -> None:
        """Forget what was added up of a day."""
        for batch in self.batches:
            batch.days.discard(day)
            if not batch.days:
                for name in _PARTS:
                    self._part(batch, name).unlink(missing_ok=True)
        self.batches = [batch for batch in self.batches if batch.days]

    def write(self, day: date, target: Path) -> dict[str, int]:
        """Write a day's facts into a folder; how many lines each distribution has."""
        requests = self._parts(day, "requests")
        if not requests:
            return {}
        for view in ("requests", "request_timings", "title_timings", "request_paths"):
            self._write_view(view, self._parts(day, view), day, target)
        for view in ("request_places", "request_titles"):
            self._write_view(view, requests, day, target)
        self._write_view("day_timings", self._parts(day, "request_timings"), day, target)
        told = _of("(SELECT * FROM parts WHERE time::DATE = $day)", self._parts(day, "cmcd"))
        self.sessions(self.duck.cursor(), told.replace("$day", f"DATE '{day}'"), day, target)
        return dict(self.duck.execute(_of(_SQL["lines_of"], requests), {"day": day}).fetchall())

    def _write_view(self, view: str, parts: Sequence[Path], day: date, target: Path) -> None:
        self._copy(_of(_SQL[view], parts), target / f"{view}.parquet", day)

    def _copy(self, select: str, target: Path, day: date | None = None) -> None:
        select = select.replace("$day", f"DATE '{day}'")
        self.duck.execute(f"COPY ({select}) TO {literal(target)} (FORMAT parquet, ROW_GROUP_SIZE {_GROUP_ROWS})")

    def _part(self, batch: Batch, name: str) -> Path:
        return self.folder / f"{batch.number}-{name}.parquet"

    def _parts(self, day: date, name: str) -> list[Path]:
        return [self._part(batch, name) for batch in self.batches if day in batch.days]

    def count_idle(self, log: Log) -> int:
        """How many lines of a log are empty or comments, behind its header."""
        if log.format.kind is Kind.PARQUET:
            return 0
        comments = "line IS NULL OR line = '' OR starts_with(line, '#')"
        rows = self.duck.execute(f"SELECT count(*) FROM {relations.lines([log])} WHERE {comments}").fetchall()
        return rows[0][0] - log.header_lines

    def first_wrong(self, log: Log) -> str:
        """What is wrong with the first bad line of a log."""
        found = self.duck.execute(
            f"SELECT number, reason FROM ({relations.wrong(log)}) WHERE reason IS NOT NULL ORDER BY number LIMIT 1"
        ).fetchall()  # to its end, or the connection takes no other question
        return f"line {found[0][0]}: {found[0][1]}" if found else "a line cannot be read"


def _of(select: str, parts: Iterable[Path]) -> str:
    return select.replace("parts", f"read_parquet([{', '.join(map(literal, parts))}])")


def _lines(logs: Sequence[Log], only: date | None) -> str:
    form = logs[0].format
    day = f" AND instant::DATE = DATE '{only}'" if only else ""
    return f"""
        WITH rows AS ({relations.rows(logs)}),
        dated AS (SELECT *, {relations.instant(form)} AS instant FROM rows JOIN files USING (file))
        SELECT {", ".join(f"{value} AS {name}" for name, value in _columns(form).items())}
        FROM dated rows WHERE {relations.is_good(form)}{day}
    """


def _columns(form: Format) -> dict[str, str]:
    """The columns of the table `lines`, whatever fields a log has."""

    def first(*names: str, other: str = "''") -> str:
        there = [f'rows."{name}"' for name in names if relations.has(form, name)]
        return f"coalesce({', '.join([*there, other])})"

    request = 'hash(rows."xedgerequestid")' if relations.has(form, "xedgerequestid") else "NULL::UBIGINT"
    named = 'rows."xedgerequestid" IS NOT NULL' if relations.has(form, "xedgerequestid") else "false"
    host = first("cshost")
    return {
        "file": "rows.file",
        "hour": "date_trunc('hour', instant)",
        "id": f"CASE WHEN {named} THEN {request} END",
        "distribution": first("distributionid", "primarydistributionid", other=f"nullif(named, ''), {host}"),
        "location": first("xedgelocation"),
        "country": first("ccountry"),
        # only there it has the query too
        "path": f"split_part({first('csuristem')}, '?', 1)" if form.kind is Kind.REAL_TIME else first("csuristem"),
        "agent": first("csuseragent"),
        "instant": "instant",
        "cmcd": _cmcd(form, first("csuriquery")),
        "said": first("xedgeresponseresulttype", "xedgeresulttype"),
        "status": first("scstatus", other="0"),
        "scheme": first("csprotocol"),
        "bytes": first("scbytes", other="0"),
        "request_bytes": first("csbytes", other="0"),
        "taken_ms": f"round({first('timetaken', other='0')} * 1000)::BIGINT",
        "ttfb_ms": f"round({first('timetofirstbyte', other='0')} * 1000)::BIGINT",
        "weight": _weight(form.rate, request if form.rate < 100 else ""),
    }


def _cmcd(form: Format, query: str) -> str:
    """The query of a request with which a player told something; of a sample no session could be put together."""
    return f"CASE WHEN contains({query}, 'CMCD=') THEN {query} END" if form.rate == 100 else "NULL::VARCHAR"


def _weight(rate: int, request: str) -> str:
    """How many requests a line stands for: a whole number, which is right on average where the rate is no divisor."""
    if rate == 100:
        return "1"
    return f"{100 // rate} + (coalesce({request}, 0) % {rate} < {100 % rate})::INTEGER"
