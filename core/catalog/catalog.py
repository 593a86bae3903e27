"""Catalog: find a video, and what is stored of it where; record what has become true."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.catalog.video import Copy, CopyObject, Kind, Link, Video, Visibility, folded
from core.database import Connection, Database, Row, named_queries
from core.errors import NothingServed, VideoNotFound
from core.storage.provider import StorageClass
from core.units import instant_text

_queries: Any = named_queries(__file__)


class Catalog:
    """Questions about the videos of this installation. Changes are the functions below: they join a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def video(self, id: str) -> Video:
        """Raises VideoNotFound."""
        return self._found(id, "video", id=id)

    def video_by_slug(self, slug: str) -> Video:
        """The video that links name so. Raises VideoNotFound."""
        return self._found(slug, "video_by_slug", slug=slug)

    def video_by_link(self, provider: str, bucket: str, key: str) -> Video:
        """The video that lay, or still lies, at that address. Raises VideoNotFound."""
        return self._found(f"{bucket}/{key}", "video_by_link", provider=provider, bucket=bucket, key=key)

    def video_by_object(self, provider: str, key: str) -> Video:
        """The video that an object belongs to. Raises VideoNotFound."""
        return self._found(key, "video_by_object", provider=provider, key=key)

    def videos_of_content(self, crc64nvme: int, size_bytes: int) -> tuple[Video, ...]:
        """The videos whose original has these bytes, oldest first."""
        with self._database.reading() as connection:
            rows = _queries.videos_of_content(connection, crc64nvme=str(crc64nvme), size_bytes=size_bytes)
            return tuple(map(video_of_row, rows))

    def copies(self, video_id: str) -> tuple[Copy, ...]:
        """What is stored of a video, oldest copy first; empty for a video that is unknown."""
        with self._database.reading() as connection:
            return copies_of(connection, video_id)

    def served_elsewhere(self, provider: str, residency: str = "") -> tuple[Video, ...]:
        """Videos of a residency that viewers get from another provider than this one, oldest copy first.

        They are what a migration to it would move; why each lies where it does is its copy's reason.
        """
        with self._database.reading() as connection:
            rows = _queries.served_elsewhere(connection, provider=provider, residency=residency)
            return tuple(map(video_of_row, rows))

    def links(self, video_id: str) -> tuple[Link, ...]:
        """Older addresses that lead to the video, the first remembered first."""
        with self._database.reading() as connection:
            rows = _queries.links(connection, video_id=video_id)
            return tuple(Link(row["provider"], row["bucket"], row["key"]) for row in rows)

    def served_copy(self, video: Video) -> Copy:
        """The copy that viewers get. Raises NothingServed."""
        for copy in self.copies(video.id):
            if copy.provider == video.served_from:
                return copy
        raise NothingServed(f"{video.title!r} has no copy that can be watched.", "Upload it again.")

    def _found(self, asked: str, query: str, **parameters: str) -> Video:
        with self._database.reading() as connection:
            row = getattr(_queries, query)(connection, **parameters)
        if row is None:
            raise VideoNotFound(f"There is no video {asked!r}.", "Check the link, or look for it in the library.")
        return video_of_row(row)


def add_video(connection: Connection, video: Video) -> None:
    """A new video; record a copy of it in the same transaction, or it cannot be watched."""
    _queries.add_video(
        connection,
        id=video.id,
        slug=video.slug,
        title=video.title,
        residency=video.residency,
        visibility=video.visibility,
        sha256=video.sha256,
        crc64nvme=_text(video.crc64nvme),
        size_bytes=video.size_bytes,
        duration_s=video.duration_s,
        width=video.width,
        height=video.height,
        created_by=video.created_by,
        created_at=instant_text(video.created_at),
        search_text=folded(f"{video.title} {video.slug}"),
    )


def forget_videos_by(connection: Connection, created_by: str) -> None:
    """Forget all videos that somebody has brought in, and their links; their objects stay where they lie."""
    _queries.forget_videos_by(connection, created_by=created_by)


def describe_video(connection: Connection, video_id: str, duration_s: float, width: int, height: int) -> None:
    """Record what probing has found; width and height are as shown, upright."""
    _queries.describe_video(connection, id=video_id, duration_s=duration_s, width=width, height=height)


