"""Supabase read: what an object is, and its bytes in order, resumed where they break off, and never of two objects."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import urllib3

from core.errors import ObjectChanged
from core.storage.connections import explained, get
from core.storage.supabase_errors import api_error, status_of, unreachable
from core.storage.supabase_project import SupabaseProject
from core.units import KIB

_BEYOND = 416  # the range begins where the object ends, or later
#: Less than what the allocator would ask the system for anew each time.
_CHUNK = 256 * KIB


@dataclass(frozen=True)
class _Opened:
    """An answer whose body is still to come."""

    answer: urllib3.BaseHTTPResponse
    etag: str
    total_bytes: int  #: of the whole object


def info(project: SupabaseProject, bucket: str, key: str) -> dict[str, Any]:
    """All that Supabase says of an object. Raises ObjectNotFound."""
    address = f"{project.url}/storage/v1/object/info/{quote(bucket)}/{quote(key)}"

    def ask() -> dict[str, Any]:
        answer = get(address, project.headers)
        if answer.status != 200:
            raise api_error(httpx.Response(answer.status, content=answer.data))
        return json.loads(answer.data)

    return project.ask(ask, bucket, key)


def read(project: SupabaseProject, bucket: str, key: str, start: int, end: int | None, etag: str) -> Iterator[bytes]:
    """The bytes in [start, end). Raises ObjectNotFound and ObjectChanged at once.

    There is no If-Match: every answer's ETag and size are compared with the first one's.
    """
    opened = _open(project, bucket, key, start, end)
    if opened is None:
        return iter(())
    if etag and opened.etag != etag:
        opened.answer.close()
        raise _changed(bucket, key)
    return _stream(project, bucket, key, opened, start, opened.total_bytes if end is None else end)


def _open(project: SupabaseProject, bucket: str, key: str, start: int, end: int | None) -> _Opened | None:
    """The bytes from a place on; None where the object has none there."""
    wanted = f"bytes={start}-{'' if end is None else max(end - 1, start)}"
    address = f"{project.url}/storage/v1/object/authenticated/{quote(bucket)}/{quote(key)}"
    told = {"Range": wanted, "Accept-Encoding": "identity"}  # what is compressed on the way has another length

    def ask() -> _Opened | None:
        answer = get(address, project.headers | told, whole=False)
        if answer.status in (200, 206):
            return _Opened(answer, answer.headers["ETag"].strip('"'), _total(answer))
        with explained():
            error = api_error(httpx.Response(answer.status, content=answer.data))
        if _BEYOND in (answer.status, status_of(error)):
            return None
        raise error

    return project.ask(ask, bucket, key)


def _total(answer: urllib3.BaseHTTPResponse) -> int:
    """Of the whole object; a 200 has all of it, whatever was asked for."""
    told = answer.headers.get("Content-Range", "")
    return int(told.rpartition("/")[2]) if told else int(answer.headers["Content-Length"])


def _stream(project: SupabaseProject, bucket: str, key: str, first: _Opened, at: int, end: int) -> Iterator[bytes]:
    opened, end, broken = first, min(end, first.total_bytes), 0
    while True:
        try:
            for chunk in _body(opened, at, end):
                at, broken = at + len(chunk), 0
                yield chunk
        except httpx.TransportError as error:
            broken += 1
            if broken > len(project.waits_s):
                raise unreachable(project.url, error) from error
        if at >= end:
            return
        opened = _again(project, bucket, key, at, end, first)


def _body(opened: _Opened, start: int, end: int) -> Iterator[bytes]:
    """The bytes in [start, end) of an answer, which may have all of the object."""
    at = 0 if opened.answer.status == 200 else start
    try:
        while start < end and (chunk := _next_chunk(opened.answer)):
            wanted = chunk if start <= at and at + len(chunk) <= end else chunk[max(start - at, 0) : max(end - at, 0)]
            at += len(chunk)
            if wanted:
                yield wanted
    finally:
        opened.answer.close()  # a connection whose body was read to its end is in the pool again by now


def _next_chunk(answer: urllib3.BaseHTTPResponse) -> bytes:
    with explained():
        return answer.read(_CHUNK, decode_content=False)


def _again(project: SupabaseProject, bucket: str, key: str, at: int, end: int, first: _Opened) -> _Opened:
    """The rest of the same object."""
    opened = _open(project, bucket, key, at, end)
    if opened is None or (opened.etag, opened.total_bytes) != (first.etag, first.total_bytes):
        raise _changed(bucket, key)
    return opened


def _changed(bucket: str, key: str) -> ObjectChanged:
    return ObjectChanged(f"{bucket}/{key} in Supabase was replaced or removed meanwhile.", "Read it again.")
