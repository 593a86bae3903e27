"""Preparation: logs fetched, unpacked and told apart, some at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import DeliveryRefused
from core.sources.mishaps import mishaps_refused
from core.sources.source import Entry
from core.sources.workspace import disk_errors
from core.telemetry import formats
from core.telemetry.datasets import Found
from core.telemetry.fields import are_a_log
from core.telemetry.formats import Format, Kind
from core.telemetry.lacking import lacking, require
from core.telemetry.parsing import parsed
from core.telemetry.plain_text import PlainText, beginning, write_plain
from core.telemetry.reaching import Reaching
from core.telemetry.relations import Log, json_shapes
from core.telemetry.reports import FileReport
from core.telemetry.sections import of_all_headers, of_all_shapes

#: Of logs that are read at once, unpacked; and of one that is read in memory.
_BATCH_BYTES, _LARGEST_BYTES = 40 * 2**20, 64 * 2**20
_BATCH_FILES = 500


@dataclass
class Preparation:
    """Makes logs of a source ready to be read."""

    found: Found
    folder: Path
    ask: duckdb.DuckDBPyConnection
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**8)))
    _reaching: Reaching = field(default_factory=Reaching)

    def take(self, waiting: list[Entry]) -> tuple[list[Log], list[FileReport]]:
        """The first logs of a list, which are taken from it, and those that are refused.

        Raises SourceUnreachable where it is more than single files that do not come.
        """
        taken: list[Log] = []
        refused: list[FileReport] = []
        size = 0
        while waiting and size < _BATCH_BYTES and len(taken) < _BATCH_FILES:
            entry = waiting.pop(0)
            try:
                with mishaps_refused(entry.path), disk_errors(self.folder), self._reaching.file():
                    log, log_bytes = self._prepared(entry, next(self._numbers))
                    taken.append(log)
                    size += log_bytes
            except DeliveryRefused as error:
                refused.append(FileReport(entry.path, True, 0, 0, str(error)))
        return taken, refused

    def _prepared(self, entry: Entry, number: int) -> tuple[Log, int]:
        target = self.folder / f"{number:08d}"
        raw = raw_of(target)
        try:
            self.found.source.fetch(entry, raw)
            start = beginning(raw)
            log = self._log(entry, number, start)
            if formats.is_parquet(start):
                target.symlink_to(raw.resolve())
                size = entry.size * 10
            else:
                log, size = self._read(log)
            self.found.source.confirm(entry)
        except BaseException:
            raw.unlink(missing_ok=True)
            target.unlink(missing_ok=True)
            raise
        return log, size

    def _log(self, entry: Entry, number: int, start: bytes) -> Log:
        """A log before its text is read."""
        path = self.folder / f"{number:08d}"
        is_parquet = formats.is_parquet(start)
        form, lines = _parquet(raw_of(path), entry.path) if is_parquet else (self._format(entry, start), 0)
        require(entry.path, form.fields)
        latest = (entry.modified + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
        named = formats.distribution_in(entry.path)
        lacks = lacking([form.fields], named)
        return Log(number, entry.path, form, path, lines, _header_lines(start, form), named, latest, lacks=lacks)

    def _read(self, log: Log) -> tuple[Log, int]:
        """A text with its lines, and its bytes; where DuckDB is to read it, the text is written instead of a table."""
        text = PlainText(raw_of(log.path), log.name, _LARGEST_BYTES)
        if (table := parsed(text, log.format, log.number)) is not None:
            return replace(log, table=table, lines=table.num_rows), text.size_bytes
        written = write_plain(raw_of(log.path), log.path, log.name)
        return self._of_all_fields(replace(log, lines=written.lines - log.header_lines)), written.size_bytes

    def _of_all_fields(self, log: Log) -> Log:
        """A log with the fields of all its lines, where these have different ones."""
        if log.format.kind is Kind.JSON:
            return of_all_shapes(log, json_shapes(log.path, self.ask))
        return of_all_headers(log) if log.format.kind is Kind.W3C else log

    def _format(self, entry: Entry, start: bytes) -> Format:
        form = formats.text_format(start)
        if form is None:
            what = "does not begin as a log of CloudFront's does" if entry.size else "is empty"
            raise DeliveryRefused(f"{entry.path} {what}.", "Copy it again, or remove it.")
        return (form.kind is Kind.REAL_TIME and self._config(entry.path)) or form

    def _config(self, path: str) -> Format | None:
        """What the configuration beside real-time logs says, in their folder or the nearest one above."""
        folder = path.rpartition("/")[0]
        while True:
            for entry in self._configs.get(folder, ()):
                if form := formats.real_time_format(self.found.source.read(entry)):
                    return form
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    @cached_property
    def _configs(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for path, entry in self.found.entries.items():
            if path.lower().endswith(".json") and entry.size < 2**20:
                found.setdefault(path.rpartition("/")[0], []).append(entry)
        return found


def raw_of(path: Path) -> Path:
    """A log as it was fetched, by the path of its text."""
    return path.with_name(f"{path.name}.raw")


def write_texts(logs: Sequence[Log]) -> None:
    """Have the text of each log at its path. Raises DeliveryRefused where it has changed meanwhile."""
    for each in logs:
        if not each.path.exists():
            write_plain(raw_of(each.path), each.path, each.name)


def remove(logs: Sequence[Log]) -> None:
    """Remove what was made of logs that are read."""
    for each in logs:
        each.path.unlink(missing_ok=True)
        raw_of(each.path).unlink(missing_ok=True)


def about(entry: Entry) -> date:
    """The day that a file's name tells of, or on which it was written."""
    try:
        return date.fromisoformat(formats.day_in(entry.path))
    except ValueError:
        return entry.modified.date()


def _header_lines(start: bytes, form: Format) -> int:
    """Lines of a header, which are no lines of the log."""
    if form.kind is not Kind.W3C:
        return 0
    lines = start.split(b"\n")
    return next((at for at, line in enumerate(lines) if not line.startswith(b"#")), len(lines))


def _parquet(path: Path, name: str) -> tuple[Format, int]:
    try:
        with pq.ParquetFile(path) as file:
            fields, lines = tuple(file.schema_arrow.names), file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise DeliveryRefused(f"{name} is cut off or damaged.", "Copy it again.") from error
    if not are_a_log(fields):
        raise DeliveryRefused(f"{name} is no log of CloudFront's.", "Remove it, or copy it again.")
    return Format(Kind.PARQUET, fields), lines
