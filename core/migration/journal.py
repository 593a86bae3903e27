"""Journal: what has arrived of each object of a video, on record before it is relied on."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from core.database import Database, Row
from core.migration.state import Item
from core.migration.store import queries
from core.storage.provider import Part, StorageClass, StoredObject


@dataclass(frozen=True)
class CopyRecord:
    """An object that is being copied, or was."""

    name: str  #: within the video
    source_key: str
    source_etag: str  #: of the bytes that are copied; another one is another object
    size_bytes: int
    target_key: str
    copy_id: str  #: in the metadata of what this copy has written
    upload_id: str  #: empty where it goes in one request, or before the target has given one
    part_bytes: int
    done: bool
    adopted: bool  #: it was there already
    crc64nvme: int | None  #: None until it is done
    sha256: str | None  #: None where its bytes were not read in order
    etag: str  #: at the target; empty until it is done
    storage_class: StorageClass | None  #: at the target; None until it is done
    ends: Mapping[tuple[int, int], str] = field(default_factory=dict)  #: as far as this process has seen them

    @property
    def parts_total(self) -> int:
        return max(-(-self.size_bytes // self.part_bytes), 1)

    def part_size(self, number: int) -> int:
        return min(self.part_bytes, self.size_bytes - (number - 1) * self.part_bytes)


@dataclass(frozen=True)
class Whole:
    """An object as it lies at the target, with what was learnt of its bytes."""

    stored: StoredObject
    crc64nvme: int | None  #: of the bytes that were read; None where none had to be
    sha256: str | None
    adopted: bool = False
    ends: Mapping[tuple[int, int], str] = field(default_factory=dict)  #: see CopyRecord


class Journal:
    """The copies of one video."""

    def __init__(self, database: Database, item: Item) -> None:
        self._database = database
        self._of = dict(migration_id=item.migration_id, video_id=item.video_id)

    def records(self) -> dict[str, CopyRecord]:
        """By their names within the video."""
        with self._database.reading() as connection:
            rows = list(queries.copy_records(connection, **self._of))
        return {row["name"]: _record(row) for row in rows}

    def begin(self, name: str, source: StoredObject, target_key: str, part_bytes: int) -> CopyRecord:
        """A copy from its start; what was known of an earlier one is forgotten."""
        record = CopyRecord(
            name, source.key, source.etag, source.size_bytes, target_key, uuid.uuid4().hex, "", part_bytes,
            False, False, None, None, "", None,
        )  # fmt: skip
        with self._database.transaction() as connection:
            queries.begin_copy(
                connection,
                **self._of,
                name=name,
                source_key=record.source_key,
                source_etag=record.source_etag,
                size_bytes=record.size_bytes,
                target_key=record.target_key,
                copy_id=record.copy_id,
                part_bytes=record.part_bytes,
            )
            queries.forget_parts(connection, **self._of, name=name)
        return record

    def has_upload(self, name: str, upload_id: str) -> None:
        """The target has given it an id; parts of an earlier one are worth nothing."""
        with self._database.transaction() as connection:
            queries.set_upload(connection, **self._of, name=name, upload_id=upload_id)
            queries.forget_parts(connection, **self._of, name=name)

    def has_part(self, name: str, part: Part) -> None:
        with self._database.transaction() as connection:
            queries.add_part(
                connection,
                **self._of,
                name=name,
                number=part.number,
                size_bytes=part.size_bytes,
                etag=part.etag,
                crc64nvme=str(part.crc64nvme),
            )

    def parts(self, name: str) -> dict[int, Part]:
        """The parts that have arrived, by number."""
        with self._database.reading() as connection:
            rows = list(queries.parts_of(connection, **self._of, name=name))
        return {
            row["number"]: Part(row["number"], row["size_bytes"], row["etag"], int(row["crc64nvme"])) for row in rows
        }

    def is_there(self, record: CopyRecord, whole: Whole) -> CopyRecord:
        """It is whole at the target."""
        with self._database.transaction() as connection:
            queries.is_there(
                connection,
                **self._of,
                name=record.name,
                adopted=whole.adopted,
                crc64nvme=None if whole.crc64nvme is None else str(whole.crc64nvme),
                sha256=whole.sha256,
                etag=whole.stored.etag,
                storage_class=whole.stored.storage_class,
            )
            queries.forget_parts(connection, **self._of, name=record.name)
        return replace(
            record, done=True, adopted=whole.adopted, crc64nvme=whole.crc64nvme, sha256=whole.sha256,
            etag=whole.stored.etag, storage_class=whole.stored.storage_class, ends=whole.ends,
        )  # fmt: skip

    def forget_parts(self, name: str) -> None:
        """Of an upload that is given up."""
        with self._database.transaction() as connection:
            queries.forget_parts(connection, **self._of, name=name)

    def forget(self, names: Iterable[str]) -> None:
        """They are not copied any more."""
        names = list(names)
        if not names:
            return
        with self._database.transaction() as connection:
            for name in names:
                queries.forget_copy(connection, **self._of, name=name)


def _record(row: Row) -> CopyRecord:
    return CopyRecord(
        name=row["name"],
        source_key=row["source_key"],
        source_etag=row["source_etag"],
        size_bytes=row["size_bytes"],
        target_key=row["target_key"],
        copy_id=row["copy_id"],
        upload_id=row["upload_id"],
        part_bytes=row["part_bytes"],
        done=bool(row["done"]),
        adopted=bool(row["adopted"]),
        crc64nvme=None if row["crc64nvme"] is None else int(row["crc64nvme"]),
        sha256=row["sha256"],
        etag=row["etag"] or "",
        storage_class=StorageClass(row["storage_class"]) if row["storage_class"] else None,
    )
