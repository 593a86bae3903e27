"""Supabase read: an object's bytes in order, taken up again where the connection breaks, and never of two objects."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError

from core.errors import ObjectChanged
from core.storage.supabase_errors import api_error, status_of, unreachable
from core.storage.supabase_project import SupabaseProject
from core.units import MIB

_BEYOND = 416  # the range begins where the object ends, or later
_CHUNK = 1 * MIB
_CONNECTIONS = 32  # at once
_TIMEOUT = urllib3.Timeout(connect=10, read=30)


@dataclass(frozen=True)
class _Opened:
    """An answer whose body is still to come."""

    answer: urllib3.BaseHTTPResponse
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

    def ask() -> _Opened | None:
        with _explained():
            answer = _http(address).request(
                "GET", address, headers=project.headers | told, timeout=_TIMEOUT,
                preload_content=False, retries=False, redirect=False,
            )  # fmt: skip
            if answer.status in (200, 206):
                return _Opened(answer, answer.headers["ETag"].strip('"'), _total(answer))
            error = api_error(httpx.Response(answer.status, content=answer.data))
        if _BEYOND in (answer.status, status_of(error)):
            return None
        raise error

    return project.ask(ask, bucket, key)


@cache
def _pool(proxy: str) -> urllib3.PoolManager:
    """Connections of the process. They hand on large chunks, for half of what httpx takes."""
    told = {"maxsize": _CONNECTIONS, "ssl_context": httpx.create_ssl_context()}
    return urllib3.ProxyManager(proxy, **told) if proxy else urllib3.PoolManager(**told)


def _http(address: str) -> urllib3.PoolManager:
    """By way of the proxy that the environment names for an address, as httpx does."""
    url = urlsplit(address)
    return _pool("" if proxy_bypass(url.netloc) else getproxies().get(url.scheme, ""))


@contextmanager
def _explained() -> Iterator[None]:
    """Raise what the connection raises as httpx would, which is what the rest of the project knows."""
    try:
        yield
    except NewConnectionError as error:
        raise httpx.ConnectError(str(error)) from error
    except HTTPError as error:
        raise httpx.ReadError(str(error)) from error


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
    with _explained():
        return answer.read(_CHUNK, decode_content=False)


def _again(project: SupabaseProject, bucket: str, key: str, at: int, end: int, first: _Opened) -> _Opened:
    """The rest of the same object."""
    opened = _open(project, bucket, key, at, end)
    if opened is None or (opened.etag, opened.total_bytes) != (first.etag, first.total_bytes):
        raise _changed(bucket, key)
    return opened


def _changed(bucket: str, key: str) -> ObjectChanged:
    return ObjectChanged(f"{bucket}/{key} in Supabase was replaced or removed meanwhile.", "Read it again.")
