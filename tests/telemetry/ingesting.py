"""Ingesting: an installation of its own that measurements are ingested into, from a folder that a test fills."""

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.database import Database
from core.ingestion import Ingested, ingest
from core.settings import Settings, load_settings
from core.warehouse import Warehouse
from tests.support.databases import fresh_database

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
#: The moment at which S3 began the inventory of 2026-11-28.
CREATED = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)
_CSV = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, StorageClass, IntelligentTieringAccessTier"
_PARQUET = (
    "message s3.inventory { required binary bucket (STRING); required binary key (STRING); "
    "optional binary version_id (STRING); optional boolean is_latest; optional boolean is_delete_marker; "
    "optional int64 size; optional binary storage_class (STRING); "
    "optional binary intelligent_tiering_access_tier (STRING); }"
)


@dataclass
class Installation:
    """A database, a warehouse, and a source."""

    home: Path
    source: Path
    settings: Settings = field(default_factory=lambda: load_settings(Path("/nonexistent")))
    given: Database | None = None  #: else a file in the home

    def __post_init__(self) -> None:
        self.database: Database = self.given or fresh_database(self.home / "phyght.db")
        self.warehouse = Warehouse(self.home / "warehouse", self.database)
        self.source.mkdir(parents=True, exist_ok=True)

    def ingest(
        self, source: Path | str = "", clock: Callable[[], datetime] = lambda: NOW, again: bool = False
    ) -> Ingested:
        place = self.database, self.warehouse.folder, self.settings
        return ingest(str(source or self.source), *place, clock, again=again)

    def outcomes(self) -> list[str]:
        """What became of each day."""
        return [f"{each.dataset} {each.day} {each.outcome}" for each in self.ingest().measured.days]

    def refusal(self) -> str:
        """Why the only refused file was refused."""
        (file,) = [each for each in self.ingest().measured.unwell if each.refused]
        return file.reason

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.warehouse.query(sql)


@dataclass(frozen=True)
class Delivery:
    """An S3 Inventory as S3 delivers it."""

    root: Path  #: the folder of the destination bucket that is copied
    bucket: str = "media"
    created: datetime = CREATED
    configuration: str = "daily"

    @property
    def folder(self) -> Path:
        return self.root / self.bucket / self.configuration

    @property
    def manifest(self) -> Path:
        return self.folder / f"{self.created:%Y-%m-%dT%H-%MZ}" / "manifest.json"

    def csv(self, *parts: str, schema: str = _CSV, name: str = "part") -> "Delivery":
        """With a compressed file for each text."""
        contents = {f"{name}-{n}.csv.gz": gzip.compress(part.encode(), mtime=0) for n, part in enumerate(parts)}
        return self._deliver(contents, "CSV", schema)

    def parquet(self, rows: Sequence[Mapping[str, Any]], schema: str = _PARQUET, name: str = "part") -> "Delivery":
        names = ("bucket", "key", "version_id", "is_latest", "is_delete_marker", "size", "storage_class",
                 "intelligent_tiering_access_tier")  # fmt: skip
        types = {"is_latest": pa.bool_(), "is_delete_marker": pa.bool_(), "size": pa.int64()}
        table = pa.table({n: pa.array([row.get(n) for row in rows], types.get(n, pa.string())) for n in names})
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        return self._deliver({f"{name}-0.parquet": sink.getvalue().to_pybytes()}, "Parquet", schema)

    def _deliver(self, contents: Mapping[str, bytes], form: str, schema: str) -> "Delivery":
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        files = []
        for name, content in contents.items():
            (self.folder / "data" / name).write_bytes(content)
            key = f"inventories/{self.bucket}/{self.configuration}/data/{name}"
            md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
            files.append({"key": key, "size": len(content), "MD5checksum": md5})
        self.manifest.parent.mkdir(parents=True, exist_ok=True)
        told = {
            "sourceBucket": self.bucket, "destinationBucket": "arn:aws:s3:::phyght-logs", "version": "2016-11-30",
            "creationTimestamp": str(int(self.created.timestamp() * 1000)), "fileFormat": form, "fileSchema": schema,
            "files": files,
        }  # fmt: skip
        text = json.dumps(told, indent=2).encode()
        self.manifest.write_bytes(text)
        checksum = hashlib.md5(text, usedforsecurity=False).hexdigest()
        self.manifest.with_suffix(".checksum").write_text(checksum)
        return self
