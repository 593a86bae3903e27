"""Table files: a table as CSV and as Parquet, whatever its columns hold."""

from io import BytesIO

import duckdb
import pyarrow as pa
from pyarrow import csv, parquet
from pyarrow import types as kinds

from core.formulas import AMOUNT, FORMULA, harmless


def as_csv(table: pa.Table) -> bytes:
    """Every row, with the columns' names above.

    Lists, structs and maps are JSON, bytes are hexadecimal digits, times are as ISO 8601 has them. Text that a
    spreadsheet would take for a formula has an apostrophe before it, as names from a bill are not ours.
    """
    names = [f"c{number}" for number in range(table.num_columns)]  # several may have one name
    with duckdb.connect() as duck:
        duck.execute("SET timezone = 'UTC'")
        relation = duck.from_arrow(table.rename_columns(names))
        cells = (f"{_cell(name, field.type)} AS {name}" for name, field in zip(names, table.schema, strict=True))
        texts = relation.project(", ".join(cells)).to_arrow_table()
    buffer = BytesIO()
    csv.write_csv(texts.rename_columns([harmless(name) for name in table.column_names]), buffer)
    return buffer.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    """Every row, in the columns' own types."""
    buffer = BytesIO()
    parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _cell(name: str, kind: pa.DataType) -> str:
    """A column as CSV can hold it, as SQL."""
    if kinds.is_nested(kind):
        return f"to_json({name})::VARCHAR"
    if kinds.is_binary(kind):
        return f"lower(hex({name}))"
    if kinds.is_temporal(kind):
        return f"{name}::VARCHAR"
    return _guarded(f"{name}::VARCHAR") if kinds.is_string(kind) or kinds.is_dictionary(kind) else name


def _guarded(text: str) -> str:
    is_formula = f"regexp_matches({text}, '{FORMULA}') AND NOT regexp_matches({text}, '{AMOUNT}')"
    return f"CASE WHEN {is_formula} THEN chr(39) || {text} ELSE {text} END"
