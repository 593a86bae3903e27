"""Rung choice: which videos can lose a quality without anybody noticing more than that it is gone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core.actions.action import Action
from core.actions.cloud import Cloud, list_term, text_term
from core.catalog.catalog import copies_of
from core.catalog.holds import held_videos
from core.catalog.recorded import recorded_at
from core.catalog.video import Copy, CopyObject, Kind
from core.database import Connection
from core.errors import ActionRefused, ObjectNotFound
from core.media import packagings
from core.media.folder import MASTER
from core.media.master import without
from core.migration.store import videos_at_work
from core.storage.provider import StorageProvider, StoredObject

_AT_ONCE = 16
#: More is no playlist.
_LARGEST_BYTES = 8 * 2**20
NO_RUNG, LAST_RUNG = "they have no such rung", "no other rung would be left"
NO_ORIGINAL = "their original is not there to make it anew of"
NOT_READ, NOT_NAMED = "their playlist cannot be read", "their playlist does not name it as ours do"
HELD = "they are on legal hold"
PACKAGED, MOVED = "they are being packaged", "a migration has them at work"


@dataclass(frozen=True)
class Drop:
    """A video that loses a rung."""

    video_id: str
    copy: Copy
    master: CopyObject
    rung: CopyObject
    new_master_key: str
    stored: Mapping[str, StoredObject]  #: the rung's objects and the old playlist, by key

    @property
    def original(self) -> CopyObject | None:
        return self.copy.object(Kind.ORIGINAL)


def drops(cloud: Cloud, action: Action) -> tuple[Sequence[Drop], Mapping[str, int]]:
    """The videos that can lose it, and how many cannot, by why. Raises ActionRefused, StorageError."""
    rung, asked = text_term(action, "rung"), list_term(action, "videos")
    if not rung:
        raise ActionRefused("It is not said which rung.", "Give its name, such as 1440p.")
    with cloud.database.reading() as connection:
        known = recorded_at(connection, action.place).values()
        ids = asked or sorted({each.video_id for each in known if (each.kind, each.name) == (Kind.RENDITION, rung)})
        at_work = {**busy(connection), **dict.fromkeys(held_videos(connection), HELD)}
        copies = {id: _copy_at(connection, id, action.place) for id in ids}
    provider = cloud.place(action)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rungs") as pool:
        looks = list(pool.map(lambda id: at_work.get(id) or _drop(provider, id, copies[id], rung), ids))
    left_out = Counter(each for each in looks if isinstance(each, str))
    return [each for each in looks if isinstance(each, Drop)], left_out


def busy(connection: Connection) -> Mapping[str, str]:
    """Videos that nobody else should change now, and why."""
    return dict.fromkeys(videos_at_work(connection), MOVED) | dict.fromkeys(packagings.under_way(connection), PACKAGED)


def _copy_at(connection: Connection, video_id: str, place: str) -> Copy | None:
    return next((each for each in copies_of(connection, video_id) if each.provider == place), None)


def _drop(provider: StorageProvider, video_id: str, copy: Copy | None, name: str) -> Drop | str:
    """How a video loses it, or why it does not."""
    rung, master = (copy.object(name), copy.object(MASTER)) if copy else (None, None)
    if copy is None or rung is None or rung.kind is not Kind.RENDITION or rung.width is None:
        return NO_RUNG
    if not [each for each in copy.objects if each.kind is Kind.RENDITION and each.width and each.name != name]:
        return LAST_RUNG
    original = copy.object(Kind.ORIGINAL)
    if original is None or not _heads(provider, [original.key]):
        return NO_ORIGINAL
    text = _text(provider, master.key) if master else None
    if master is None or text is None:
        return NOT_READ
    if without(text, name) is None:
        return NOT_NAMED
    playlist = copy.object(f"{name}.m3u8")
    keys = [each.key for each in (rung, playlist, master) if each]
    return Drop(video_id, copy, master, rung, _without_key(master.key, name), _heads(provider, keys))


def _heads(provider: StorageProvider, keys: Iterable[str]) -> dict[str, StoredObject]:
    """Those that are there."""
    found = dict[str, StoredObject]()
    for key in keys:
        try:
            found[key] = provider.head(key)
        except ObjectNotFound:
            continue
    return found


def _text(provider: StorageProvider, key: str) -> str | None:
    """A playlist; None where it is none, or not there."""
    try:
        return b"".join(provider.read(key, 0, _LARGEST_BYTES)).decode()
    except (ObjectNotFound, UnicodeDecodeError):
        return None


def _without_key(master: str, rung: str) -> str:
    """Of its own, beside the old one: who has that goes on, and caches never mix them up."""
    return f"{master.removesuffix('.m3u8')}-no-{rung}.m3u8"
