"""Supabase Storage: its buckets and how much lies in them, or an error where the answer could be short of something."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.errors import SourceUnreachable, StorageError
from core.storage.supabase_errors import LATER
from core.storage.supabase_project import RETRY_WAITS_S, SupabaseProject, open_client

_AGAIN = "Nothing was recorded; the next run tries again."


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

    def __init__(self, project: SupabaseProject) -> None:
        self._project = project

    def buckets(self) -> list[str]:
        """The name of every bucket; empty where the project has none, never because the key is limited."""
        with _explained():
            return self._project.buckets()

    def size(self, bucket: str) -> BucketSize:
        """What lies in a bucket, in all its folders; a part of it is never returned."""
        size_bytes = objects = unsized = 0
        with _explained():
            for page in self._project.pages(bucket):
                sizes = [(item.metadata or {}).get("size") for item in page.objects]
                known = [int(size) for size in sizes if size is not None]
                size_bytes += sum(known)
                objects += len(sizes)
                unsized += len(sizes) - len(known)
            if bucket not in self._project.buckets():  # the listing of a bucket that is gone is empty
                raise SourceUnreachable("A bucket was deleted while it was being measured.", _AGAIN)
        return BucketSize(bucket, size_bytes, objects, unsized)


@contextmanager
def open_storage(url: str, key: str, waits_s: tuple[float, ...] = RETRY_WAITS_S) -> Iterator[SupabaseStorage]:
    """The storage of a project; between attempts at what may pass by itself, it waits as long as it is told."""
    with open_client() as http:
        yield SupabaseStorage(SupabaseProject(url, key, http, waits_s))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise SourceUnreachable(error.message, _AGAIN if error.advice == LATER else error.advice) from error
