"""Sandbox: the process that runs one query of an analyst, and can do nothing else.

What keeps it in: it runs one SELECT only; its DuckDB may read the warehouse's segments and no other
file, reach no network, load no extension and change no setting; the transaction is read-only; the
operating system lets it write no file and take no more memory or processor time than it needs; its
environment is empty; and it ends with its answer.
"""

import json
import re
import resource
import sys
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType

from core.errors import PhyghtError, QueryRefused, QueryStopped
from core.explore.catalogue import TABLES
from core.sql import identifier
from core.warehouse import Pointers, create_views

_MB = 2**20
_BATCH_ROWS = 2_048
#: Addresses, not memory in use: code, stacks of threads, what the allocator sets aside, and the result.
_BESIDE_DUCKDB_MB = 2_048
_LOCK = (
    "SET temp_directory = ''",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
#: Types that Arrow or Parquet has no place for, or (UHUGEINT) too little: their values are given as text.
_AS_TEXT = ("INTERVAL", "TIME WITH TIME ZONE", "UHUGEINT", "BIGNUM", "BIT", "GEOMETRY", "VARIANT", "UNION")
_NESTED = ("list", "array", "struct", "map", "union")
_ONLY_SELECT = "Write one SELECT; nothing can be changed here."
_UNKNOWN_TABLE = re.compile(r"(Table with name (.+) does not exist!)\nDid you mean ")
_NAMES = {"MULTI": "PIVOT without a list of values", "LOAD": "INSTALL or LOAD"}


def main() -> None:
    """Read the request from standard input, write the verdict and then the rows to standard output."""
    request = json.load(sys.stdin)
    _hold_back(request["limits"])
    try:
        verdict, rows = _answer(request)
    except PhyghtError as error:
        kind = "stopped" if isinstance(error, QueryStopped) else "refused"
        verdict, rows = {"error": kind, "message": error.message, "advice": error.advice}, b""
    sys.stdout.buffer.write(json.dumps(verdict).encode() + b"\n" + rows)


def _hold_back(limits: dict[str, int]) -> None:
    """Have the operating system refuse what a query has no need of."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CPU, 2 * limits["seconds"] + 10)
    if sys.platform == "linux":  # elsewhere it counts memory that was only set aside
        _lower(resource.RLIMIT_AS, (limits["memory_mb"] + _BESIDE_DUCKDB_MB) * _MB)


def _lower(what: int, to: int) -> None:
    _, hard = resource.getrlimit(what)
    to = to if hard == resource.RLIM_INFINITY else min(to, hard)
    resource.setrlimit(what, (to, to))


def _answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    _check(request["sql"])
    duck = _locked_duckdb(Path(request["folder"]), Pointers(**request["pointers"]), request["limits"])
    try:
        return _rows(duck, request["sql"], request["limits"])
    except (duckdb.OutOfMemoryException, MemoryError):
        raise QueryStopped(
            f"The query needs more than {request['limits']['memory_mb']} MB of memory.",
            "Ask for fewer days or columns, or add up before joining.",
        ) from None
    except duckdb.IOException:  # a segment was replaced and collected since the views were made
        raise QueryStopped("The data changed while the query ran.", "Run it again.") from None
    except duckdb.PermissionException as error:
        raise QueryRefused("Only the tables of the warehouse can be read here.", _said(error)) from None
    except duckdb.Error as error:
        raise QueryRefused(_said(error), "The tables and their columns are listed beside the query.") from None


def _check(sql: str) -> None:
    """Raises QueryRefused unless it is one SELECT (or DESCRIBE, SUMMARIZE, SHOW, which are SELECTs)."""
    try:
        kinds = [statement.type for statement in duckdb.extract_statements(sql)]
    except duckdb.Error as error:
        raise QueryRefused(_said(error), "Correct the query.") from None
    except ValueError:  # a kind of statement that DuckDB's own Python binding has no name for
        raise QueryRefused("This is not a query.", _ONLY_SELECT) from None
    if not kinds:
        raise QueryRefused("There is no query to run.", _ONLY_SELECT)
    if len(kinds) > 1:
        raise QueryRefused(f"These are {len(kinds)} statements.", _ONLY_SELECT)
    if kinds[0] is not duckdb.StatementType.SELECT:
        raise QueryRefused(f"{_NAMES.get(kinds[0].name, kinds[0].name)} is not a query.", _ONLY_SELECT)


def _locked_duckdb(folder: Path, current: Pointers, limits: dict[str, int]) -> duckdb.DuckDBPyConnection:
    duck = duckdb.connect(config={"threads": 2, "async_threads": 1})
    duck.execute(f"SET timezone = 'UTC'; SET memory_limit = '{limits['memory_mb']}MB'")
    create_views(duck, folder, current)
    duck.execute("SET allowed_directories = $folders", {"folders": [str(folder)]})
    for setting in _LOCK:
        duck.execute(setting)
    return duck


def _rows(duck: duckdb.DuckDBPyConnection, sql: str, limits: dict[str, int]) -> tuple[dict[str, Any], bytes]:
    duck.execute("BEGIN TRANSACTION READ ONLY")
    reader = _portable(duck.sql(sql)).to_arrow_reader(_BATCH_ROWS)
    batches, wanted, size = [], limits["rows"] + 1, 0
    for batch in reader:
        batches.append(batch.slice(0, wanted))
        wanted, size = wanted - batches[-1].num_rows, size + batch.nbytes
        if size > limits["result_mb"] * _MB:
            raise QueryStopped(
                f"The result is larger than {limits['result_mb']} MB.", "Ask for fewer columns or rows, or add up."
            )
        if not wanted:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    return {"truncated": table.num_rows > limits["rows"]}, _stream(table.slice(0, limits["rows"]))


def _portable(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The same, with a name of its own for each column, and values that a file can hold as well as a screen."""
    relation = relation.project("*")  # names the second `cost` cost_1
    columns = zip(relation.columns, relation.types, strict=True)
    return relation.project(", ".join(_column(identifier(name), type_) for name, type_ in columns))


def _column(name: str, type_: DuckDBPyType) -> str:
    if not any(word in str(type_) for word in _AS_TEXT) or type_.id == "enum":
        return name
    return f"{'to_json' if type_.id in _NESTED else ''}({name})::VARCHAR AS {name}"


def _stream(table: pa.Table) -> bytes:
    buffer = BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


def _said(error: Exception) -> str:
    """DuckDB's message, without the kind of error in front and the picture of the place below."""
    first = str(error).split("\n\n")[0].strip()
    _, colon, rest = first.partition("Error: ")
    said = rest if colon else first
    unknown = _UNKNOWN_TABLE.match(said)
    return unknown[1] + _meant(unknown[2]) if unknown else said


def _meant(table: str) -> str:
    """Which table may be meant: DuckDB also knows those that are not listed, and names them first."""
    closest = get_close_matches(table, TABLES, 1)
    return f' Did you mean "{closest[0]}"?' if closest else ""


if __name__ == "__main__":
    main()
