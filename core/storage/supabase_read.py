"""Supabase read: an object's bytes in order, taken up again where the connection breaks, and never of two objects."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from core.errors import ObjectChanged
from core.storage.supabase_errors import api_error, status_of, unreachable
from core.storage.supabase_project import SupabaseProject

_BEYOND = 416  # the range begins where the object ends, or later


@dataclass(frozen=True)
class _Opened:
    """An answer whose body is still to come."""

    answer: httpx.Response
    etag: str
    total_bytes: int  #: of the whole object


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
    request = project.http.build_request("GET", address, headers=project.headers | told)

    def ask() -> _Opened | None:
        answer = project.http.send(request, stream=True)
        if answer.status_code in (200, 206):
            return _Opened(answer, answer.headers["ETag"].strip('"'), _total(answer))
        with closing(answer):
            answer.read()
        error = api_error(answer)
        if _BEYOND in (answer.status_code, status_of(error)):
            return None
        raise error

    return project.ask(ask, bucket, key)


def _total(answer: httpx.Response) -> int:
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
    at = 0 if opened.answer.status_code == 200 else start
    with closing(opened.answer):
        for chunk in opened.answer.iter_raw() if start < end else ():
            wanted = chunk[max(start - at, 0) : max(end - at, 0)]
            at += len(chunk)
            if wanted:
                yield wanted


def _again(project: SupabaseProject, bucket: str, key: str, at: int, end: int, first: _Opened) -> _Opened:
    """The rest of the same object."""
    opened = _open(project, bucket, key, at, end)
    if opened is None or (opened.etag, opened.total_bytes) != (first.etag, first.total_bytes):
        raise _changed(bucket, key)
    return opened


def _changed(bucket: str, key: str) -> ObjectChanged:
    return ObjectChanged(f"{bucket}/{key} in Supabase was replaced or removed meanwhile.", "Read it again.")
