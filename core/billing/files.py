"""Files: check that a file of an export is whole, and say how DuckDB reads it."""

import csv
import io
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from core.billing.columns import Column, Columns, recognise
from core.errors import DeliveryRefused
from core.sources.source import is_hidden
from core.sql import literal
from core.units import GIB, MIB

#: What the names of data files end with; everything else in an export's folder is left alone.
DATA_SUFFIXES = (".parquet", ".csv", ".csv.gz", ".gz", ".zip")

#: Some writers do not mark texts as such.
_TEXTS = ", binary_as_string = true"
#: AWS tells Athena here whether it is writing.
NO_BILLS = "cost_and_usage_data_status"

_CHUNK = 1 * MIB
_LONGEST_LINE = 2 * MIB  # DuckDB takes sixteen times this for its buffer
#: A compressed file may grow this much, and always to 1 GiB: real bills grow 10 to 60 times.
_LARGEST_GROWTH = 300


def may_hold_charges(path: str) -> bool:
    """Whether a file is to be looked into, by its name."""
    *folders, name = path.split("/")
    return name.lower().endswith(DATA_SUFFIXES) and not is_hidden(path) and NO_BILLS not in folders


@dataclass(frozen=True)
class Readable:
    """A checked file, ready for DuckDB."""

    columns: Columns
    path: Path
    function: str  #: DuckDB's table function
    options: str  #: what it takes besides the path, as SQL

    @property
    def relation(self) -> str:
        """SQL for a FROM clause."""
        return self.together([self])

    @staticmethod
    def together(readables: Sequence["Readable"]) -> str:
        """SQL for a FROM clause that reads several files of one shape."""
        paths = ", ".join(literal(readable.path) for readable in readables)
        return f"{readables[0].function}([{paths}]{readables[0].options})"


