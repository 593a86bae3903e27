"""CMCD: read what a player tells (CTA-5004, versions 1 and 2); what is garbage in it is passed over.

A report is a dictionary as in RFC 8941, with keys that need no value where they are true: `bl=1200,bs,sid="6e2f",sf=h`.
Version 2 may give lists, `br=(517;v 128;a)`. In the logs of a CDN it may be percent-encoded, twice even.
"""

import math
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from urllib.parse import unquote

LONGEST = 8_192
MOST_KEYS, LONGEST_TEXT, MOST_ITEMS = 64, 200, 8
Scalar = int | float | str | bool
Value = Scalar | tuple[Scalar, ...]


class Kind(StrEnum):
    """What the values of a key are."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"


_NUMBERS = (
    "ab", "bl", "br", "bsd", "bsda", "cs", "d", "df", "dfa", "dl", "lab", "lb", "ltc", "msd", "mtp", "pb", "pr", "pt",
    "rc", "rtp", "sn", "tab", "tb", "tbl", "tpb", "ts", "ttfb", "ttfbb", "ttlb", "v",
)  # fmt: skip
_TEXTS = ("cdn", "cen", "cid", "e", "ec", "h", "ot", "sf", "sid", "st", "sta")
_FLAGS = ("bg", "bs", "bsa", "nr", "su")
#: What is kept. Not url, nor and nrr: addresses may carry signatures, which are secrets.
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(_NUMBERS, Kind.NUMBER),
    **dict.fromkeys(_TEXTS, Kind.TEXT),
    **dict.fromkeys(_FLAGS, Kind.FLAG),
}
_MEMBER = re.compile(
    r'\s*([a-z*][a-z0-9_.*-]*)(?:=((?:"(?:[^"\\]|\\.)*"|\((?:[^()"]|"(?:[^"\\]|\\.)*")*\)|[^",()])*))?\s*(?:,|$)'
)
_ITEM = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s;"()]+')
_PARAMETER = re.compile(r';\s*[a-z*][a-z0-9_.*-]*(?:=(?:"(?:[^"\\]|\\.)*"|[^\s;"()]+))?')
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")
_PLAIN = re.compile(r'[,="]')


def parse(text: str) -> dict[str, Value]:
    """What a report tells, by its keys; nothing where nothing in it can be read."""
    text = _decoded(text[:LONGEST])
    found: dict[str, Value] = {}
    for key, raw in _members(text):
        value = _value(KINDS[key], raw) if key in KINDS else None
        if value is not None:
            found[key] = value
    return found


def reports(body: str) -> Iterator[dict[str, Value]]:
    """What each line of a version 2 event report tells; lines that tell nothing are left out."""
    for line in body.splitlines():
        if told := parse(line):
            yield told


def _decoded(text: str) -> str:
    for _ in range(2):
        if "%" not in text or _PLAIN.search(text):
            break
        text = unquote(text, errors="replace")
    return text


def _members(text: str) -> Iterator[tuple[str, str | None]]:
    """Keys and what is written behind them; after garbage it goes on behind the next comma."""
    at = 0
    for _ in range(MOST_KEYS):
        if at >= len(text):
            return
        if match := _MEMBER.match(text, at):
            yield match[1], match[2]
            at = match.end()
        else:
            comma = text.find(",", at)
            at = len(text) if comma < 0 else comma + 1


def _value(kind: Kind, raw: str | None) -> Value | None:
    if raw is not None and raw.startswith("("):
        items = (_scalar(kind, item) for item in _ITEM.findall(_PARAMETER.sub(" ", raw)))
        known = tuple(item for item in items if item is not None)[:MOST_ITEMS]
        return known[0] if len(known) == 1 else known or None
    return _scalar(kind, None if raw is None else _PARAMETER.sub("", raw).strip())


def _scalar(kind: Kind, raw: str | None) -> Scalar | None:
    if kind is Kind.FLAG:
        return {None: True, "?1": True, "?0": False}.get(raw)
    if raw is None:
        return None
    return _number(raw) if kind is Kind.NUMBER else _text(raw)


def _number(raw: str) -> int | float | None:
    if not _NUMBER.fullmatch(raw):
        return None
    number = float(raw)
    return int(number) if number.is_integer() and math.isfinite(number) else number


def _text(raw: str) -> str | None:
    quoted = raw[:1] == '"' == raw[-1:] and len(raw) > 1
    text = re.sub(r"\\(.)", r"\1", raw[1:-1]) if quoted else raw
    shown = "".join(each for each in text if each.isprintable())
    return shown[:LONGEST_TEXT] or None
