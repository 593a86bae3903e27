"""Moved: objects that a provider's own rules have moved or removed, found out from its listing."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.catalog.holds import held_keys
from core.database import Database, named_queries
from core.errors import ObjectNotFound
from core.storage.local import LocalProvider
from core.storage.local_lifecycle import apply_rules
from core.storage.provider import StorageProvider, Tiered

_queries: Any = named_queries(__file__)


def follow_rules(database: Database, provider: Tiered, clock: Callable[[], datetime]) -> None:
    """S3 follows its rules by itself; a folder of this machine is helped. Then what has moved is recorded.

    Raises what learn_classes does.
    """
    if isinstance(provider, LocalProvider):
        apply_rules(provider, clock(), held_keys(database, provider.name))
    learn_classes(database, provider)


def learn_classes(database: Database, provider: StorageProvider) -> int:
    """Record the class that each object lies in by now; how many had been moved. A thousand objects are one question.

    What is not there any more stays recorded, as a wrong bucket would otherwise empty the library; it is told.
    Raises ObjectNotFound at the end, and StorageError.
    """
    with database.reading() as connection:
        recorded = {row["key"]: row for row in _queries.recorded_objects(connection, provider=provider.name)}
    moved: dict[str, list[dict[str, str]]] = defaultdict(list)
    for stored in provider.list():
        row = recorded.pop(stored.key, None)
        if row and row["storage_class"] != stored.storage_class:
            change = {"key": stored.key, "before": row["storage_class"], "after": str(stored.storage_class)}
            moved[row["video_id"]].append(change)
    for video_id, changes in moved.items():
        _record(database, provider.name, video_id, changes)
    _require_none_missing(database, provider, recorded)
    return sum(map(len, moved.values()))


def _record(database: Database, provider: str, video_id: str, changes: list[dict[str, str]]) -> None:
    with database.transaction() as connection:
        for change in changes:
            _queries.record_class(connection, provider=provider, **change)
        _queries.forget_stored(connection, video_id=video_id, provider=provider)
        _queries.add_up_stored(connection, video_id=video_id, provider=provider)


def _require_none_missing(database: Database, provider: StorageProvider, unseen: dict[str, Any]) -> None:
    """What was replaced while it was listed is recorded no more; the rest is missing."""
    with database.reading() as connection:
        now = {row["key"] for row in _queries.recorded_objects(connection, provider=provider.name)}
    if missing := sorted(unseen.keys() & now):
        raise ObjectNotFound(
            f"Of the recorded objects {len(missing)} lie at {provider.name} no more, like {missing[0]!r}.",
            "If a lifecycle rule has removed them, package those videos again, or upload them.",
        )
