"""Tags: the keys and values that a bill states, in whichever way it writes them."""

import json
from collections.abc import Iterable
from typing import Any

import duckdb

from core.billing.columns import TAG_PREFIX, Columns, Kind
from core.sql import literal

_MAP = "MAP(VARCHAR, VARCHAR)"
#: What tags are kept under that cannot be told apart: as they stand in the bill.
_UNTOLD = "Tags"
_BATCH = 10_000


def _json_map(text: str) -> str:
    """SQL for an object of JSON as a map; NULL where it is none, or states a key twice."""
    return f"try_cast(try_cast({text} AS JSON) AS {_MAP})"


def stated_tags(columns: Columns) -> str:
    """SQL for the tags as a file states them: a map, or text."""
    told = [_plain(columns, name) for name in _tag_columns(columns)]
    if keyed := columns.with_prefix(TAG_PREFIX):
        told.append(_one_map(columns, keyed))
    if len(told) > 1:  # one tag in two of them has a key of its own in each
        return f"map_concat({', '.join(sql if is_map else _json_map(sql) for sql, is_map in told)})"
    return told[0][0] if told else f"NULL::{_MAP}"


def stated_as_text(columns: Columns) -> bool:
    """Whether those are text, so that some of them may have to be told by tell_tags."""
    names = _tag_columns(columns)
    return len(names) == 1 and not columns.with_prefix(TAG_PREFIX) and not _plain(columns, names[0])[1]


def clean_tags(columns: Columns, tags: str) -> str:
    """SQL for stated tags as a map of those that have a value; NULL where none has."""
    as_map = _json_map(tags) if stated_as_text(columns) else tags
    stated = f"list_filter(map_entries({as_map}), lambda e: coalesce(e.value, '') <> '')"
    return f"CASE WHEN len({stated}) > 0 THEN map_from_entries({stated})::{_MAP} END"


def tell_tags(connection: duckdb.DuckDBPyConnection) -> None:
    """Write tags in `keys` as the object of JSON that they mean, where they are something else."""
    connection.execute(_UNTOLD_TAGS)
    row = connection.execute("SELECT count(*) FROM untold_tags").fetchone()
    for start in range(0, row[0] if row else 0, _BATCH):
        _tell(connection, start)


_UNTOLD_TAGS = f"""
    CREATE OR REPLACE TEMP TABLE untold_tags AS SELECT row_number() OVER () - 1 AS number, stated
    FROM (SELECT DISTINCT tags AS stated FROM keys WHERE tags <> '' AND tags <> 'NULL' AND {_json_map("tags")} IS NULL)
"""


def _tell(connection: duckdb.DuckDBPyConnection, start: int) -> None:
    batch = connection.execute(
        "SELECT stated FROM untold_tags WHERE number >= $1 AND number < $2", [start, start + _BATCH]
    ).fetchall()
    told = [[stated for (stated,) in batch], [_as_object(stated) for (stated,) in batch]]
    connection.execute(
        "UPDATE keys SET tags = told FROM (SELECT unnest($1::VARCHAR[]) AS stated, unnest($2::VARCHAR[]) AS told) "
        "WHERE tags = stated",
        told,
    )


def _tag_columns(columns: Columns) -> list[str]:
    # CUR 2.0 may have both: `tags` also holds those of accounts and users
    names = ["Tags"] if columns.kind is Kind.FOCUS else ["resource_tags", "tags"]
    return [name for name in names if columns.has(name)]


def _plain(columns: Columns, name: str) -> tuple[str, bool]:
    """SQL for a column of tags, and whether it is a map."""
    sql, type_ = columns.sql(name), columns.type(name)
    if type_.startswith("MAP"):
        return (sql if type_ == _MAP else f"{sql}::{_MAP}", True)
    if fields := columns.fields.get(name):
        keys = ", ".join(literal(field) for field in fields)
        values = ", ".join(f"struct_extract_at({sql}, {number})::VARCHAR" for number, _ in enumerate(fields, 1))
        return f"map([{keys}], [{values}])", True
    return (sql if type_ == "VARCHAR" else f"to_json({sql})::VARCHAR", False)


def _one_map(columns: Columns, names: list[str]) -> tuple[str, bool]:
    keys = ", ".join(literal(name.removeprefix(TAG_PREFIX)) for name in names)
    return f"map([{keys}], [{', '.join(columns.text(name) for name in names)}])", True


def _as_object(text: str) -> str:
    """The JSON object that means the same; what cannot be told is kept as it is, under one key."""
    told = json.dumps(_pairs(_parsed(text), text), ensure_ascii=False)
    return told.encode(errors="replace").decode()  # half a character is not text to DuckDB


def _parsed(text: str) -> Any:
    for written in (text, "{" + text + "}"):  # Microsoft leaves the braces out
        try:
            return json.loads(written, object_pairs_hook=_first_of_each)
        except (ValueError, RecursionError):
            continue
    return text


def _pairs(told: Any, text: str) -> dict[str, Any]:
    if isinstance(told, dict):
        return told
    if isinstance(told, list) and all(isinstance(tag, dict) and "key" in tag for tag in told):
        return _first_of_each((str(tag["key"]), tag.get("value")) for tag in told)  # Google's labels
    return {} if told is None else {_UNTOLD: text}


def _first_of_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that is stated twice the first value: providers put a resource's own before what it inherits."""
    told: dict[str, Any] = {}
    for key, value in pairs:
        told.setdefault(key, value)
    return told