def record_copy(
    connection: Connection,
    video_id: str,
    provider: str,
    objects: Iterable[CopyObject],
    now: datetime,
    reason: str = "",
) -> None:
    """Record what is stored of a video at a provider; objects of the same name are replaced, others stay."""
    _queries.record_copy(connection, video_id=video_id, provider=provider, reason=reason, recorded_at=instant_text(now))
    for each in objects:
        _queries.record_object(
            connection,
            video_id=video_id,
            provider=provider,
            kind=each.kind,
            name=each.name,
            key=each.key,
            content_type=each.content_type,
            size_bytes=each.size_bytes,
            storage_class=each.storage_class,
            etag=each.etag,
            crc64nvme=_text(each.crc64nvme),
            width=each.width,
            height=each.height,
            bandwidth=each.bandwidth,
            recorded_at=instant_text(now),
        )
    _queries.forget_stored(connection, video_id=video_id, provider=provider)
    _queries.add_up_stored(connection, video_id=video_id, provider=provider)


def copies_of(connection: Connection, video_id: str) -> tuple[Copy, ...]:
    """What is stored of a video, oldest copy first, as this transaction sees it."""
    objects = list(_queries.objects(connection, video_id=video_id))
    return tuple(_copy(row, objects) for row in _queries.copies(connection, video_id=video_id))


def forget_copy(connection: Connection, video_id: str, provider: str) -> None:
    """Nothing of it lies at that provider any more; the database refuses to forget the copy that viewers get."""
    _queries.forget_copy(connection, video_id=video_id, provider=provider)


def forget_objects(connection: Connection, video_id: str, provider: str, names: Iterable[str]) -> None:
    """Objects of a copy that are there no more; a copy of which nothing is left is forgotten with its last one."""
    for name in names:
        _queries.forget_object(connection, video_id=video_id, provider=provider, name=name)
    _queries.forget_stored(connection, video_id=video_id, provider=provider)
    _queries.add_up_stored(connection, video_id=video_id, provider=provider)
    _queries.forget_empty_copy(connection, video_id=video_id, provider=provider)


def describe_content(connection: Connection, video_id: str, crc64nvme: int | None, sha256: str | None) -> None:
    """Record what the bytes of the original are, where that is not known yet."""
    _queries.describe_content(connection, id=video_id, crc64nvme=_text(crc64nvme), sha256=sha256)


def serve_from(connection: Connection, video_id: str, provider: str, now: datetime) -> None:
    """Viewers get this copy from now on; the database refuses a copy that is not recorded."""
    _queries.serve_from(connection, video_id=video_id, provider=provider, since=instant_text(now))


def served_from(connection: Connection, video_id: str) -> str | None:
    """The provider whose copy viewers get, as this transaction sees it."""
    row = _queries.served_from(connection, id=video_id)
    return row["provider"] if row else None


def remember_link(connection: Connection, video_id: str, provider: str, bucket: str, key: str) -> None:
    """Whoever comes with this address means this video, wherever its bytes go."""
    _queries.remember_link(connection, provider=provider, bucket=bucket, key=key, video_id=video_id)


def video_of_row(row: Row) -> Video:
    """The video that a row of `videos` with its `served_from` tells of."""
    return Video(
        id=row["id"],
        slug=row["slug"],
        title=row["title"],
        residency=row["residency"],
        visibility=Visibility(row["visibility"]),
        size_bytes=row["size_bytes"],
        crc64nvme=_number(row["crc64nvme"]),
        sha256=row["sha256"],
        created_by=row["created_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
        served_from=row["served_from"],
        duration_s=row["duration_s"],
        width=row["width"],
        height=row["height"],
    )


def _copy(row: Row, objects: Iterable[Row]) -> Copy:
    own = tuple(_object(each) for each in objects if each["provider"] == row["provider"])
    return Copy(row["provider"], row["reason"], datetime.fromisoformat(row["recorded_at"]), own)


def _object(row: Row) -> CopyObject:
    return CopyObject(
        kind=Kind(row["kind"]),
        name=row["name"],
        key=row["key"],
        content_type=row["content_type"],
        size_bytes=row["size_bytes"],
        storage_class=StorageClass(row["storage_class"]),
        etag=row["etag"],
        crc64nvme=_number(row["crc64nvme"]),
        width=row["width"],
        height=row["height"],
        bandwidth=row["bandwidth"],
    )


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
