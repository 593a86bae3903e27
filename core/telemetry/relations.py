"""Relations: logs of one format as rows of typed fields, and what is wrong with those that are none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from core.sql import identifier, literal
from core.telemetry.fields import TYPES, plain
from core.telemetry.formats import Format, Kind

#: Before it there was no CloudFront: an earlier instant is a mistake.
EARLIEST = "TIMESTAMP '2000-01-01'"
_LONGEST_LINE = 1_048_576
_TIMES = ("date", "timestamp", "timestampms")
#: No answer has so many bytes.
_MOST = 10**15
#: Nor such a status, nor takes more than a day.
_MOST_OF = {"scstatus": 599, "timetaken": 86_400, "timetofirstbyte": 86_400}


@dataclass(frozen=True)
class Log:
    """One log, made ready to be read."""

    number: int  #: of the file in its run
    name: str
    format: Format
    path: Path  #: of its text, once it is written there; named by the number, in eight digits
    lines: int  #: without its header; of a table its rows
    header_lines: int
    distribution: str  #: by its name; empty where that does not tell
    latest: str  #: instant, ISO 8601: no line of it can be later
    table: pa.Table | None = field(default=None, compare=False)  #: its lines; else they are to be read from the path
    lacks: tuple[str, ...] = ()  #: fields that some of its lines do not have, of those that are read


def rows(logs: Sequence[Log]) -> str:
    """A SELECT of each line that has all its fields: its file's number, and the fields by their plain names.

    All logs have to be of one format.
    """
    form = logs[0].format
    fields = kept(form)
    if form.kind is Kind.PARQUET:
        texts = _parquet_values(form)
        return _select(_typed(texts), f"read_parquet({_list(logs)}, filename = true)")
    if form.kind is Kind.JSON:
        texts = _json_values(form)
        parts = f"(SELECT *, {_json_parts(form)} FROM {lines(logs)})"
        return _select(_typed(texts), parts, "parts IS NOT NULL")
    # lines with more or fewer fields, comments among them, are left out by DuckDB, as are those with wrong values
    typed = _csv(logs, form, {at: TYPES[name] for name, at in fields.items()})
    return _select({name: place(at) for name, at in fields.items()}, typed)


def wrong(log: Log) -> str:
    """A SELECT of each line's number and of what is wrong with it, null where nothing is; by the slow way."""
    form = log.format
    fields = kept(form)
    if form.kind is Kind.PARQUET:
        told, shape = (
            f"(SELECT *, file_row_number + 1 AS number FROM read_parquet({_list([log])}, file_row_number = true))",
            "NULL",
        )
        value = _parquet_values(form)
    elif form.kind is Kind.JSON:
        told = f"(SELECT {_json_parts(form)}, row_number() OVER () AS number FROM {lines([log])})"
        shape = "CASE WHEN parts IS NULL THEN 'it is no JSON' END"
        value = _json_values(form)
    else:
        count = len(form.fields)
        told = (
            f"(SELECT string_split(line, '\t') AS parts, row_number() OVER () AS number FROM {lines([log])} "
            "WHERE NOT starts_with(line, '#'))"
        )
        shape = (
            f"CASE WHEN len(parts) <> {count} THEN 'its fields are ' || abs(len(parts) - {count}) || "
            f"if(len(parts) < {count}, ' fewer', ' more') || ' than its header''s' END"
        )
        value = {name: f"parts[{at + 1}]" for name, at in fields.items()}
    reasons = [shape, *_wrong_values(value, form), _wrong_instant(value, log)]
    return f"SELECT number, coalesce({', '.join(reasons)}) AS reason FROM {told}"


def is_good(form: Format) -> str:
    """Whether a row of `rows`, joined with its log's `latest`, can be counted."""
    signed = [name for name in kept(form) if name in ("scbytes", "csbytes", "scstatus", "timetaken", "timetofirstbyte")]
    tests = [
        f"instant >= {EARLIEST} AND instant < latest",
        *(f"({name} IS NULL OR {_can_be(name, name)})" for name in signed),
    ]
    return " AND ".join(tests)


def _can_be(name: str, value: str) -> str:
    """Whether the value of a field is one that it can have, as SQL."""
    within = f"{value} BETWEEN 0 AND {_MOST_OF.get(name, _MOST)}"
    return f"({within} AND {value} NOT BETWEEN 1 AND 99)" if name == "scstatus" else f"({within})"


def instant(form: Format) -> str:
    """When CloudFront answered, as TIMESTAMP, from the fields of a row."""
    fields = kept(form)
    if {"date", "time"} <= fields.keys():
        return 'rows."date" + rows."time"'
    if "timestampms" in fields:
        return "make_timestamp(try_cast(rows.timestampms * 1000 AS BIGINT))"
    return 'make_timestamp(try_cast(rows."timestamp" * 1000000 AS BIGINT))'


def kept(form: Format) -> dict[str, int]:
    """Where each field that is read stands, by its plain name; of two of one name the first."""
    found: dict[str, int] = {}
    for at, name in enumerate(map(plain, form.fields)):
        if name in TYPES:
            found.setdefault(name, at)
    return found


def place(at: int) -> str:
    """What a text's column is called, by where it stands."""
    return f"c{at}"


def _list(logs: Sequence[Log]) -> str:
    return f"[{', '.join(literal(log.path) for log in logs)}]"


