"""Supabase project: its storage, asked until it answers; an answer that could be short of something is an error."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, TypeVar

import httpx
from storage3.exceptions import StorageApiError
from storage3.types import SearchV2Options, SearchV2Result

from core.errors import StorageUnreachable
from core.storage.supabase_errors import LATER, explanation, may_pass, no_supabase, unreachable
from core.storage.supabase_key import SECRET_PREFIX
from supabase import ClientOptions, create_client

#: Seconds before each new attempt, where a fault may pass by itself.
RETRY_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
_PAGE = 1000  # Supabase sends no more at once
_TIMEOUT = httpx.Timeout(30, connect=10)
T = TypeVar("T")


class SupabaseProject:
    """The storage of one project, asked with a key that `require_service_key` has let through.

    Every method raises a StorageError when the key is refused, the network fails for good, or answers disagree.
    """

    def __init__(self, url: str, key: str, http: httpx.Client, waits_s: tuple[float, ...] = RETRY_WAITS_S) -> None:
        self.url = url
        self.http = http
        self.waits_s = waits_s
        self._key = key

    @cached_property
    def storage(self) -> Any:
        """The library's client; what it raises is made a StorageError by `ask`."""
        return create_client(self.url, self._key, ClientOptions(httpx_client=self.http)).storage

    @property
    def headers(self) -> dict[str, str]:
        """What shows a request of our own to be allowed."""
        return {"apikey": self._key, "Authorization": f"Bearer {self._key}"}

    def buckets(self) -> list[str]:
        """The name of every bucket; empty where the project has none, never because the key is limited."""
        listed = self.ask(lambda: self.storage.list_buckets())
        # a JWT's role was read from the key and its signature was checked by the call above
        if self._key.startswith(SECRET_PREFIX):
            self._require_service_role()
        return [bucket.id for bucket in listed]

    def bucket(self, name: str) -> Any:
        """What the project says of a bucket. Raises StorageUnreachable where there is none."""
        return self.ask(lambda: self.storage.get_bucket(name), bucket=name)

    def pages(self, bucket: str, prefix: str = "") -> Iterator[SearchV2Result]:
        """All that lies in the bucket below a prefix, by name; nothing also where there is no such bucket."""
        files = self.storage.from_(bucket)
        # by name: sorted by a time, objects of the same instant are lost between two pages
        options: SearchV2Options = {
            "limit": _PAGE, "with_delimiter": False, "sortBy": {"column": "name", "order": "asc"}, "prefix": prefix,
        }  # fmt: skip
        last = ""
        while True:
            page = self.ask(partial(files.list_v2, options), bucket=bucket)
            last = _last_name(bucket, page, last)
            yield page
            if not page.hasNext:
                return
            options = {**options, "cursor": page.nextCursor or ""}

    def ask(self, request: Callable[[], T], bucket: str = "", key: str = "") -> T:
        """The answer to a request, which is made again while its fault may pass by itself."""
        with self.explained(bucket, key):
            for wait_s in self.waits_s:
                try:
                    return request()
                except (httpx.TransportError, StorageApiError) as error:
                    if not may_pass(error):
                        raise
                time.sleep(wait_s)
            return request()

    @contextmanager
    def explained(self, bucket: str = "", key: str = "") -> Iterator[None]:
        """Raise what goes wrong within the block as a StorageError about that key."""
        try:
            yield
        except httpx.HTTPError as error:
            raise unreachable(self.url, error) from error
        except StorageApiError as error:
            raise explanation(self.url, bucket, key, error) from error
        except (ValueError, TypeError, KeyError) as error:
            raise no_supabase(self.url) from error

    def _require_service_role(self) -> None:
        """Only the service role may ask about users; the page asked for is beyond the last, so nobody is in it."""
        place = f"{self.url}/auth/v1/admin/users"

        def ask() -> None:
            answer = self.http.get(place, params={"page": 1_000_000, "per_page": 1}, headers=self.headers)
            if not answer.is_success:
                raise StorageApiError("", "auth", answer.status_code)

        self.ask(ask)


def open_client() -> httpx.Client:
    """A client for a project; it follows no redirect, which would take the key to another host."""
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False)


def _last_name(bucket: str, page: SearchV2Result, before: str) -> str:
    """The last name of a page; raises StorageUnreachable where a page repeats, skips back or leads nowhere."""
    names = [before, *(item.name for item in page.objects)]
    in_order = all(one < other for one, other in pairwise(names))
    if in_order and (not page.hasNext or (page.nextCursor and page.objects)):
        return names[-1]
    raise StorageUnreachable(f"Supabase's listing of the bucket {bucket} is not consistent.", LATER)
