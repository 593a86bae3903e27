"""Relations: logs of one format as rows of typed fields, and what is wrong with those that are none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from core.sql import identifier, literal
from core.telemetry.fields import TYPES, plain
from core.telemetry.formats import Format, Kind

#: Before it there was no CloudFront: an earlier instant is a mistake.
EARLIEST = "TIMESTAMP '2000-01-01'"
_LONGEST_LINE = 1_048_576
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
    lines: int  #: without its header
    header_lines: int
    distribution: str  #: by its name; empty where that does not tell
    latest: str  #: instant, ISO 8601: no line of it can be later
    table: pa.Table | None = field(default=None, compare=False)  #: its lines; else they are to be read from the path


def rows(logs: Sequence[Log]) -> str:
    """A SELECT of each line that has all its fields: its file's number, and the fields by their plain names.

    All logs have to be of one format.
    """
    form = logs[0].format
    fields = kept(form)
    if form.kind is Kind.PARQUET:
        return _select(
            fields,
            lambda at: f"{identifier(form.fields[at])}::VARCHAR",
            f"read_parquet({_list(logs)}, filename = true)",
        )
    if form.kind is Kind.JSON:
        return _select(
            fields,
            lambda at: f"parts[{at + 1}]",
            f"(SELECT *, {_json_parts(form)} FROM {lines(logs)})",
            "parts IS NOT NULL",
        )
    # lines with more or fewer fields, comments among them, are left out by DuckDB, as are those with wrong values
    return _select(fields, place, _csv(logs, form, {at: TYPES[name] for name, at in fields.items()}), cast=False)


def wrong(log: Log) -> str:
    """A SELECT of each line's number and of what is wrong with it, null where nothing is; by the slow way."""
    form = log.format
    fields = kept(form)
    if form.kind is Kind.PARQUET:
        told, shape = (
            f"(SELECT *, file_row_number + 1 AS number FROM read_parquet({_list([log])}, file_row_number = true))",
            "NULL",
        )
        value = {name: f"{identifier(form.fields[at])}::VARCHAR" for name, at in fields.items()}
    elif form.kind is Kind.JSON:
        told = f"(SELECT {_json_parts(form)}, row_number() OVER () AS number FROM {lines([log])})"
        shape = "CASE WHEN parts IS NULL THEN 'it is no JSON' END"
        value = {name: f"parts[{at + 1}]" for name, at in fields.items()}
    else:
        count = len(form.fields)
        told = (
            f"(SELECT string_split(line, '\t') AS parts, row_number() OVER () AS number FROM {lines([log])} "
            "WHERE NOT starts_with(line, '#'))"
        )
        shape = f"CASE WHEN len(parts) <> {count} THEN 'it has ' || len(parts) || ' fields and its header {count}' END"
        value = {name: f"parts[{at + 1}]" for name, at in fields.items()}
    reasons = [shape, *_wrong_values(value, form), _wrong_instant(value, log)]
    return f"SELECT number, coalesce({', '.join(reasons)}) AS reason FROM {told}"


def is_good(form: Format) -> str:
    """Whether a row of `rows`, joined with its log's `latest`, can be counted."""
    signed = [name for name in kept(form) if name in ("scbytes", "csbytes", "scstatus", "timetaken", "timetofirstbyte")]
    tests = [
        f"instant >= {EARLIEST} AND instant < latest",
        *(f"coalesce({name}, 0) BETWEEN 0 AND {_MOST_OF.get(name, _MOST)}" for name in signed),
    ]
    return " AND ".join(tests)


def instant(form: Format) -> str:
    """When CloudFront answered, as TIMESTAMP, from the fields of a row."""
    fields = kept(form)
    if {"date", "time"} <= fields.keys():
        return 'rows."date" + rows."time"'
    if "timestampms" in fields:
        return "make_timestamp(try_cast(rows.timestampms * 1000 AS BIGINT))"
    return 'make_timestamp(try_cast(rows."timestamp" * 1000000 AS BIGINT))'


def has(form: Format, name: str) -> bool:
    return name in kept(form)


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
    # no line has the separator in it: what is no text was taken out when it was written
    return (
        f"read_csv({_list(logs)}, auto_detect = false, delim = '\x1f', quote = '', escape = '', header = false, "
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


def _select(
    fields: Mapping[str, int], value: Callable[[int], str], relation: str, where: str = "true", cast: bool = True
) -> str:
    typed = [
        f"{_cast(value(at), TYPES[name]) if cast else value(at)} AS {identifier(name)}" for name, at in fields.items()
    ]
    number = "right(parse_filename(filename, true), 8)::INTEGER AS file"
    return f"SELECT {number}, {', '.join(typed)} FROM {relation} WHERE {where}"


def _cast(value: str, type_: str) -> str:
    plain_value = f"nullif({value}, '-')"
    return plain_value if type_ == "VARCHAR" else f"TRY_CAST({plain_value} AS {type_})"


def _json_parts(form: Format) -> str:
    """All fields of a line as a list, read at once; null where it is no JSON."""
    paths = ", ".join(literal(_json_path(name)) for name in form.fields)
    return f"CASE WHEN json_valid(line) THEN json_extract_string(line, [{paths}]) END AS parts"


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
            most, said = _MOST_OF.get(name, _MOST), f"{literal(names[name])} || ' is ' || TRY_CAST({text} AS {type_})"
            found.append(f"CASE WHEN TRY_CAST({text} AS {type_}) NOT BETWEEN 0 AND {most} THEN {said} END")
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
