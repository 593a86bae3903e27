"""Supabase Storage: its buckets and what lies in them, or an error where the answer could be short of something."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TypeVar

import httpx
from storage3.exceptions import StorageApiError
from storage3.types import SearchV2Options, SearchV2Result

from core.billing.supabase_key import SECRET_PREFIX, limited_key
from core.errors import SourceUnreachable
from supabase import ClientOptions, create_client

#: Seconds before each new attempt, where a fault may pass by itself.
RETRY_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
_PAGE = 1000  # Supabase sends no more at once
_TIMEOUT = httpx.Timeout(30, connect=10)
_AGAIN = "Nothing was recorded; the next run tries again."
T = TypeVar("T")


@dataclass(frozen=True)
class BucketSize:
    """What lies in one bucket."""

    name: str
    size_bytes: int
    objects: int
    unsized: int  #: objects of which Supabase does not know the size; they count as 0 bytes


class SupabaseStorage:
    """The storage of one project, asked with a key that `require_service_key` has let through.

    Every method raises SourceUnreachable when the key is refused, the network fails for good, or answers disagree.
    """

    def __init__(self, url: str, key: str, http: httpx.Client, waits_s: tuple[float, ...]) -> None:
        self._url = url
        self._key = key
        self._http = http
        self._waits_s = waits_s
        self._storage = create_client(url, key, ClientOptions(httpx_client=http)).storage

    def buckets(self) -> list[str]:
        """The name of every bucket; empty where the project has none, never because the key is limited."""
        listed = self._ask(self._storage.list_buckets)
        # a JWT's role was read from the key and its signature was checked by the call above
        if self._key.startswith(SECRET_PREFIX):
            self._require_service_role()
        return [bucket.id for bucket in listed]

    def size(self, bucket: str) -> BucketSize:
        """What lies in a bucket, in all its folders; a part of it is never returned."""
        size_bytes = objects = unsized = 0
        for page in self._pages(bucket):
            sizes = [(item.metadata or {}).get("size") for item in page.objects]
            known = [int(size) for size in sizes if size is not None]
            size_bytes += sum(known)
            objects += len(sizes)
            unsized += len(sizes) - len(known)
        self._ask(lambda: self._storage.get_bucket(bucket))  # the listing of a bucket that is gone is empty
        return BucketSize(bucket, size_bytes, objects, unsized)

    def _pages(self, bucket: str) -> Iterator[SearchV2Result]:
        files = self._storage.from_(bucket)
        # by name: sorted by a time, objects of the same instant are lost between two pages
        options: SearchV2Options = {
            "limit": _PAGE, "with_delimiter": False, "sortBy": {"column": "name", "order": "asc"},
        }  # fmt: skip
        last = ""
        while True:
            page = self._ask(partial(files.list_v2, options))
            last = _last_name(bucket, page, last)
            yield page
            if not page.hasNext:
                return
            options = {**options, "cursor": page.nextCursor or ""}

    def _require_service_role(self) -> None:
        """Only the service role may ask about users; the page asked for is beyond the last, so nobody is in it."""
        headers = {"apikey": self._key, "Authorization": f"Bearer {self._key}"}
        place = f"{self._url}/auth/v1/admin/users"

        def ask() -> None:
            answer = self._http.get(place, params={"page": 1_000_000, "per_page": 1}, headers=headers)
            if not answer.is_success:
                raise StorageApiError("", "auth", answer.status_code)

        self._ask(ask)

    def _ask(self, request: Callable[[], T]) -> T:
        with self._explained():
            for wait_s in self._waits_s:
                try:
                    return request()
                except (httpx.TransportError, StorageApiError) as error:
                    if not _may_pass(error):
                        raise
                time.sleep(wait_s)
            return request()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise SourceUnreachable(
                f"{self._url} cannot be reached ({type(error).__name__}).", "Check SUPABASE_URL and the network."
            ) from error
        except StorageApiError as error:
            raise self._explanation(error) from error
        except (ValueError, TypeError, KeyError) as error:
            raise SourceUnreachable(
                f"What {self._url} answers is not from Supabase Storage.", "Check SUPABASE_URL."
            ) from error

    def _explanation(self, error: StorageApiError) -> SourceUnreachable:
        status = _status(error)
        if status in (401, 403) or error.code in ("Unauthorized", "InvalidJWT"):
            return limited_key("Supabase refuses it")
        if error.code == "Bucket not found":
            return SourceUnreachable("A bucket was deleted while it was being measured.", _AGAIN)
        if status == 404 or 300 <= status < 400:
            return SourceUnreachable(f"There is no Supabase project at {self._url}.", "Check SUPABASE_URL.")
        if _may_pass(error):
            return SourceUnreachable(f"{self._url} is not well or too busy (status {status}).", _AGAIN)
        return SourceUnreachable(f"{self._url} answered with status {status}.", "See Supabase's status and logs.")


@contextmanager
def open_storage(url: str, key: str, waits_s: tuple[float, ...] = RETRY_WAITS_S) -> Iterator[SupabaseStorage]:
    """The storage of a project; between attempts at what may pass by itself, it waits as long as it is told."""
    # a redirect is not followed: it would take the key to another host
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=False) as http:
        yield SupabaseStorage(url, key, http, waits_s)


def _last_name(bucket: str, page: SearchV2Result, before: str) -> str:
    """The last name of a page; raises SourceUnreachable where a page repeats, skips back or leads nowhere."""
    names = [before, *(item.name for item in page.objects)]
    in_order = all(one < other for one, other in pairwise(names))
    if in_order and (not page.hasNext or (page.nextCursor and page.objects)):
        return names[-1]
    raise SourceUnreachable(f"Supabase's listing of the bucket {bucket} is not consistent.", _AGAIN)


def _may_pass(error: httpx.TransportError | StorageApiError) -> bool:
    return isinstance(error, httpx.TransportError) or _status(error) == 429 or _status(error) >= 500


def _status(error: StorageApiError) -> int:
    """The status as a number: text where Storage itself answered, a number where a proxy did; 0 where neither."""
    text = str(error.status)
    return int(text) if text.isdecimal() else 0
