"""Moved: objects that a provider's own rules have moved or removed, found out from its listing."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.catalog.holds import held_keys
from core.catalog.recorded import RecordedObject, recorded_at
from core.database import Database, named_queries
from core.errors import ObjectNotFound
from core.storage.local import LocalProvider
from core.storage.local_lifecycle import apply_rules
from core.storage.local_replication import replicate
from core.storage.provider import StorageProvider, StoredObject, Tiered

_queries: Any = named_queries(__file__)


def follow_rules(database: Database, provider: Tiered, clock: Callable[[], datetime]) -> None:
    """S3 follows its rules by itself; a folder of this machine is helped. Then what has moved is recorded.

    Raises what learn_classes does.
    """
    if isinstance(provider, LocalProvider):
        apply_rules(provider, clock(), held_keys(database, provider.name))
        replicate(provider)
    learn_classes(database, provider)


def learn_classes(database: Database, provider: StorageProvider) -> int:
    """Record the class that each object lies in by now; how many had been moved. A thousand objects are one question.

    Objects that were copied onto themselves have another etag, which is recorded where the bytes are the same. What is
    not there any more stays recorded, as a wrong bucket would otherwise empty the library; it is told. Raises
    ObjectNotFound at the end, and StorageError.
    """
    with database.reading() as connection:
        recorded = recorded_at(connection, provider.name)
    moved: dict[str, list[dict[str, str]]] = defaultdict(list)
    copied = list[dict[str, str]]()
    for stored in provider.list():
        known = recorded.pop(stored.key, None)
        if known and known.storage_class != stored.storage_class:
            change = {"key": stored.key, "before": str(known.storage_class), "after": str(stored.storage_class)}
            moved[known.video_id].append(change)
        if known and known.etag != stored.etag and _is_same(provider, known, stored):
            copied.append({"key": stored.key, "before": known.etag, "after": stored.etag})
    for video_id, changes in moved.items():
        _record(database, provider.name, video_id, changes)
    _record_copied(database, provider.name, copied)
    _require_none_missing(database, provider, set(recorded))
    return sum(map(len, moved.values()))


def _is_same(provider: StorageProvider, known: RecordedObject, listed: StoredObject) -> bool:
    """Whether its bytes are those that are recorded; where no checksum tells, it may be another object."""
    if known.crc64nvme is None or known.size_bytes != listed.size_bytes:
        return False
    try:
        now = provider.head(known.key)
    except ObjectNotFound:
        return False
    return now.etag == listed.etag and now.crc64nvme == known.crc64nvme


def _record_copied(database: Database, provider: str, copied: list[dict[str, str]]) -> None:
    if copied:
        with database.transaction() as connection:
            for change in copied:
                _queries.record_etag(connection, provider=provider, **change)


def _record(database: Database, provider: str, video_id: str, changes: list[dict[str, str]]) -> None:
    with database.transaction() as connection:
        for change in changes:
            _queries.record_class(connection, provider=provider, **change)
        _queries.forget_stored(connection, video_id=video_id, provider=provider)
        _queries.add_up_stored(connection, video_id=video_id, provider=provider)


def _require_none_missing(database: Database, provider: StorageProvider, unseen: set[str]) -> None:
    """What was replaced while it was listed is recorded no more; the rest is missing."""
    with database.reading() as connection:
        now = recorded_at(connection, provider.name)
    if missing := sorted(unseen & now.keys()):
        raise ObjectNotFound(
            f"Of the recorded objects {len(missing)} lie at {provider.name} no more, like {missing[0]!r}.",
            "If a lifecycle rule has removed them, package those videos again, or upload them.",
        )
