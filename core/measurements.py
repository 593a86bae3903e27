"""Measurements: the warehouse's views of what was measured, made when a question first names them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb

from core.checksums import Checksum
from core.database import Connection, named_queries
from core.derived import DERIVED
from core.rollups import ROLLUPS
from core.sql import identifier, literal

_queries: Any = named_queries(__file__)
_DEFINITIONS = Path(__file__).with_name("measurements.sql").read_text()

#: Every view of measurements; it reads the files of its name in the segments.
VIEWS = tuple(re.findall(r"TABLE empty_(\w+) \(", _DEFINITIONS))
#: What tells parts of a dataset apart, of which one source each is counted: values of columns, joined by `part_of`.
PART_COLUMNS = {
    "cloudfront": ("distribution",),
    "origin": ("bucket",),
    "inventory": ("provider", "bucket"),
    "metrics": ("region", "dimensions"),
}
_BETWEEN = "/"

_NAMES = re.compile(rf"\b(?:empty_)?({'|'.join((*VIEWS, *DERIVED))})\b", re.IGNORECASE)
_PARAMETERS = re.compile(r"\$\w+")
_SELECTS = ("SELECT", "WITH", "FROM")
_LITERALS = re.compile(r"'(?:[^']|'')*'|--[^\n]*")

#: Of each view its files, below the warehouse's folder, with the columns and the parts that another source is counted
#: for; plain lists, as they go to another process.
Measured = Mapping[str, Sequence[Sequence[Any]]]


def part_of(*values: str) -> str:
    """The part of a dataset that has these values in its columns."""
    return _BETWEEN.join(values)


@lru_cache(1024)
def named_in(sql: str) -> frozenset[str]:
    """The views of measurements that a statement may read: any that it has the name of, as anybody may write it."""
    return _with_others(name.lower() for name in _NAMES.findall(_LITERALS.sub("", sql)))


@lru_cache(1024)
def read_by(sql: str) -> frozenset[str]:
    """The views that one of our own statements reads: not those that are only called like one of its columns."""
    named = named_in(sql)
    if not named or not _LITERALS.sub("", sql).lstrip().startswith(_SELECTS):
        return named
    try:
        read = _parser().cursor().get_table_names(_PARAMETERS.sub("NULL", sql))
    except duckdb.Error:  # it will be asked all the same, and then say what is wrong with it
        return named
    return named & _with_others(name.lower().removeprefix("empty_") for name in read)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """One for all, as to make it takes longer than most questions."""
    return duckdb.connect(config={"threads": 1})


def _with_others(names: Iterable[str]) -> frozenset[str]:
    found = set(names)
    return frozenset(found | {other for name in found for other in (DERIVED[name].of if name in DERIVED else ())})


@dataclass(frozen=True)
class SegmentFile:
    """One file of a current segment of measurements, with facts that are counted."""

    view: str
    path: str  #: below the warehouse's folder
    written: Checksum
    columns: tuple[str, ...]  #: what tells its parts apart; empty where nothing does
    without: tuple[str, ...]  #: its parts that another source is counted for


def segment_files(connection: Connection, views: Iterable[str]) -> list[SegmentFile]:
    """The files that views read; oldest day first. Where a segment has no rollup, the finer facts stand for it."""
    uncounted: dict[tuple[str, ...], list[str]] = {}
    for dataset, source, day, part in _queries.uncounted_parts(connection):
        uncounted.setdefault((dataset, source, day), []).append(part)
    there = {(row["path"], row["name"]): row for row in _queries.counted_files(connection)}
    folders = dict.fromkeys(path for path, _ in there)
    return [
        SegmentFile(
            view,
            f"{path}/{row['name']}",
            Checksum(row["size_bytes"], row["sha256"]),
            PART_COLUMNS.get(row["dataset"], ()),
            tuple(uncounted.get((row["dataset"], row["source"], row["day"]), ())),
        )
        for view in views
        if view not in DERIVED
        for path in folders
        if (row := there.get((path, f"{view}.parquet")) or there.get((path, f"{_finer(view)}.parquet")))
    ]


def _finer(view: str) -> str:
    return ROLLUPS[view].finer if view in ROLLUPS else ""


def measured(files: Iterable[SegmentFile], views: Iterable[str]) -> Measured:
    """What `define` takes."""
    found: dict[str, list[Sequence[Any]]] = {view: [] for view in views}
    for file in files:
        found[file.view].append([file.path, list(file.columns), list(file.without)])
    return found


def define(cursor: duckdb.DuckDBPyConnection, folder: Path, current: Measured) -> None:
    """Make the views, on the files that they read."""
    if current:
        cursor.execute(_DEFINITIONS)
    for view in in_order(current):
        select = DERIVED[view].select if view in DERIVED else _select(cursor, view, folder, current[view])
        cursor.execute(f"CREATE OR REPLACE VIEW {view} AS {select}")


def in_order(views: Iterable[str]) -> list[str]:
    """Each after those that it reads."""
    return sorted(views, key=[*VIEWS, *DERIVED].index)


def _select(cursor: duckdb.DuckDBPyConnection, view: str, folder: Path, files: Sequence[Sequence[Any]]) -> str:
    if not files:
        return f"SELECT * FROM empty_{view}"
    columns = [name for name, *_ in cursor.execute(f"DESCRIBE empty_{view}").fetchall()]
    groups: dict[tuple[str, str], list[Path]] = {}
    for path, telling, without in files:
        but = _but(telling, without) if telling and set(telling) <= set(columns) else ""
        groups.setdefault((but, Path(path).stem), []).append(folder / path)
    wanted = ", ".join(map(identifier, columns))
    return " UNION ALL ".join(
        f"SELECT {wanted} FROM {_relation(view, of, paths)}{but}" for (but, of), paths in groups.items()
    )


def _relation(view: str, of: str, files: Sequence[Path]) -> str:
    if of != view:
        return f"({ROLLUPS[view].of(files)})"
    return f"read_parquet([{', '.join(map(literal, files))}])"


def _but(columns: Sequence[str], parts: Sequence[str]) -> str:
    if not parts:
        return ""
    part = f"concat_ws({literal(_BETWEEN)}, {', '.join(map(identifier, columns))})"
    return f" WHERE {part} NOT IN ({', '.join(map(literal, parts))})"
