"""CloudFront: lines of its logs, added up to a day's facts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa

from core.numbered import copy_texts, number_texts
from core.rollups import write_rollups
from core.sql import literal
from core.telemetry import relations
from core.telemetry.coding import DEVICES, RESULTS, Coding
from core.telemetry.formats import Format, Kind
from core.telemetry.keys import Keys
from core.telemetry.logged_cmcd import KEYS, NUMBERS, TEXTS, read_cmcd
from core.telemetry.parsing import pieces
from core.telemetry.preparation import write_texts
from core.telemetry.relations import Log
from core.telemetry.statements import statements

_SQL = {
    name: sql.replace("DEVICES", str(list(DEVICES))).replace("RESULTS", str(list(RESULTS)))
    for name, sql in statements(__file__).items()
}
#: Parts of facts that a batch leaves, until its days are written.
_PARTS = ("requests", "request_timings", "title_timings", "request_paths", "ids", "cmcd")
#: Views of a segment, and the parts that each is made of.
_VIEWS = {
    "requests": "requests",
    "request_places": "requests",
    "request_titles": "requests",
    "request_timings": "request_timings",
    "day_timings": "request_timings",
    "title_timings": "title_timings",
    "request_paths": "request_paths",
}
#: Says how a request was answered; the first that is told.
_SAID = ("xedgeresponseresulttype", "xedgeresulttype")
#: Rows of a group of rows: in what players told, a few sessions are looked for at a time.
_GROUP_ROWS, _FEW_ROWS = 122_880, 8_192


#: Writes the sessions of a day, of a relation of what players told, into a folder.
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

    def __post_init__(self) -> None:
        self.duck.execute(_SQL["prepare"])
        self.coding = Coding(self.keys)

    def add(self, logs: Sequence[Log], only: date | None = None, repeated: bool = False) -> dict[int, dict[date, int]]:
        """Add logs up; how many lines of each UTC day each of them has, by its number.

        Only those of one day where one is given; each request of those that are known to be repeated once. Where one
        of them cannot be read, none is added up.
        """
        found: dict[int, dict[date, int]] = {log.number: {} for log in logs}
        before = len(self.batches)
        try:
            for _, alike in groupby(sorted(logs, key=lambda log: repr(log.format)), key=lambda log: log.format):
                for number, day, lines in self._add_alike(list(alike), only, repeated):
                    found[number][day] = found[number].get(day, 0) + lines
        except BaseException:
            for batch in self.batches[before:]:
                self._forget(batch)
            del self.batches[before:]
            raise
        return found

    def _add_alike(self, logs: Sequence[Log], only: date | None, repeated: bool) -> Iterator[tuple[int, date, int]]:
        self._register_files(logs)
        form = logs[0].format
        for piece in pieces(logs, self.duck.cursor()):
            table, paths = self.coding.coded(self._with_cmcd(piece, form), form.kind)
            self._make("lines", _lines(form, table.column_names, only), piece=table)
            self._make("paths", "FROM given", given=_counted(paths))
            del piece, table, paths
            yield from self._add_lines(repeated)

    def _with_cmcd(self, table: pa.Table, form: Format) -> pa.Table:
        """A table with what players told in the place of its queries; of a sample no session could be put together."""
        if "csuriquery" not in table.column_names:
            return table
        queries = table["csuriquery"].combine_chunks()
        table = table.drop_columns("csuriquery")
        for key, values in read_cmcd(queries, self.duck).items() if form.rate == 100 else ():
            table = table.append_column(key, values)
        return table

    def _add_lines(self, repeated: bool) -> list[tuple[int, date, int]]:
        counted = self.duck.execute(_SQL["count_files"]).fetchall()
        if repeated:
            self.duck.execute(_SQL["once"])
        if counted:
            batch = Batch(next(self._numbers), {day for _, day, _ in counted})
            self.batches.append(batch)
            for name in _PARTS:
                rows = _FEW_ROWS if name == "cmcd" else _GROUP_ROWS
                self._copy(_SQL[f"part_{name}"], self._part(batch, name), rows=rows)
        self.duck.execute("DROP TABLE lines")
        return counted

    def _register_files(self, logs: Sequence[Log]) -> None:
        table = pa.table(
            {
                "file": pa.array([log.number for log in logs], pa.int32()),
                "named": pa.array([self.coding.texts.number(log.distribution) for log in logs], pa.int32()),
                "latest": pa.array([log.latest for log in logs], pa.string()),
            }
        )
        self._make("files", "SELECT file, named, latest::TIMESTAMP AS latest FROM given", given=table)

    def _make(self, table: str, select: str, **given: pa.Table) -> None:
        for name, content in given.items():
            self.duck.register(name, content)
        self.duck.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")
        for name in given:
            self.duck.unregister(name)

    def open_days(self) -> set[date]:
        """Days of which something was added up, and nothing written yet."""
        return {day for batch in self.batches for day in batch.days}

    def find_repeated(self, day: date) -> bool:
        """Whether requests of a day were added up more than once; they are known from now on."""
        self.coding.forget()
        pa.default_memory_pool().release_unused()  # what logs took, before DuckDB takes its share
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
                self._forget(batch)
        self.batches = [batch for batch in self.batches if batch.days]

    def _forget(self, batch: Batch) -> None:
        for name in _PARTS:
            self._part(batch, name).unlink(missing_ok=True)

    def write(self, day: date, target: Path) -> dict[str, int]:
        """Write a day's facts into a folder; how many lines each distribution has."""
        requests = self._parts(day, "requests")
        if not requests:
            return {}
        coding = self.coding
        for name, register in (("texts", coding.texts), ("edges", coding.edges), ("videos", coding.titles)):
            self._make(name, "FROM given", given=register.table())
            number_texts(self.duck, name)
        for view, part in _VIEWS.items():
            self._write_view(view, self._parts(day, part), day, target)
        told = _of(_SQL["sessions"], self._parts(day, "cmcd")).replace("$day", f"DATE '{day}'")
        self.sessions(self.duck, f"({told})", day, target)
        return dict(self.duck.execute(_of(_SQL["lines_of"], requests), {"day": day}).fetchall())

    def _write_view(self, view: str, parts: Sequence[Path], day: date, target: Path) -> None:
        """Write a view of a day, and what it comes to in fewer rows."""
        select = _of(_SQL[view], parts).replace("$day", f"DATE '{day}'")
        self.duck.execute(f"CREATE OR REPLACE TEMP TABLE facts AS {select}")
        copy_texts(self.duck, "FROM facts", target / f"{view}.parquet")
        write_rollups(self.duck, view, "facts", target)
        self.duck.execute("DROP TABLE facts")

    def _copy(self, select: str, target: Path, rows: int = _GROUP_ROWS) -> None:
        self.duck.execute(f"COPY ({select}) TO {literal(target)} (FORMAT parquet, ROW_GROUP_SIZE {rows})")

    def _part(self, batch: Batch, name: str) -> Path:
        return self.folder / f"{batch.number}-{name}.parquet"

    def _parts(self, day: date, name: str) -> list[Path]:
        return [self._part(batch, name) for batch in self.batches if day in batch.days]

    def count_idle(self, log: Log) -> int:
        """How many lines of a log are empty or comments, behind its header."""
        if log.format.kind is Kind.PARQUET or log.table is not None:  # they are not among its lines
            return 0
        write_texts([log])
        comments = "line IS NULL OR line = '' OR starts_with(line, '#')"
        rows = self.duck.execute(f"SELECT count(*) FROM {relations.lines([log])} WHERE {comments}").fetchall()
        return rows[0][0] - log.header_lines

    def first_wrong(self, log: Log) -> str:
        """What is wrong with the first bad line of a log."""
        write_texts([log])
        found = self.duck.execute(
            f"SELECT number, reason FROM ({relations.wrong(log)}) WHERE reason IS NOT NULL ORDER BY number LIMIT 1"
        ).fetchall()  # to its end, or the connection takes no other question
        return f"line {found[0][0]}: {found[0][1]}" if found else "a line cannot be read"


