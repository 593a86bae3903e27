"""Chosen: the objects that an action's terms name, with what the catalogue knows of them.

Terms: at least one of `keys`, `prefix`, `kind` (as core.catalog.video says it) and `videos`, all of which have to
hold; and `in_classes` (those that they lie in now), `older_than_days` and `at_least_bytes`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actions.action import Action
from core.actions.cloud import Cloud, list_term, number_term, text_term
from core.catalog.recorded import RecordedObject, recorded_at
from core.catalog.video import Kind
from core.errors import ActionRefused
from core.storage.provider import StorageClass, StoredObject

_NAMING = ("keys", "prefix", "kind", "videos")
#: All that say which objects.
CHOOSING = (*_NAMING, "in_classes", "older_than_days", "at_least_bytes")


@dataclass(frozen=True)
class Chosen:
    """An object, as it was listed just now."""

    stored: StoredObject
    known: RecordedObject | None  #: None: no video of the catalogue has it

    @property
    def crc64nvme(self) -> int | None:
        """Of its bytes, where the catalogue knows it of this very object."""
        return self.known.crc64nvme if self.known and self.known.etag == self.stored.etag else None

    def age_days(self, now: datetime) -> int:
        """Whole days since it was written."""
        return max((now - self.stored.modified_at).days, 0)


def known_objects(cloud: Cloud, action: Action) -> Mapping[str, RecordedObject]:
    """What the catalogue knows at the action's place, by key."""
    with cloud.database.reading() as connection:
        return recorded_at(connection, action.place)


def chosen(cloud: Cloud, action: Action, now: datetime) -> Iterator[Chosen]:
    """By key. Raises ActionRefused where the terms name no objects, StorageError."""
    if not any(name in action.terms for name in _NAMING):
        raise ActionRefused("It is not said which objects.", "Name keys, a prefix, a kind or videos.")
    known, keys, videos = known_objects(cloud, action), list_term(action, "keys"), list_term(action, "videos")
    kind, least_bytes = _kind(action), number_term(action, "at_least_bytes", 0)
    days, classes = number_term(action, "older_than_days", 0), _classes(action)
    wanted, of_videos = frozenset(keys), frozenset(videos)
    for stored in cloud.place(action).list(_prefix(action, keys)):
        each = Chosen(stored, known.get(stored.key))
        named = not keys or stored.key in wanted
        is_old = not days or stored.modified_at <= now - timedelta(days=days)  # the provider's clock may be ahead
        fits = stored.size_bytes >= least_bytes and is_old and stored.storage_class in classes
        if named and fits and _is_of(each, kind, of_videos):
            yield each


def common_start(keys: Collection[str]) -> str:
    """What all of them begin with; empty where there are none."""
    first, last = min(keys, default=""), max(keys, default="")
    return first[: next((at for at, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1), len(first))]


def _is_of(each: Chosen, kind: Kind | None, videos: frozenset[str]) -> bool:
    if each.known is None:
        return kind is None and not videos
    return kind in (None, each.known.kind) and (not videos or each.known.video_id in videos)


def _kind(action: Action) -> Kind | None:
    text = text_term(action, "kind")
    if text and text not in list(Kind):
        raise ActionRefused(f"There is no kind {text!r}.", f"Choose one of {', '.join(Kind)}.")
    return Kind(text) if text else None


def _classes(action: Action) -> frozenset[StorageClass]:
    """All where none are named."""
    named = list_term(action, "in_classes") or tuple(StorageClass)
    if unknown := sorted(set(named) - set(StorageClass)):
        raise ActionRefused(f"There is no storage class {unknown[0]!r}.", f"Choose of {', '.join(StorageClass)}.")
    return frozenset(map(StorageClass, named))


def _prefix(action: Action, keys: tuple[str, ...]) -> str:
    """As little as possible is listed."""
    prefix, common = text_term(action, "prefix"), common_start(keys)
    return common if len(common) > len(prefix) and common.startswith(prefix) else prefix
