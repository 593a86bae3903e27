"""Told folder: the demo's S3, of whose objects all is known but their bytes.

Its objects are those that the demo's catalogue has there. What somebody changes of one lies in a folder of its own, as
in any other folder of this machine, and takes the place of what the catalogue says.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from heapq import merge
from pathlib import Path
from typing import Any

from core.database import Database, Row, named_queries
from core.demo.lines import EU, US
from core.demo.told_versions import ToldVersions
from core.errors import ObjectNotFound
from core.media.folder import MASTER
from core.storage import disk
from core.storage.local import LocalProvider
from core.storage.local_objects import LocalObjects, Record
from core.storage.local_uploads import LocalUploads
from core.storage.provider import StorageClass, StoredObject

#: Which of them has what the demo's bills and inventories say of each bucket.
BUCKETS = {
    f"phyght-{kind}{region}": f"s3{region}"
    for kind in ("originals", "renditions", "thumbnails")
    for region in ("", "-eu")
}
_queries: Any = named_queries(__file__, "told_folder.sql")


def told_folders(
    home: Path, database: Database, secret: bytes, clock: Callable[[], datetime]
) -> tuple[LocalProvider, ...]:
    """What the demo's videos are told to lie at."""
    return (
        ToldFolder(home / "told-s3", database, secret, clock, "s3", US, ""),
        ToldFolder(home / "told-s3-eu", database, secret, clock, "s3-eu", EU, "EU"),
        ToldVersions(home / "told-s3-uploads", secret, clock),
    )


class ToldFolder(LocalProvider):
    """Everything can be done with it but reading videos and pictures."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        secret: bytes,
        clock: Callable[[], datetime],
        name: str,
        region: str,
        residency: str,
    ) -> None:
        super().__init__(folder, secret, clock, name, residency, region)
        self.bucket, self._database = f"phyght-{name}", database
        self._objects = _ToldObjects(folder, database, name)
        self._uploads = LocalUploads(self._objects, clock)

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[bytes]:
        """What somebody has written here, and playlists of playlists, which say what the catalogue does."""
        if self._objects.get(key).segments:
            return super().read(key, start, end, etag)
        if key.endswith(MASTER):
            return iter([self._master(key).encode()[start:end]])
        raise ObjectNotFound(f"The demo has no bytes of {key!r}.", "Play one of its videos that were uploaded here.")

    def _master(self, key: str) -> str:
        folder = key.removesuffix(MASTER)
        within = {"first": folder, "past": f"{folder.removesuffix('/')}0"}  # 0 comes behind /
        with self._database.reading() as connection:
            rungs = list(_queries.rungs_within(connection, provider=self.name, **within))
        lines = ["#EXTM3U", "#EXT-X-VERSION:7"]
        for rung in rungs:
            size = f"{rung['width']}x{rung['height']}"
            lines += [f"#EXT-X-STREAM-INF:BANDWIDTH={rung['bandwidth']},RESOLUTION={size}", f"{rung['name']}.m3u8"]
        return "\n".join([*lines, ""])


class _ToldObjects(LocalObjects):
    """Own records first, then the catalogue's, but for those that somebody removed."""

    def __init__(self, folder: Path, database: Database, provider: str) -> None:
        super().__init__(folder)
        self._database, self._provider, self._gone = database, provider, folder / "gone"

    def prepare(self) -> None:
        disk.make_folder(self._gone)
        super().prepare()

    def find(self, key: str) -> Record | None:
        return super().find(key) or self._told(key)

    def list(self, prefix: str) -> Iterator[Record]:
        own = {record.object.key: record for record in super().list(prefix)}
        gone = {path.name for path in self._gone.iterdir()}
        with self._database.reading() as connection:
            rows = list(_queries.told(connection, provider=self._provider, prefix=prefix))
        told = (_of(row) for row in rows if row["key"] not in own and _name(row["key"]) not in gone)
        return merge(own.values(), told, key=lambda record: record.object.key.encode(errors="surrogatepass"))

    def put(self, record: Record, if_absent: bool = False) -> None:
        self._keep_playlist_beside(record.object.key)
        disk.make_folder(self.data_folder(record.data))
        super().put(record, if_absent)
        (self._gone / _name(record.object.key)).unlink(missing_ok=True)

    def remove(self, key: str) -> None:
        if self._told(key):
            (self._gone / _name(key)).touch()
        if super().find(key):
            super().remove(key)

    def _keep_playlist_beside(self, key: str) -> None:
        """It still lies there when the catalogue leads to the one that is written."""
        beside = f"{key.rpartition('/')[0]}/{MASTER}"
        if key != beside and not super().find(beside) and (told := self._told(beside)):
            disk.make_folder(self.data_folder(told.data))
            super().put(told)

    def _told(self, key: str) -> Record | None:
        if (self._gone / _name(key)).exists():
            return None
        with self._database.reading() as connection:
            row = _queries.told_object(connection, provider=self._provider, key=key)
        return _of(row) if row else None


def _name(key: str) -> str:
    return sha256(key.encode(errors="surrogatepass")).hexdigest()


def _of(row: Row) -> Record:
    stored = StoredObject(
        row["key"],
        row["size_bytes"],
        row["etag"],
        datetime.fromisoformat(row["recorded_at"]),
        row["content_type"],
        storage_class=StorageClass(row["storage_class"]),
    )
    return Record(stored, _name(row["key"])[:32], ())