def _of(select: str, parts: Iterable[Path]) -> str:
    return select.replace("FROM parts", f"FROM read_parquet([{', '.join(map(literal, parts))}]) parts")


def _counted(paths: pa.Array) -> pa.Table:
    return pa.table({"path": pa.array(range(len(paths)), pa.int32()), "text": paths})


def _lines(form: Format, there: Sequence[str], only: date | None) -> str:
    """SELECT of the lines of a piece that are good, with all that is known of them."""
    day = f" AND instant::DATE = DATE '{only}'" if only else ""
    return f"""
        WITH dated AS (SELECT *, {relations.instant(form)} AS instant FROM piece rows JOIN files USING (file))
        SELECT {", ".join(f"{value} AS {name}" for name, value in _columns(form, there).items())}
        FROM dated rows WHERE {relations.is_good(form)}{day}
    """


def _columns(form: Format, there: Sequence[str]) -> dict[str, str]:
    """The columns of the table `lines`, whatever fields a log has: what a line does not tell is null."""

    def first(*names: str, other: str = "0") -> str:
        return f"coalesce({', '.join([*(f'rows.{name}' for name in names if name in there), other])})"

    def told(*names: str, type_: str) -> str:
        return first(*names, other=f"NULL::{type_}")

    request = "hash(rows.xedgerequestid)" if "xedgerequestid" in there else "NULL::UBIGINT"
    named = "rows.xedgerequestid IS NOT NULL" if "xedgerequestid" in there else "false"
    country, sent = f"nullif({first('ccountry')}, 0)", told("scbytes", type_="BIGINT")
    taken_ms, result = _milliseconds(told("timetaken", type_="DOUBLE")), told(*_SAID, type_="UTINYINT")
    status = told("scstatus", type_="SMALLINT")
    return {
        "file": "rows.file",
        "hour": "date_trunc('hour', instant)",
        "id": f"CASE WHEN {named} THEN {request} END",
        "distribution": first("distributionid", "primarydistributionid", other=f"nullif(named, 0), {first('cshost')}"),
        "edge": first("edge"),
        "country": f"coalesce({country}, {first('edge_country')})",
        "country_known": f"{country} IS NOT NULL",
        "title": first("title"),
        "path": first("path", other="-1"),
        "device": f"{first('csuseragent', other=str(len(DEVICES) - 1))}::UTINYINT",
        "instant": "instant",
        **{key: told(key, type_=_told_type(key)) for key in KEYS},
        "result": f"{result}::UTINYINT",
        "cached": f"{result} < 2",  # hit or refreshhit
        "status": status,
        "scheme": first("csprotocol"),
        "bytes": sent,
        "request_bytes": told("csbytes", type_="BIGINT"),
        "taken_ms": taken_ms,
        "ttfb_ms": _milliseconds(told("timetofirstbyte", type_="DOUBLE")),
        "flowed": f"{sent} >= 65536 AND {taken_ms} > 0 AND {status} IN (200, 206)",
        "weight": _weight(form.rate, request if form.rate < 100 else ""),
    }


def _milliseconds(seconds: str) -> str:
    return f"round({seconds} * 1000)::BIGINT"


def _told_type(key: str) -> str:
    return "DOUBLE" if key in NUMBERS else "VARCHAR" if key in TEXTS else "BOOLEAN"


def _weight(rate: int, request: str) -> str:
    """How many requests a line stands for: a whole number, which is right on average where the rate is no divisor."""
    if rate == 100:
        return "1"
    return f"{100 // rate} + (coalesce({request}, hash(instant)) % {rate} < {100 % rate})::INTEGER"