def open_file(path: Path, name: str, scratch: Path, connection: duckdb.DuckDBPyConnection) -> list[Readable]:
    """Check a file from end to end; more than one relation where it is an archive.

    Raises DeliveryRefused, naming the file, when it is empty, cut, damaged, a bomb or no bill.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    if not magic:
        raise DeliveryRefused(f"{name} is empty.", "Wait for the next delivery, or copy the file again.")
    if magic == b"PAR1":
        return [_parquet(path, name, connection)]
    if magic[:2] == b"PK":
        return [_csv(member, name) for member in _unzip(path, name, scratch)]
    if magic[:2] == b"\x1f\x8b":
        _check_gzip(path, name)
        return [_csv(path, name, compression="gzip")]
    if name.lower().endswith((".parquet", ".gz", ".zip")):
        raise _damaged(name, "it does not begin as its name says")
    return [_csv(path, name)]


def _parquet(path: Path, name: str, connection: duckdb.DuckDBPyConnection) -> Readable:
    try:
        described = connection.execute(f"DESCRIBE FROM read_parquet({literal(path)}{_TEXTS})").fetchall()
        titles = _titles(path, connection)
        columns = [
            Column(title, row[0], str(row[1]), fields if str(row[1]).startswith("STRUCT") else ())
            for (title, fields), row in zip(titles, described, strict=True)
        ]
    except (duckdb.Error, ValueError) as error:
        raise _damaged(name, "its Parquet footer cannot be read") from error
    return Readable(recognise(name, columns), path, "read_parquet", _TEXTS)


def _titles(path: Path, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, tuple[str, ...]]]:
    """The columns and their fields by the file's own names: DuckDB numbers those that differ in case only.

    Without the fields where one has others in it.
    """
    schema = f"SELECT name, coalesce(num_children, 0) FROM parquet_schema({literal(path)})"
    found: list[tuple[str, list[str | None]]] = []
    missing: list[int] = []  # of each group that is not over, how many members are to come
    for title, children in connection.execute(schema).fetchall()[1:]:  # the first one is the file itself
        if not missing:
            found.append((title, []))
        elif len(missing) == 1:
            found[-1][1].append(None if children else title)
        if missing:
            missing[-1] -= 1
        missing += [children] if children else []
        while missing and not missing[-1]:
            missing.pop()
    return [(title, () if None in fields else tuple(name for name in fields if name)) for title, fields in found]


def _csv(path: Path, name: str, compression: str = "none") -> Readable:
    # numbered, because DuckDB does not tell names apart that differ in case only, and AWS does
    header = enumerate(_header(path, name, compression))
    columns = [Column(title, f"c{number}", "VARCHAR") for number, title in header]
    types = ", ".join(f"'{column.place}': 'VARCHAR'" for column in columns)
    options = (
        ", auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"compression = '{compression}', max_line_size = {_LONGEST_LINE}, columns = {{{types}}}"
    )
    return Readable(recognise(name, columns), path, "read_csv", options)


def _header(path: Path, name: str, compression: str) -> list[str]:
    with _opened(path, compression) as file:
        start = file.read(_CHUNK)
    try:
        first = next(csv.reader(io.StringIO(start.decode("utf-8-sig", errors="replace"))), [])
    except csv.Error as error:
        raise _damaged(name, "its first line is no CSV header") from error
    if not first or "\0" in start.decode("utf-8", errors="replace"):
        raise _damaged(name, "its first line is no CSV header")
    return first


def _opened(path: Path, compression: str) -> IO[bytes]:
    if compression == "none":
        return path.open("rb")
    return io.BytesIO(b"".join(_take(_inflated(path), _CHUNK)))


def _take(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    taken = 0
    for chunk in chunks:
        yield chunk
        taken += len(chunk)
        if taken >= size:
            return


def _inflated(path: Path) -> Iterator[bytes]:
    """The content of a gzip file; zlib.error or EOFError where it is damaged or cut."""
    with path.open("rb") as file:
        member = None
        while data := file.read(_CHUNK):
            while data:
                member = member or zlib.decompressobj(wbits=31)
                yield member.decompress(data, 16 * _CHUNK)
                data = member.unconsumed_tail or member.unused_data
                if member.eof:
                    member = None
                    data = data.lstrip(b"\0")  # padding behind a member is allowed
        if member is not None:
            raise EOFError("the last member has no end")


def _check_gzip(path: Path, name: str) -> None:
    limit, size = _largest(path), 0
    try:
        for chunk in _inflated(path):
            size += len(chunk)
            if size > limit:
                raise _bomb(name, limit)
    except (zlib.error, EOFError) as error:
        raise _damaged(name, "its gzip data is cut or damaged") from error


def _unzip(path: Path, name: str, scratch: Path) -> list[Path]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, name)
            if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
                raise _damaged(name, "it is packed in a way that no provider uses")
            if sum(m.file_size for m in members) > _largest(path):
                raise _bomb(name, _largest(path))
            return [_extract(archive, m, scratch / f"{path.stem}-{n}.csv") for n, m in enumerate(members)]
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, UnicodeDecodeError) as error:
        raise _damaged(name, "its zip archive is cut, damaged or encrypted") from error


def _members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """The CSV files in an archive, which may hold nothing else that has charges."""
    data = [member for member in archive.infolist() if not member.is_dir() and may_hold_charges(member.filename)]
    if other := next((member.filename for member in data if not member.filename.lower().endswith(".csv")), None):
        raise DeliveryRefused(
            f"{name} holds {other[:200]}, which is no CSV file.", "Unpack it, and remove the archive."
        )
    if not data:
        raise DeliveryRefused(f"{name} holds no CSV file.", "Remove it, or export it anew.")
    return data


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> Path:
    with archive.open(member) as source, target.open("wb") as file:  # never by the member's own name
        shutil.copyfileobj(source, file, _CHUNK)
    return target


def _largest(path: Path) -> int:
    return max(GIB, path.stat().st_size * _LARGEST_GROWTH)


def _damaged(name: str, how: str) -> DeliveryRefused:
    return DeliveryRefused(f"{name} is damaged: {how}.", "Copy the file again, or wait for the next delivery.")


def _bomb(name: str, limit: int) -> DeliveryRefused:
    return DeliveryRefused(
        f"{name} unpacks to more than {limit // GIB} GiB, which no bill of its size does.",
        "Look where the file comes from before you unpack it.",
    )
