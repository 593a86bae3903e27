"""Logged CMCD: what players told with their requests, read from a log's queries by the million.

Nearly all reports are lists of plain members, of which the same come again and again: each distinct member is judged
once, by DuckDB. Reports with any other go to the parser; so whatever it makes of garbage is what is found here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import compute

from core.telemetry.cmcd import KINDS, LONGEST, LONGEST_TEXT, MOST_KEYS, Kind, Scalar, Value, parse

NUMBERS, TEXTS, FLAGS = ("bl", "br", "d"), ("ot", "sid"), ("bs", "su")
KEYS = (*NUMBERS, *TEXTS, *FLAGS)
_NAME = "CMCD="
pc: Any = compute  # whose functions are made when it is imported
#: What values look like that mean what they say: no escapes, commas, parameters or lists in printable ASCII.
_TEXT = r"""=(?:"[ !#-+\-./0-:<-\[\]-~]+"|[A-Za-z0-9_.:/-]+)"""
_SHAPES = {Kind.NUMBER: r"=-?[0-9]{1,15}(?:\.[0-9]{1,6})?", Kind.TEXT: _TEXT, Kind.FLAG: r"(?:=\?[01])?"}
_PLAIN = "|".join(
    [f"(?:{'|'.join(key for key in KINDS if KINDS[key] is kind)}){shape}" for kind, shape in _SHAPES.items()]
    + [f"(?:nor|nrr|url){_TEXT}"]
)
#: A report is encoded twice, once or not at all: what then stands between its members, and a member as it was told.
#: One that still has a `%` would be decoded once more, unless it has a sign that no encoded text has.
_ENCODINGS = {
    "%252C": "if(contains(replace(member, '%25', ''), '%'), NULL, try(url_decode(once)))",
    "%2C": "if(contains(once, '=') OR NOT contains(once, '%'), once, NULL)",
    ",": "if(contains(member, '=') OR NOT contains(member, '%'), member, NULL)",
}
_MEMBERS = f"""
    SELECT
        coalesce(regexp_full_match(text, '{_PLAIN}') AND strlen(text) < {LONGEST_TEXT}, false) AS plain,
        coalesce(list_position({list(KEYS)}, split_part(text, '=', 1)), 0)::TINYINT AS key,
        coalesce(try_cast(split_part(text, '=', 2) AS DOUBLE), 0) AS number,
        coalesce(NOT ends_with(text, '=?0'), false)::TINYINT AS flag,
        replace(substr(text, instr(text, '=') + 1), '"', '') AS text
    FROM (SELECT place, TOLD AS text FROM (
        SELECT *, CASE WHEN NOT regexp_matches(member, '[,="]') THEN try(url_decode(member)) END AS once FROM members
    )) ORDER BY place
