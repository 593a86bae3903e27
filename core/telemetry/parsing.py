"""Parsing: a log's text as a table of typed fields, by Arrow, where no line of it needs a closer look."""

from collections.abc import Iterator, Sequence
from functools import partial

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import csv

from core.telemetry.fields import TYPES
from core.telemetry.formats import Format, Kind, header_fields
from core.telemetry.plain_text import PlainText, TooLong
from core.telemetry.relations import Log, kept, place, rows

_BLOCK = 2**20
#: Lines that are added up at once.
_LINES = 262_144
_NUMBERED = pa.dictionary(pa.int32(), pa.string())
#: Texts that hardly ever repeat; others are numbered.
_UNIQUE = ("xedgerequestid", "csuriquery")
_TYPES = {
    "DATE": pa.date32(),
    "TIME": pa.time32("s"),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "SMALLINT": pa.int16(),
}


def parsed(text: PlainText, form: Format, number: int) -> pa.Table | None:
    """The lines of a text with the number of its file, texts as dictionaries; None where DuckDB has to judge them."""
    if form.kind not in (Kind.W3C, Kind.REAL_TIME):
        return None
    fields = kept(form)
    try:
        table = csv.read_csv(
            text,
            csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=_places(form)),
            csv.ParseOptions(
                delimiter="\t", quote_char=False, escape_char=False, invalid_row_handler=partial(_judged, form.fields)
            ),
            csv.ConvertOptions(
                check_utf8=False,
                column_types={place(at): arrow_type(name) for name, at in fields.items()},
                include_columns=[place(at) for at in fields.values()],
                null_values=["-"],
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, TooLong):
        return None
    file = pa.array(np.full(table.num_rows, number, np.int32))
    return table.rename_columns(list(fields)).append_column("file", file)


def arrow_type(name: str) -> pa.DataType:
    """Of the field of a plain name."""
    return pa.string() if name in _UNIQUE else _TYPES.get(TYPES[name], _NUMBERED)


def _places(form: Format) -> list[str]:
    return [place(at) for at in range(len(form.fields))]


def _judged(fields: Sequence[str], row: csv.InvalidRow) -> str:
    """Comments are left out. What another line of too few or too many fields comes to, is not for Arrow to say.

    Nor is what comes below a header with other fields.
    """
    if not row.text.startswith("#"):
        return "error"
    return "skip" if header_fields(row.text.encode()) in ((), fields) else "error"


def pieces(logs: Sequence[Log], cursor: duckdb.DuckDBPyConnection) -> Iterator[pa.Table]:
    """The lines of logs of one format, some hundred thousand at a time; each text is a dictionary in one piece.

    What has no table is read by DuckDB. Lines that cannot be read are left out.
    """
    if tables := [log.table for log in logs if log.table is not None]:
        yield pa.concat_tables(tables).unify_dictionaries()
    if others := [log for log in logs if log.table is None]:
        for batch in cursor.sql(rows(others)).to_arrow_reader(_LINES):
            yield _numbered(pa.table(batch))


def _numbered(table: pa.Table) -> pa.Table:
    for at, name in enumerate(table.column_names):
        if name in TYPES and arrow_type(name) == _NUMBERED:
            table = table.set_column(at, name, table[name].dictionary_encode())
    return table
