"""Ranges: which bytes of an object an HTTP request asks for, and whether it needs them at all (RFC 9110)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_SPAN = re.compile(
    r"bytes[ \t]*=[ \t]*(?:(\d{1,19})[ \t]*-[ \t]*(\d{1,19})?|-[ \t]*(\d{1,19}))[ \t]*", re.IGNORECASE | re.ASCII
)
_TAG = re.compile(r'(W/)?"([^"]*)"')


@dataclass(frozen=True)
class Version:
    """What tells one state of an object from another."""

    etag: str  #: without quotes
    modified_at: datetime

    @property
    def headers(self) -> dict[str, str]:
        return {"ETag": f'"{self.etag}"', "Last-Modified": _http_date(self.modified_at)}


@dataclass(frozen=True)
class Span:
    """Bytes from start up to, and without, end."""

    start: int
    end: int


class Unsatisfiable(Exception):
    """The object has none of the bytes that were asked for."""


def wanted_span(headers: Mapping[str, str], size_bytes: int, version: Version) -> Span | None:
    """The bytes that are asked for; None for all of them: several ranges at once are answered so.

    Raises Unsatisfiable.
    """
    match = _SPAN.fullmatch(headers.get("range", "").strip())
    if match is None or not _is_same(headers.get("if-range"), version):
        return None
    first, last, suffix = (None if group is None else int(group) for group in match.groups())
    if suffix is not None:
        start, end = max(size_bytes - suffix, 0), size_bytes
    else:
        start, end = first or 0, size_bytes if last is None else min(last + 1, size_bytes)
        if last is not None and last < start:
            return None  # no range at all, says the RFC
    if start >= end:
        raise Unsatisfiable
    return Span(start, end)


def is_unchanged(headers: Mapping[str, str], version: Version) -> bool:
    """Whether whoever asks has this very state already."""
    if (tags := headers.get("if-none-match")) is not None:
        return tags.strip() == "*" or version.etag in [tag for _, tag in _TAG.findall(tags)]
    since = _instant(headers.get("if-modified-since"))
    return since is not None and version.modified_at.replace(microsecond=0) <= since


def _is_same(if_range: str | None, version: Version) -> bool:
    """A weak tag, or another date than the very one, is never the same."""
    if if_range is None:
        return True
    if match := _TAG.fullmatch(if_range.strip()):
        return not match[1] and match[2] == version.etag
    return _instant(if_range) == version.modified_at.replace(microsecond=0)


def _instant(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _http_date(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True)
