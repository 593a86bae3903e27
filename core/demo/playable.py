"""Playable: the demo's few videos that are really there, made once and kept in its own folder."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from core.catalog.catalog import Catalog, add_video, record_copy, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.database import Database
from core.demo.clips import FILES, HEIGHT, RUNGS, SECONDS, WIDTH, Clip, make
from core.demo.identity import stable_uuid
from core.demo.library import DEMO, PICTURE_TYPE, PLAYLIST_TYPE, VIDEO_TYPE, demo_slug
from core.errors import ObjectNotFound, VideoNotFound
from core.storage.provider import Attributes, StorageProvider, StoredObject

CLIPS = (
    Clip("Demo Night 1", "Rivera", "Stone"),
    Clip("Demo Night 1", "Okafor", "Lindqvist"),
    Clip("Demo Night 2", "Tanaka", "Silva"),
    Clip("Sparring", "Moreau", "Haddad"),
)
TYPES = {".mp4": VIDEO_TYPE, ".m3u8": PLAYLIST_TYPE, ".jpg": PICTURE_TYPE, ".vtt": "text/vtt"}
KINDS = {".m3u8": Kind.PLAYLIST, ".jpg": Kind.THUMBNAIL, ".vtt": Kind.THUMBNAIL}


def write_playable(database: Database, provider: StorageProvider, now: datetime) -> None:
    """Make and store what is not there yet, and put it into the catalog as the newest. Raises PackagingFailed."""
    stored = {clip: _stored(clip, provider) for clip in CLIPS}
    with database.transaction() as connection:
        for number, clip in enumerate(CLIPS):
            video = _video(clip, stored[clip]["original"].size_bytes, now - timedelta(minutes=20 * (1 + number)))
            add_video(connection, video)
            objects = tuple(_objects(stored[clip]))
            record_copy(connection, video.id, provider.name, objects, video.created_at, "It is there for the demo.")
            serve_from(connection, video.id, provider.name, video.created_at)


def is_playable(database: Database, provider: StorageProvider) -> bool:
    """Whether the demo's library is there, with every file of what plays in it."""
    try:
        for clip in CLIPS:
            Catalog(database).video(_id(clip))
            for file in FILES.values():
                provider.head(clip_key(clip, file))
    except (VideoNotFound, ObjectNotFound):
        return False
    return True


def _stored(clip: Clip, provider: StorageProvider) -> dict[str, StoredObject]:
    """What lies in the folder of each of a clip's files."""
    keys = {name: clip_key(clip, file) for name, file in FILES.items()}
    try:
        return {name: provider.head(key) for name, key in keys.items()}
    except ObjectNotFound:
        with tempfile.TemporaryDirectory() as made:
            make(clip, Path(made))
            return {name: _write(provider, keys[name], Path(made) / file) for name, file in FILES.items()}


def _write(provider: StorageProvider, key: str, file: Path) -> StoredObject:
    return provider.write(key, [file.read_bytes()], Attributes(TYPES[file.suffix]))


def clip_key(clip: Clip, file: str) -> str:
    """Where a file of a clip lies in the demo's own folder."""
    folder = "clip/" if file.endswith(".m3u8") or file in {f"{height}p.mp4" for height, _ in RUNGS} else ""
    return f"videos/{_id(clip)}/{folder}{file}"


def _id(clip: Clip) -> str:
    return stable_uuid("clip", clip.title)


def _video(clip: Clip, size_bytes: int, created_at: datetime) -> Video:
    return Video(
        id=_id(clip),
        slug=demo_slug(clip.title, "clip", clip.title),
        title=clip.title,
        residency="",
        visibility=Visibility.PRIVATE if clip is CLIPS[-1] else Visibility.PUBLIC,
        size_bytes=size_bytes,
        crc64nvme=None,
        sha256=None,
        created_by=DEMO,
        created_at=created_at,
        served_from=None,
        duration_s=float(SECONDS),
        width=WIDTH,
        height=HEIGHT,
    )


def _objects(stored: dict[str, StoredObject]) -> Iterator[CopyObject]:
    rungs = {f"{height}p": (WIDTH * height // HEIGHT, height, bits + 80_000) for height, bits in RUNGS}
    for name, each in stored.items():
        suffix = Path(each.key).suffix
        kind = Kind.ORIGINAL if name == "original" else Kind.RENDITION if name in rungs else KINDS[suffix]
        shape = rungs.get(name, (None, None, None))
        yield CopyObject(
            kind, name, each.key, TYPES[suffix], each.size_bytes, each.storage_class, each.etag, each.crc64nvme, *shape
        )
