"""History: objects and their reads out of Parquet files of any make; what cannot be used is counted and told."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from core.errors import HistoryRefused
from core.recommendations.simulator.arrays import floats, ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.gaps import longest_gap
from core.recommendations.simulator.window import day_of, number_of
from core.sql import identifier, literal

_JUDGED = Path(__file__).with_name("history.sql").read_text()
OBJECTS, READS = ("object", "group", "bytes", "created"), ("object", "day", "gets", "bytes")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class History:
    """What is known of objects and who read them when."""

    catalogue: Catalogue
    first: int  #: day of the first read, or of the first log
    end: int  #: day after the last read, or the last log
    remarks: tuple[str, ...]  #: what was left out or put right, a sentence each
    videos: tuple[str, ...] = ()  #: the id of each group, where it was measured


@dataclass(frozen=True)
class Days:
    """In which reads were looked for, as far as somebody says it."""

    first: date | None = None  #: None: that of the first read; without any, of the first object
    last: date | None = None  #: None: that of the last read; without any, yesterday
    today: date | None = None  #: None: the last one has to be said where there are no reads


def read_history(objects: Path, reads: Path, days: Days = Days()) -> History:
    """The history that two Parquet files tell.

    Rows of reads of one object and day are added up; a file without any row says that nobody read anything. Raises
    HistoryRefused for files that are no such Parquet, and where no object is left, or no read of those that are told.
    """
    with duckdb.connect() as duck:
        duck.execute("SET timezone = 'UTC'")
        _load(duck, "objects", objects, OBJECTS)
        _load(duck, "reads", reads, READS)
        duck.execute(_JUDGED)
        return _history(duck, str(objects), str(reads), _said(duck, days, str(reads)))


def history_in(
    duck: duckdb.DuckDBPyConnection, objects: str, reads: str, logged: tuple[int, int] | None = None
) -> History:
    """The history that is told by the tables `objects` (object, group, bytes, created) and `reads` (object, day, gets,
    bytes); the names are what errors call them.

    `logged`: the first day on which reads were looked for and the one after the last; else those of the reads.
    """
    duck.execute(_JUDGED)
    return _history(duck, objects, reads, logged)


def _said(duck: duckdb.DuckDBPyConnection, days: Days, reads: str) -> tuple[int, int] | None:
    """The first day and the one after the last, where they are not simply those of the reads."""
    [(rows, first, last)] = duck.execute(
        "SELECT (SELECT count(*) FROM reads), min(day), max(day) FROM judged_reads WHERE remark IS NULL"
    ).fetchall()
    if rows and not (days.first or days.last):
        return None
    [(oldest,)] = duck.execute("SELECT min(created) FROM usable_objects").fetchall()
    if not rows:
        first, last = oldest, number_of(days.today) - 1 if days.today else None
    start = number_of(days.first) if days.first else first
    end = number_of(days.last) if days.last else last
    if start is None or end is None:
        return None
    if start > end:
        raise HistoryRefused(f"{reads} has no day from {day_of(start)} to {day_of(end)}.", "Say other days.")
    return start, end + 1


def _history(duck: duckdb.DuckDBPyConnection, objects: str, reads: str, logged: tuple[int, int] | None) -> History:
    counted = duck.execute("SELECT rows, remark FROM remarks WHERE rows > 0 ORDER BY rows DESC, remark").fetchall()
    remarks = [f"{rows:,} {remark}" for rows, remark in counted]
    catalogue = _catalogue(duck, logged)
    if not len(catalogue):
        raise _refused(objects, "has no object with a size and a day of creation", remarks)
    if logged is None and not len(catalogue.reads.day):
        raise _refused(reads, f"has no read of an object in {objects}", remarks)
    if logged and not len(catalogue.reads.day):
        span = f"{day_of(logged[0])} to {day_of(logged[1] - 1)}"
        remarks.append(f"No read is told from {span}: that is taken for days on which nobody read anything.")
    if logged is None and (gap := longest_gap(catalogue.reads.day)):
        remarks.append(
            f"Nothing was read from {day_of(gap[0])} until {day_of(gap[1])}: that is taken for days without reads. "
            f"Leave out all reads before, if they were not measured."
        )
    first, end = logged or (int(catalogue.reads.day.min()), int(catalogue.reads.day.max()) + 1)
    if late := int((catalogue.created >= end).sum()):
        of = "last day," if logged else "last read on"
        remarks.append(f"{late:,} objects were created after the {of} {day_of(end - 1)}: they are not priced.")
    return History(catalogue, first, end, tuple(remarks))


def _catalogue(duck: duckdb.DuckDBPyConnection, logged: tuple[int, int] | None) -> Catalogue:
    """With the reads of these days; of all where none are given."""
    found = duck.execute("SELECT video, size, created FROM usable_objects ORDER BY place").fetchnumpy()
    within = f" AND day >= {logged[0]} AND day < {logged[1]}" if logged else ""
    read = duck.execute("SELECT place, day, gets, bytes FROM judged_reads WHERE remark IS NULL" + within).fetchnumpy()
    reads = added_up(ints(read["place"]), ints(read["day"]), floats(read["gets"]), floats(read["bytes"]))
    return Catalogue(ints(found["video"]), ints(found["size"]), ints(found["created"]), reads)


def _refused(what: str, problem: str, remarks: list[str]) -> HistoryRefused:
    return HistoryRefused(f"{what} {problem}.", " ".join(remarks) or "It is empty.")


def _load(duck: duckdb.DuckDBPyConnection, table: str, file: Path, columns: tuple[str, ...]) -> None:
    try:
        described = duck.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(file)})").fetchall()
        types = {name.lower(): (name, kind) for name, kind, *_ in described}
        if missing := [name for name in columns if name not in types]:
            raise _no_parquet(file, f"has no column {' and no '.join(missing)}", columns)
        wanted = ", ".join(f"{_as(name, *types[name])} AS {identifier(name)}" for name in columns)
        duck.execute(f"CREATE TABLE {table} AS SELECT {wanted} FROM read_parquet({literal(file)})")
    except duckdb.Error as error:
        raise _no_parquet(file, f"cannot be read as Parquet ({str(error).splitlines()[0]})", columns) from error


def _as(name: str, column: str, kind: str) -> str:
    value = identifier(column)
    if name in ("object", "group"):
        return _name(value, kind)
    if name in ("created", "day"):
        return _day(value, kind)
    return f"TRY_CAST({value} AS DOUBLE)"


def _name(value: str, kind: str) -> str:
    if kind.startswith(_FRACTIONS):  # 7.0 in one file may be 7 in the other
        return f"coalesce(TRY_CAST({value} AS HUGEINT)::VARCHAR, {value}::VARCHAR)"
    return f"{value}::VARCHAR"


def _day(value: str, kind: str) -> str:
    """Days since 1970. Numbers are days, seconds, milliseconds, microseconds or nanoseconds, by their size."""
    if not kind.startswith((*_WHOLE, *_FRACTIONS)):
        return f"epoch_us(TRY_CAST({value} AS TIMESTAMPTZ)) // 86400000000"
    number = f"TRY_CAST({value} AS DOUBLE)"
    cases = [(1e5, 1), (1e11, 86_400), (1e14, 86_400_000), (1e17, 86_400_000_000)]
    told = " ".join(f"WHEN abs({number}) < {most:.0f} THEN floor({number} / {unit})" for most, unit in cases)
    return f"TRY_CAST(CASE {told} ELSE floor({number} / 86400000000000) END AS BIGINT)"


def _no_parquet(file: Path, problem: str, columns: tuple[str, ...]) -> HistoryRefused:
    return HistoryRefused(f"{file} {problem}.", f"Give a Parquet file with the columns {', '.join(columns)}.")
