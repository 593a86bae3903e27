"""Logged CMCD: what players told with their requests, read from a log's queries by the million.

Nearly all reports are written in one plain form, which DuckDB takes apart. The others go to the parser, each distinct
one once; so whatever it makes of garbage is what is found here.
"""

from typing import Any

import duckdb
import pyarrow as pa

from core.telemetry.cmcd import KINDS, LONGEST, LONGEST_TEXT, Kind, parse

NUMBERS, TEXTS, FLAGS = ("bl", "br", "d"), ("ot", "sid"), ("bs", "su")
KEYS = (*NUMBERS, *TEXTS, *FLAGS)

#: What values look like that mean what they say: no escapes, commas, parameters or lists in printable ASCII.
_SHAPES = {
    Kind.NUMBER: r"=-?[0-9]{1,15}(?:\.[0-9]{1,6})?",
    Kind.TEXT: r"""=(?:"[ !#-+\-./0-:<-\[\]-~]+"|[A-Za-z0-9_.:/-]+)""",
    Kind.FLAG: r"(?:=\?[01])?",
}
_LEFT_OUT = dict.fromkeys(("nor", "nrr", "url"), Kind.TEXT)
#: Keys in their order, each once at most, as players write them.
_PLAIN = "".join(f"(?:,{key}{_SHAPES[kind]})?" for key, kind in sorted({**KINDS, **_LEFT_OUT}.items()))
_TYPES = {
    **dict.fromkeys(NUMBERS, pa.float64()),
    **dict.fromkeys(TEXTS, pa.string()),
    **dict.fromkeys(FLAGS, pa.bool_()),
}
_LONG = f"[^,]{{{LONGEST_TEXT}}}"
_RAW = "split_part(split_part(query, 'CMCD=', 2), '&', 1)"


def read_cmcd(ask: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Make the table `told`: the relation with its column `query`, and a column for each of KEYS.

    Only of rows whose query has CMCD. A number is null where it was not told, a flag too.
    """
    ask.execute(f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        SELECT * EXCLUDE (query, once, text),
            CASE WHEN regexp_full_match(text, '{_PLAIN}') AND NOT regexp_matches(text, '{_LONG}') THEN text || ',' END
                AS text
        FROM (
            SELECT *, ',' || CASE WHEN {_is_plain("raw")} THEN raw WHEN {_is_plain("once")} THEN once
                ELSE try(url_decode(once)) END AS text
            FROM (SELECT *, try(url_decode(raw)) AS once FROM (
                SELECT *, left({_RAW}, {LONGEST}) AS raw FROM {relation} WHERE contains(query, 'CMCD=')
            ))
        )""")
    _parse_others(ask)
    values = ", ".join(f"CASE WHEN text IS NULL THEN others.{key} ELSE {_value(key)} END AS {key}" for key in KEYS)
    ask.execute(f"""
        CREATE OR REPLACE TEMP TABLE told AS
        SELECT judged.* EXCLUDE (raw, text), {values}
        FROM judged LEFT JOIN others ON text IS NULL AND others.raw = judged.raw""")
    ask.execute("DROP TABLE judged; DROP TABLE others")


def _is_plain(text: str) -> str:
    """Whether nothing is encoded in it any more, as the parser has it."""
    signs = " OR ".join(f"contains({text}, '{sign}')" for sign in ',="')
    return f"({signs} OR NOT contains({text}, '%'))"


def _value(key: str) -> str:
    """The value of a key in a plain text, in which no key stands twice and no comma within a value."""
    found = f"split_part(split_part(text, ',{key}=', 2), ',', 1)"
    if key in NUMBERS:
        return f"try_cast({found} AS DOUBLE)"
    if key in TEXTS:
        return f"nullif(replace({found}, '\"', ''), '')"
    told = f"contains(text, ',{key},') OR contains(text, ',{key}=?1,')"
    return f"CASE WHEN {told} THEN true WHEN contains(text, ',{key}=?0,') THEN false END"


def _parse_others(ask: duckdb.DuckDBPyConnection) -> None:
    raws = [raw for (raw,) in ask.execute("SELECT DISTINCT raw FROM judged WHERE text IS NULL").fetchall()]
    rows = [_needed(raw) for raw in raws]
    columns = {"raw": pa.array(raws, pa.string())}
    columns |= {key: pa.array([row[key] for row in rows], _TYPES[key]) for key in KEYS}
    ask.register("given", pa.table(columns))
    ask.execute("CREATE OR REPLACE TEMP TABLE others AS SELECT * FROM given")
    ask.unregister("given")


def _needed(raw: str) -> dict[str, Any]:
    """What the parser finds; of a list the first."""
    found = parse(raw)
    values = {key: found.get(key) for key in KEYS}
    return {key: value[0] if isinstance(value, tuple) else value for key, value in values.items()}
