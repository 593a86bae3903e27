"""Videos: made-up ones, and copies of them, as the tests of catalog, delivery and pages need them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from core.catalog.catalog import add_video, record_copy, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.database import Database
from core.storage.provider import StorageClass

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MASTER, PLAYLIST_TYPE = "master.m3u8", "application/vnd.apple.mpegurl"


def video(id: str = "v1", **changes: object) -> Video:
    """A video of 1,000 bytes."""
    plain = Video(
        id=id,
        slug=f"slug-{id}",
        title="Rivera vs Stone",
        residency="",
        visibility=Visibility.PUBLIC,
        size_bytes=1_000,
        crc64nvme=None,
        sha256=None,
        created_by="olga",
        created_at=NOW,
        served_from=None,
    )
    return replace(plain, **changes)


def original(id: str = "v1", **changes: object) -> CopyObject:
    """The file as it was uploaded, 1,000 bytes in GLACIER_IR."""
    plain = CopyObject(
        kind=Kind.ORIGINAL,
        name="original",
        key=f"videos/{id}/original.mp4",
        content_type="video/mp4",
        size_bytes=1_000,
        storage_class=StorageClass.GLACIER_IR,
        etag="e1",
        crc64nvme=None,
    )
    return replace(plain, **changes)


def packaged(id: str = "v1") -> tuple[CopyObject, ...]:
    """What packaging adds: two rungs with their playlists, the master, the poster and the storyboard."""
    rung = original(id, kind=Kind.RENDITION, storage_class=StorageClass.INTELLIGENT_TIERING)
    text = original(id, kind=Kind.PLAYLIST, content_type=PLAYLIST_TYPE, size_bytes=10)
    text = replace(text, storage_class=StorageClass.STANDARD)
    picture = replace(text, kind=Kind.THUMBNAIL, content_type="image/jpeg", size_bytes=20)
    folder = f"videos/{id}/hls"
    return (
        replace(rung, name="720p", key=f"{folder}/720p.mp4", size_bytes=700, width=1280, height=720, bandwidth=2_000),
        replace(rung, name="360p", key=f"{folder}/360p.mp4", size_bytes=300, width=640, height=360, bandwidth=500),
        replace(text, name=MASTER, key=f"{folder}/{MASTER}"),
        replace(text, name="720p.m3u8", key=f"{folder}/720p.m3u8"),
        replace(text, name="360p.m3u8", key=f"{folder}/360p.m3u8"),
        replace(picture, name="poster", key=f"videos/{id}/poster.jpg"),
        replace(picture, name="storyboard", key=f"videos/{id}/storyboard.jpg"),
        replace(picture, name="storyboard.vtt", key=f"videos/{id}/storyboard.vtt", content_type="text/vtt"),
    )


def put(
    database: Database, video: Video, copies: Iterable[tuple[str, Iterable[CopyObject]]] = (), served: str | None = None
) -> Video:
    """Put a video into the catalog, with what lies at each provider; the first of them is served, unless told."""
    with database.transaction() as connection:
        add_video(connection, video)
        for provider, objects in copies:
            record_copy(connection, video.id, provider, objects, NOW, "S3 is well.")
            served = served or provider
        if served:
            serve_from(connection, video.id, served, NOW)
    return replace(video, served_from=served)
