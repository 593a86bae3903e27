"""Recorded: the objects that the catalogue knows at a provider, by their keys."""

from dataclasses import dataclass
from typing import Any

from core.catalog.video import Kind
from core.database import Connection, named_queries
from core.storage.provider import StorageClass

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class RecordedObject:
    """An object of a video, as the catalogue has it."""

    video_id: str
    kind: Kind
    name: str  #: within the video
    key: str
    size_bytes: int
    storage_class: StorageClass
    etag: str
    crc64nvme: int | None  #: None where the provider keeps none


def recorded_at(connection: Connection, provider: str) -> dict[str, RecordedObject]:
    """All at a provider."""
    return {
        row["key"]: RecordedObject(
            row["video_id"],
            Kind(row["kind"]),
            row["name"],
            row["key"],
            row["size_bytes"],
            StorageClass(row["storage_class"]),
            row["etag"],
            None if row["crc64nvme"] is None else int(row["crc64nvme"]),
        )
        for row in _queries.recorded_objects(connection, provider=provider)
    }
