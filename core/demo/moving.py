"""Moving: the demo's videos that lie in the place of Supabase, and can be moved to the place of S3."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.catalog.catalog import Catalog, add_video, record_copy, remember_link, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.database import Database
from core.demo.clips import FILES, HEIGHT, RUNGS, SECONDS, WIDTH, Clip
from core.demo.folders import SOURCE
from core.demo.identity import stable_uuid
from core.demo.library import OLD_BUCKET, SUPABASE, demo_slug
from core.demo.playable import CLIPS, KINDS, TYPES, clip_key
from core.errors import ObjectNotFound, VideoNotFound
from core.storage.provider import Attributes, StorageProvider, StoredObject
from core.storage.providers import Providers

#: Who has brought them in: not the demo itself, which brings its own in anew each day, and would undo what was moved.
STUDIO = "studio"
_SHOWS = ("corner camera", "highlights", "walkouts", "round by round", "slow motion", "interview")
#: Bytes that each original is filled up by, so that a move takes its time, and no two are alike.
_LEAST_FILLING, _MOST_FILLING = 400_000, 1_200_000
#: The number of the one that must stay in the EU, which neither place promises.
_EUROPEAN = 9
#: Those that a first migration was tried with lie in a folder of their own.
PILOT_FOLDER, _PILOT_SHOW = "pilot", "weigh-in"


@dataclass(frozen=True)
class _Fight:
    """One of the videos."""

    number: int
    clip: Clip
    show: str

    @property
    def id(self) -> str:
        return stable_uuid("moving", self.title)

    @property
    def title(self) -> str:
        return f"{self.clip.title}: {self.show}"

    @property
    def files(self) -> dict[str, str]:
        """Of every other one all qualities, of the others the original and its picture."""
        return FILES if self.number % 2 else {name: FILES[name] for name in ("original", "poster")}

    def key(self, name: str) -> str:
        """As people name files that they put into a bucket by hand."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.title.lower())
        folder = PILOT_FOLDER if self.show == _PILOT_SHOW else "2025"
        return f"{folder}/{plain}.mp4" if name == "original" else f"{folder}/{plain}/{FILES[name]}"


_FIGHTS = tuple(
    _Fight(number, CLIPS[number % len(CLIPS)], show)
    for number, show in enumerate(show for show in (*_SHOWS, _PILOT_SHOW) for _ in CLIPS)
)


def write_moving(database: Database, providers: Providers, now: datetime) -> None:
    """Put those into the source and the catalog that are not there; where one has been moved to, it stays."""
    local, source = providers.all[0], providers.named(SOURCE)
    for fight in _FIGHTS:
        if not _is_known(database, fight):
            _bring_in(database, fight, dict(_stored(fight, local, source)), now)


def can_be_moved(database: Database) -> bool:
    """Whether all of them are in the catalog."""
    return all(_is_known(database, fight) for fight in _FIGHTS)


def _is_known(database: Database, fight: _Fight) -> bool:
    try:
        return Catalog(database).video(fight.id).served_from is not None
    except VideoNotFound:
        return False


def _stored(fight: _Fight, local: StorageProvider, source: StorageProvider) -> Iterator[tuple[str, StoredObject]]:
    for name, file in fight.files.items():
        key, attributes = fight.key(name), Attributes(TYPES[Path(file).suffix])
        try:
            yield name, source.head(key)
        except ObjectNotFound:
            content = b"".join(local.read(clip_key(fight.clip, file)))
            filling = _filling(fight) if name == "original" else b""
            yield name, source.write(key, [content, filling], attributes)


def _filling(fight: _Fight) -> bytes:
    """A box that players pass over."""
    chance = random.Random(fight.number)
    size = chance.randint(_LEAST_FILLING, _MOST_FILLING)
    return size.to_bytes(4, "big") + b"free" + chance.randbytes(size - 8)


def _bring_in(database: Database, fight: _Fight, stored: dict[str, StoredObject], now: datetime) -> None:
    video = _video(fight, stored["original"].size_bytes, now - timedelta(days=240 + 3 * fight.number))
    at = video.created_at
    with database.transaction() as connection:
        add_video(connection, video)
        record_copy(connection, video.id, SOURCE, tuple(_objects(fight, stored)), at, "It was there before.")
        serve_from(connection, video.id, SOURCE, at)
        remember_link(connection, video.id, SUPABASE, OLD_BUCKET, fight.key("original"))


def _video(fight: _Fight, size_bytes: int, created_at: datetime) -> Video:
    return Video(
        id=fight.id,
        slug=demo_slug(fight.title, "moving", fight.number),
        title=fight.title,
        residency="EU" if fight.number == _EUROPEAN else "",
        visibility=Visibility.PUBLIC,
        size_bytes=size_bytes,
        crc64nvme=None,
        sha256=None,
        created_by=STUDIO,
        created_at=created_at,
        served_from=None,
        duration_s=float(SECONDS),
        width=WIDTH,
        height=HEIGHT,
    )


def _objects(fight: _Fight, stored: dict[str, StoredObject]) -> Iterator[CopyObject]:
    rungs = {f"{height}p": (WIDTH * height // HEIGHT, height, bits + 80_000) for height, bits in RUNGS}
    for name, each in stored.items():
        suffix = Path(each.key).suffix
        kind = Kind.ORIGINAL if name == "original" else Kind.RENDITION if name in rungs else KINDS[suffix]
        shape = rungs.get(name, (None, None, None))
        yield CopyObject(
            kind, name, each.key, TYPES[suffix], each.size_bytes, each.storage_class, each.etag, each.crc64nvme, *shape
        )
