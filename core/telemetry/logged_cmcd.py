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
#: What stands between `CMCD=` and the next parameter; mostly there is none.
_BEHIND = "substr(query, instr(query, 'CMCD=') + 5)"
_RAW = (
    f"CASE WHEN strlen({_BEHIND}) > {LONGEST} OR contains({_BEHIND}, '&') OR contains({_BEHIND}, 'CMCD=') "
    f"THEN left(split_part(split_part(query, 'CMCD=', 2), '&', 1), {LONGEST}) ELSE {_BEHIND} END"
)


def read_cmcd(ask: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Make the table `told`: the relation without its column `query`, and a column for each of KEYS.

    Only of rows whose query has CMCD. A number is null where it was not told, a flag too.
    """
    starts = ", ".join(f"instr(text, ',{key}=') AS {key}_at" for key in (*NUMBERS, *TEXTS))
    tails = ", ".join(f"substr(text, {key}_at + {len(key) + 2}) AS {key}_tail" for key in (*NUMBERS, *TEXTS))
    values = ", ".join(f"{_value(key)} AS {key}" for key in KEYS)
    ask.execute(f"""
        CREATE OR REPLACE TEMP TABLE told AS
        SELECT * EXCLUDE ({_besides("at", "tail")}, raw, text), CASE WHEN text IS NULL THEN raw END AS raw, {values}
        FROM (SELECT *, {tails} FROM (SELECT *, {starts} FROM (
            SELECT * EXCLUDE (query, once, told),
                CASE WHEN regexp_full_match(told, '{_PLAIN},')
                    AND (strlen(told) < {LONGEST_TEXT} OR NOT regexp_matches(told, '{_LONG}')) THEN told END AS text
            FROM (
                SELECT *, ',' || CASE WHEN {_is_plain("raw")} THEN raw WHEN {_is_plain("once")} THEN once
                    ELSE try(url_decode(once)) END || ',' AS told
                FROM (SELECT *, try(url_decode(raw)) AS once FROM (
                    SELECT *, {_RAW} AS raw FROM {relation} WHERE contains(query, 'CMCD=')
                ))
            )
        )))""")
    if ask.execute("SELECT 1 FROM told WHERE raw IS NOT NULL LIMIT 1").fetchall():
        _parse_others(ask)
    ask.execute("ALTER TABLE told DROP COLUMN raw")


def _besides(*ends: str) -> str:
    return ", ".join(f"{key}_{end}" for key in (*NUMBERS, *TEXTS) for end in ends)


def _is_plain(text: str) -> str:
    """Whether nothing is encoded in it any more, as the parser has it."""
    signs = " OR ".join(f"contains({text}, '{sign}')" for sign in ',="')
    return f"({signs} OR NOT contains({text}, '%'))"


def _value(key: str) -> str:
    """The value of a key in a plain text, in which no key stands twice and no comma within a value."""
    found = f"CASE WHEN {key}_at > 0 THEN left({key}_tail, instr({key}_tail, ',') - 1) END"
    if key in NUMBERS:
        return f"try_cast({found} AS DOUBLE)"
    if key in TEXTS:
        return f"nullif(replace({found}, '\"', ''), '')"
    told = f"contains(text, ',{key},') OR contains(text, ',{key}=?1,')"
    return f"CASE WHEN {told} THEN true WHEN contains(text, ',{key}=?0,') THEN false END"


def _parse_others(ask: duckdb.DuckDBPyConnection) -> None:
    raws = [raw for (raw,) in ask.execute("SELECT DISTINCT raw FROM told WHERE raw IS NOT NULL").fetchall()]
    rows = [_needed(raw) for raw in raws]
    columns = {"raw": pa.array(raws, pa.string())}
    columns |= {key: pa.array([row[key] for row in rows], _TYPES[key]) for key in KEYS}
    ask.register("given", pa.table(columns))
    ask.execute("CREATE OR REPLACE TEMP TABLE others AS FROM given")
    ask.unregister("given")
    found = ", ".join(f"{key} = others.{key}" for key in KEYS)
    ask.execute(f"UPDATE told SET {found} FROM others WHERE others.raw = told.raw; DROP TABLE others")


def _needed(raw: str) -> dict[str, Any]:
    """What the parser finds; of a list the first."""
    found = parse(raw)
    values = {key: found.get(key) for key in KEYS}
    return {key: value[0] if isinstance(value, tuple) else value for key, value in values.items()}
