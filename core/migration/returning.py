"""Returning: whether what viewers would get again still lies at the source, as it was when it was moved."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from core.catalog.video import CopyObject
from core.errors import ObjectNotFound
from core.migration.handles import Handles
from core.migration.journal import CopyRecord, Journal
from core.migration.state import Item, Migration
from core.storage.provider import StorageProvider

#: So many objects are looked at at once: a thousand videos of ten objects each take half a minute.
_AT_ONCE = 16


def losses(handles: Handles, migration: Migration, items: Iterable[Item]) -> dict[str, str]:
    """What is wrong with the source's copies of videos, by video; nothing of those that are whole.

    Raises StorageError where the source cannot be looked at.
    """
    source = handles.providers.named(migration.source)
    looks = [(item.video_id, each, record) for item in items for each, record in _objects(handles, source, item)]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="returning") as pool:
        told = pool.map(lambda look: _loss(source, look[1], look[2]), looks)
        return {id: loss for (id, *_), loss in zip(looks, told, strict=True) if loss}


def _objects(handles: Handles, source: StorageProvider, item: Item) -> Iterator[tuple[CopyObject, CopyRecord | None]]:
    """Those of the source's copy, each with what was moved of it."""
    records = Journal(handles.database, item).records()
    for copy in handles.catalog.copies(item.video_id):
        if copy.provider == source.name:
            yield from ((each, records.get(each.name)) for each in copy.objects)


def _loss(source: StorageProvider, each: CopyObject, record: CopyRecord | None) -> str:
    meant = (record.source_etag, record.size_bytes) if record else (each.etag, each.size_bytes)
    try:
        now = source.head(each.key)
    except ObjectNotFound:
        return f"{each.key!r} is not there any more at {source.name}."
    return "" if (now.etag, now.size_bytes) == meant else f"{each.key!r} was replaced at {source.name} since."
