"""Store: the facts of a measured day in their place, and what is known of the files that they were made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.checksums import Checksum
from core.database import Connection, Database, named_queries
from core.segments import Shelf, checksums, next_revision
from core.units import instant_text

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Key:
    """What is replaced whole: a UTC day of a dataset, as one source tells of it."""

    dataset: str
    source: str
    day: date

    @property
    def columns(self) -> dict[str, str]:
        return {"dataset": self.dataset, "source": self.source, "day": self.day.isoformat()}


@dataclass(frozen=True)
class Segment:
    """A day's facts, written and not yet pointed to."""

    key: Key
    inputs: str  #: hash of what it was made of: the same inputs come to the same facts
    parts: Mapping[str, int]  #: lines of each distribution or bucket; none where there is nothing of that day any more
    folder: Path  #: holds a file VIEW.parquet for each view of measurements that it has facts of

    @property
    def lines(self) -> int:
        return sum(self.parts.values())


@dataclass(frozen=True)
class ReadFile:
    """What was found in a file of a source."""

    path: str
    fingerprint: str  #: what changes when the file does, or the way it is read
    dataset: str  #: empty: nothing that is measured lies in it
    days: Mapping[date, int]  #: lines of each UTC day
    lines: int  #: headers aside
    bad_lines: int
    bad_reason: str  #: what is wrong with the first of them; empty where there is none
    lacks: tuple[str, ...] = ()  #: fields that some of its lines do not have


@dataclass(frozen=True)
class Current:
    """The segment that is the truth about a day."""

    path: str
    inputs: str
    lines: int
    whole: bool  #: its files are as they were written


def publish(
    segments: Sequence[Segment],
    files: Iterable[ReadFile],
    source: str,
    seen: Mapping[Key, str],
    shelf: Shelf,
    database: Database,
    now: datetime,
) -> set[Key]:
    """Make segments the truth, and put on record which files were read; give the days that are left as they are.

    Those are the ones that another ingestion has replaced since their inputs were `seen`, or that are the same.
    The files of such a day are looked into again by the next ingestion, unless they come to the same.
    """
    placed = {
        each.key: shelf.place(each.folder, f"{each.key.day}-{each.key.dataset}") for each in segments if each.parts
    }
    written = {path: checksums(shelf.folder / path, _names(shelf.folder / path)) for path in placed.values()}
    with database.transaction() as connection:
        overtaken = {each.key for each in segments if _inputs(connection, each.key) != seen.get(each.key, "")}
        news = [each for each in segments if each.key not in overtaken]
        for segment in news:
            _replace(connection, segment, shelf, placed.get(segment.key, ""), written, now)
        for dataset, day in {(each.key.dataset, each.key.day) for each in news}:
            _count_once(connection, dataset, day)
        for file in files:
            if not any(Key(file.dataset, source, day) in overtaken for day in file.days):
                _record(connection, source, file, now)
        if news:
            next_revision(connection)
    return overtaken


def _names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def _inputs(connection: Connection, key: Key) -> str:
    current = _queries.measurement(connection, **key.columns)
    return current["inputs"] if current else ""


def _replace(
    connection: Connection,
    segment: Segment,
    shelf: Shelf,
    path: str,
    written: Mapping[str, Mapping[str, Checksum]],
    now: datetime,
) -> None:
    key = segment.key.columns
    if current := _queries.measurement(connection, **key):
        shelf.retire(current["path"])
    _queries.forget_measurement(connection, **key)
    if not path:
        return
    _queries.add_measurement(
        connection, **key, path=path, inputs=segment.inputs, lines=segment.lines, loaded_at=instant_text(now)
    )
    for part, lines in segment.parts.items():
        _queries.add_part(connection, **key, part=part, lines=lines)
    for name, checksum in written[path].items():
        _queries.add_file(connection, **key, name=name, size_bytes=checksum.size_bytes, sha256=checksum.sha256)


def _count_once(connection: Connection, dataset: str, day: date) -> None:
    """Where several sources tell of one day of a part, the one with the most lines is counted."""
    best: set[str] = set()
    for row in list(_queries.parts_of(connection, dataset=dataset, day=day.isoformat())):
        _queries.count_part(
            connection, dataset=dataset, source=row["source"], day=day.isoformat(), part=row["part"],
            counted=row["part"] not in best,
        )  # fmt: skip
        best.add(row["part"])


def _record(connection: Connection, source: str, file: ReadFile, now: datetime) -> None:
    where = {"source": source, "path": file.path}
    _queries.forget_read_file(connection, **where)
    _queries.add_read_file(
        connection, **where, fingerprint=file.fingerprint, dataset=file.dataset, lines=file.lines,
        bad_lines=file.bad_lines, bad_reason=file.bad_reason, lacks=" ".join(file.lacks), read_at=instant_text(now),
    )  # fmt: skip
    for day, lines in file.days.items():
        _queries.add_file_day(connection, **where, day=day.isoformat(), lines=lines)


def read_files(database: Database, source: str) -> dict[str, ReadFile]:
    """What is known of the files of a source, by their paths."""
    with database.reading() as connection:
        days: dict[str, dict[date, int]] = {}
        for row in _queries.file_days(connection, source=source):
            days.setdefault(row["path"], {})[date.fromisoformat(row["day"])] = row["lines"]
        return {
            row["path"]: ReadFile(
                row["path"], row["fingerprint"], row["dataset"], days.get(row["path"], {}), row["lines"],
                row["bad_lines"], row["bad_reason"], tuple(row["lacks"].split()),
            )
            for row in _queries.read_files(connection, source=source)
        }  # fmt: skip


def current_segments(database: Database, source: str, shelf: Shelf) -> dict[Key, Current]:
    """The segments of a source."""
    with database.reading() as connection:
        written: dict[Key, dict[str, Checksum]] = {}
        for row in _queries.files_of_source(connection, source=source):
            written.setdefault(_key(row), {})[row["name"]] = Checksum(row["size_bytes"], row["sha256"])
        rows = list(_queries.measurements_of(connection, source=source))
    return {
        _key(row): Current(
            row["path"], row["inputs"], row["lines"], shelf.holds(row["path"], written.get(_key(row), {}))
        )
        for row in rows
    }


def _key(row: Any) -> Key:
    return Key(row["dataset"], row["source"], date.fromisoformat(row["day"]))
