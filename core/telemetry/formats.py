"""Formats: which kind of log of CloudFront's a file is, told by its content."""

import json
import re
import zlib
from dataclasses import dataclass
from enum import StrEnum

from core.telemetry.fields import REAL_TIME, are_a_log

#: What is looked at of a file to tell what it is.
LOOK_BYTES = 65_536
HEADER = b"#Fields:"
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_INSTANT = re.compile(rb"\d{9,10}(\.\d+)?\t")
_NAMED = re.compile(r"^(?:.*/)?([A-Z0-9]{10,20})\.\d{4}-\d{2}-\d{2}-\d{2}\.")
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-\d{2}")


class Kind(StrEnum):
    """How the lines of a log are written."""

    W3C = "w3c"  #: a header with `#Fields`, values separated by tabs
    REAL_TIME = "real-time"  #: the same without a header
    JSON = "json"  #: an object a line
    PARQUET = "parquet"


@dataclass(frozen=True)
class Format:
    """How a log is to be read."""

    kind: Kind
    fields: tuple[str, ...]  #: as the log calls them, in their order
    rate: int = 100  #: percent of the requests that are logged


def is_gzip(start: bytes) -> bool:
    return start.startswith(_GZIP)


def is_parquet(start: bytes) -> bool:
    return start.startswith(_PARQUET)


def inflated(start: bytes) -> bytes:
    """The beginning of a file, as it is before it is compressed; nothing where it cannot be read."""
    if not is_gzip(start):
        return start
    try:
        return zlib.decompressobj(wbits=31).decompress(start, LOOK_BYTES)
    except zlib.error:
        return b""


def text_format(start: bytes) -> Format | None:
    """The format of a text by its beginning; None where it is no log."""
    if start.startswith(b"#"):
        return _w3c(start)
    if start.startswith(b"{"):
        return _json(start)
    if _INSTANT.match(start):
        return _real_time(start)
    return None


def _w3c(start: bytes) -> Format | None:
    found = (header_fields(line) for line in start.splitlines())
    return next((Format(Kind.W3C, fields) for fields in found if fields), None)


def header_fields(line: bytes) -> tuple[str, ...]:
    """The fields that a line names as those below it; none where it is no header of a log's."""
    if not line.startswith(HEADER):
        return ()
    fields = tuple(line.removeprefix(HEADER).decode(errors="replace").split())
    return fields if are_a_log(fields) else ()


def _json(start: bytes) -> Format | None:
    try:
        fields = tuple(map(str, json.loads(start.partition(b"\n")[0])))
    except (ValueError, TypeError, RecursionError):
        return None
    return Format(Kind.JSON, fields) if are_a_log(fields) else None


def _real_time(start: bytes) -> Format | None:
    count = start.partition(b"\n")[0].count(b"\t") + 1
    fields = REAL_TIME[:count]
    return Format(Kind.REAL_TIME, fields) if count > 2 else None


def real_time_format(config: bytes) -> Format | None:
    """What `aws cloudfront get-realtime-log-config` says of its lines; None where it is no such answer."""
    try:
        told = json.loads(config)
        told = told.get("RealtimeLogConfig", told)
        fields, rate = tuple(map(str, told["Fields"])), int(told["SamplingRate"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Format(Kind.REAL_TIME, fields, rate) if 1 <= rate <= 100 else None


def distribution_in(path: str) -> str:
    """The distribution that a file's name tells of; empty where it tells of none."""
    found = _NAMED.match(path)
    return found[1] if found else ""


def is_named_like_a_log(path: str) -> bool:
    """Whether a file has the name that CloudFront gives its logs, in whatever folder it lies."""
    return bool(_NAMED.match(path.rpartition("/")[2]))


def day_in(path: str) -> str:
    """The day that a file's name tells of, like 2026-11-28; empty where it tells of none."""
    found = _DATED.findall(path.rpartition("/")[2])
    return found[-1] if found else ""