def lines(logs: Sequence[Log]) -> str:
    """Each line of some logs, as SQL."""
    return lines_of([log.path for log in logs])


def lines_of(paths: Sequence[Path]) -> str:
    """The same of some texts."""
    # no line has the separator in it: what is no text was taken out when it was written
    return (
        f"read_csv([{', '.join(map(literal, paths))}], auto_detect = false, delim = '\x1f', quote = '', escape = '', "
        "header = false, "
        f"columns = {{'line': 'VARCHAR'}}, new_line = '\\n', max_line_size = {_LONGEST_LINE}, ignore_errors = true, "
        "filename = true)"
    )


def _csv(logs: Sequence[Log], form: Format, types: dict[int, str]) -> str:
    columns = ", ".join(f"'{place(at)}': '{types.get(at, 'VARCHAR')}'" for at in range(len(form.fields)))
    return (
        f"read_csv({_list(logs)}, auto_detect = false, delim = '\t', quote = '', escape = '', header = false, "
        f"columns = {{{columns}}}, new_line = '\\n', max_line_size = {_LONGEST_LINE}, nullstr = '-', "
        "ignore_errors = true, filename = true)"
    )


def _select(values: Mapping[str, str], relation: str, where: str = "true") -> str:
    named = ", ".join(f"{value} AS {identifier(name)}" for name, value in values.items())
    number = "right(parse_filename(filename, true), 8)::INTEGER AS file"
    return f"SELECT {number}, {named} FROM {relation} WHERE {where}"


def _typed(texts: Mapping[str, str]) -> dict[str, str]:
    """The values of a row; where one is not of its field's type, the row does not say when, so that it is no good."""
    values = {name: f"TRY_CAST({text} AS {TYPES[name]})" if _is_typed(name) else text for name, text in texts.items()}
    tests = [f"({texts[name]} IS NULL OR {values[name]} IS NOT NULL)" for name in texts if _is_typed(name)]
    all_typed = " AND ".join(tests)
    return {name: f"CASE WHEN {all_typed} THEN {v} END" if name in _TIMES else v for name, v in values.items()}


def _is_typed(name: str) -> bool:
    return TYPES[name] != "VARCHAR"


def _parquet_values(form: Format) -> dict[str, str]:
    return {name: f"nullif({identifier(form.fields[at])}::VARCHAR, '-')" for name, at in kept(form).items()}


def _json_fields(form: Format) -> list[str]:
    return [spelled for spelled in form.fields if plain(spelled) in TYPES]


def _json_values(form: Format) -> dict[str, str]:
    """What a line has in any of a field's spellings."""
    found: dict[str, list[str]] = {}
    for at, spelled in enumerate(_json_fields(form)):
        found.setdefault(plain(spelled), []).append(f"nullif(parts[{at + 1}], '-')")
    return {name: texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})" for name, texts in found.items()}


def _json_parts(form: Format) -> str:
    """The fields of a line as a list, read at once; null where it is no JSON."""
    paths = ", ".join(literal(_json_path(name)) for name in _json_fields(form))
    return f"CASE WHEN json_valid(line) THEN json_extract_string(line, [{paths}]) END AS parts"


def json_shapes(path: Path, ask: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    """The fields of the lines of a log in JSON, each combination once."""
    keys = "CASE WHEN json_valid(line) THEN json_keys(line) END"
    found = ask.execute(f"SELECT DISTINCT {keys} FROM {lines_of([path])}").fetchall()
    return sorted(tuple(shape) for (shape,) in found if shape)


def _json_path(field: str) -> str:
    escaped = field.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{escaped}"'


def _wrong_values(value: dict[str, str], form: Format) -> list[str]:
    """A reason for each field that is no number or instant, or one that cannot be.

    Only numbers are told: a line whose fields are shifted may hold a viewer's address anywhere.
    """
    names = {plain(field): field for field in reversed(form.fields)}
    found = []
    for name, text in value.items():
        type_ = TYPES[name]
        if type_ == "VARCHAR":
            continue
        is_number = type_ in ("BIGINT", "SMALLINT", "DOUBLE")
        no = literal(f"{names[name]} is no {'number' if is_number else 'instant'}")
        found.append(f"CASE WHEN nullif({text}, '-') IS NOT NULL AND TRY_CAST({text} AS {type_}) IS NULL THEN {no} END")
        if is_number:
            number = f"TRY_CAST({text} AS {type_})"
            said = f"{literal(names[name])} || ' is ' || {number}"
            found.append(f"CASE WHEN NOT {_can_be(name, number)} THEN {said} END")
    return found


def _wrong_instant(value: dict[str, str], log: Log) -> str:
    typed = {name: f"TRY_CAST(nullif({text}, '-') AS {TYPES[name]})" for name, text in value.items()}
    form = instant(log.format)
    for name, text in typed.items():
        form = form.replace(f'rows."{name}"', text).replace(f"rows.{name} ", f"{text} ")
    late = f"{form} NOT BETWEEN {EARLIEST} AND TIMESTAMP {literal(log.latest)}"
    return (
        f"CASE WHEN {form} IS NULL THEN 'it does not say when' WHEN {late} "
        f"THEN 'it is of ' || strftime({form}, '%Y-%m-%d %H:%M') || ', which cannot be' END"
    )