"""
_Numbers = np.ndarray[Any, Any]


@dataclass
class _Told:
    """What requests told, by key, as it is found: not a number, or below 0, where nothing was told."""

    requests: int
    numbers: dict[str, _Numbers] = field(default_factory=dict)
    texts: list[pa.Array] = field(default_factory=list)  #: that those of TEXTS count

    def __post_init__(self) -> None:
        self.numbers |= {key: np.full(self.requests, np.nan) for key in NUMBERS}
        self.numbers |= {key: np.full(self.requests, -1, np.int32) for key in TEXTS}
        self.numbers |= {key: np.full(self.requests, -1, np.int8) for key in FLAGS}

    def put(self, rows: _Numbers, codes: _Numbers, judged: pa.Table) -> None:
        """Members that requests have, by their places among those that were judged."""
        before = sum(map(len, self.texts))
        self.texts.append(judged["text"].combine_chunks())
        keys = judged["key"].to_numpy()[codes]
        number, flag = judged["number"].to_numpy(), judged["flag"].to_numpy()
        for at, key in enumerate(KEYS, start=1):
            found = np.flatnonzero(keys == at)
            code = codes[found]
            value = number[code] if key in NUMBERS else flag[code] if key in FLAGS else code + before
            self.numbers[key][rows[found]] = value

    def parse(self, rows: _Numbers, raws: list[str]) -> None:
        """Ask the parser, once for each distinct report; of a list it takes the first."""
        parsed = {raw: parse(raw) for raw in set(raws)}
        texts = {text: at for at, text in enumerate(sorted(_texts(parsed.values())), start=sum(map(len, self.texts)))}
        self.texts.append(pa.array(texts, pa.string()))
        for row, raw in zip(rows, raws, strict=True):
            for key in KEYS & parsed[raw].keys():
                value = _first(parsed[raw][key])
                self.numbers[key][row] = texts[str(value)] if key in TEXTS else value

    def columns(self) -> dict[str, pa.Array]:
        """By KEYS, null where nothing was told."""
        texts = pa.concat_arrays(self.texts)
        return {
            **{key: pa.array(self.numbers[key], from_pandas=True) for key in NUMBERS},
            **{key: texts.take(_from_0(self.numbers[key])) for key in TEXTS},
            **{key: _from_0(self.numbers[key]).cast(pa.bool_()) for key in FLAGS},
        }


def read_cmcd(queries: pa.Array, ask: duckdb.DuckDBPyConnection) -> dict[str, pa.Array]:
    """What the query of each request tells, by KEYS; null where it was not told."""
    rows, raws = _reports(queries)
    told = _Told(len(queries))
    for between in _likely(raws):
        if len(rows):
            others = _read_plain(told, rows, raws, between, ask)
            rows, raws = rows[others], raws.take(pa.array(others))
    told.parse(rows, [raw.partition(_NAME)[0] for raw in raws.to_pylist()])
    return told.columns()


def _reports(queries: pa.Array) -> tuple[_Numbers, pa.Array]:
    """The places of queries with CMCD, and what stands in them between `CMCD=` and the next parameter."""
    starts = pc.starts_with(queries, pattern=_NAME)
    if starts.true_count == len(queries) and not _holds(queries, "&"):
        raws = pc.binary_replace_slice(queries, 0, len(_NAME), "")
        return np.arange(len(queries)), raws
    has = pc.match_substring(queries, _NAME).fill_null(False)
    raws = pc.extract_regex(queries.filter(has), f"{_NAME}(?P<raw>[^&]*)")
    return np.flatnonzero(has.to_numpy(zero_copy_only=False)), pc.struct_field(raws, "raw")


def _holds(texts: pa.Array, part: str) -> bool:
    """Whether any of some texts has a part, looked for where they lie."""
    content = texts.buffers()[2]
    return bool(content and re.search(re.escape(part.encode()), content))


def _likely(raws: pa.Array) -> list[str]:
    """What may stand between the members of some of the reports."""
    return [between for between in _ENCODINGS if _holds(raws, between[:-2])]


def _read_plain(told: _Told, rows: _Numbers, raws: pa.Array, between: str, ask: duckdb.DuckDBPyConnection) -> _Numbers:
    """Read the reports of which all is plain; the places of the others."""
    split = pc.split_pattern(raws, between)
    members = split.flatten().dictionary_encode()
    counts, codes = np.diff(split.offsets.to_numpy()), members.indices.to_numpy()
    judged = _judged(members.dictionary, _ENCODINGS[between], ask)
    reports = np.repeat(np.arange(len(raws)), counts)
    odd = (counts > MOST_KEYS) | (pc.binary_length(raws).to_numpy() > LONGEST)
    odd[reports[~judged["plain"].to_numpy()[codes]]] = True
    read = ~odd[reports]
    told.put(rows[reports[read]], codes[read], judged)
    return np.flatnonzero(odd)


def _judged(members: pa.Array, told: str, ask: duckdb.DuckDBPyConnection) -> pa.Table:
    ask.register("members", pa.table({"place": pa.array(np.arange(len(members))), "member": members}))
    judged = ask.sql(_MEMBERS.replace("TOLD", told)).to_arrow_table()
    ask.unregister("members")
    return judged


def _texts(reports: Iterable[Mapping[str, Value]]) -> set[str]:
    return {str(_first(report[key])) for report in reports for key in TEXTS if key in report}


def _first(value: Value) -> Scalar:
    return value[0] if isinstance(value, tuple) else value


def _from_0(numbers: _Numbers) -> pa.Array:
    return pa.array(numbers, mask=numbers < 0)
