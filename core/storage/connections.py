"""Connections: one process's to the servers that bytes come from, kept open, by way of the proxies that are set.

They hand on large chunks, and answer small questions, for half of what httpx takes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

_CONNECTIONS = 32  # at once
_TIMEOUT = urllib3.Timeout(connect=10, read=30)

_REDIRECTS = urllib3.Retry(None, connect=0, read=0, redirect=5, status=0, other=0)


def get(
    address: str, headers: dict[str, str], whole: bool = True, follow_redirects: bool = False
) -> urllib3.BaseHTTPResponse:
    """The answer, with its body where all of it is wanted at once. Raises httpx.TransportError."""
    with explained():
        return _http(address).request(
            "GET", address, headers=headers, timeout=_TIMEOUT, preload_content=whole,
            retries=_REDIRECTS if follow_redirects else False, redirect=follow_redirects,
        )  # fmt: skip


@contextmanager
def explained() -> Iterator[None]:
    """Raise what the connection raises as httpx would, which is what the rest of the project knows."""
    try:
        yield
    except HTTPError as error:
        cause = error.reason if isinstance(error, MaxRetryError) else error
        kind = httpx.ConnectError if isinstance(cause, NewConnectionError) else httpx.ReadError
        raise kind(str(cause)) from error


@cache
def _pool(proxy: str) -> urllib3.PoolManager:
    told = {"maxsize": _CONNECTIONS, "ssl_context": httpx.create_ssl_context()}
    return urllib3.ProxyManager(proxy, **told) if proxy else urllib3.PoolManager(**told)


def _http(address: str) -> urllib3.PoolManager:
    """By way of the proxy that the environment names for an address, as httpx does."""
    url = urlsplit(address)
    return _pool("" if proxy_bypass(url.netloc) else getproxies().get(url.scheme, ""))
