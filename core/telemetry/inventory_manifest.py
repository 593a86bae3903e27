"""Inventory manifest: which files an S3 Inventory consists of, and how they are to be read."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from core.errors import DeliveryRefused
from core.sources.source import Entry

_FIELD = re.compile(r"(?:required|optional)\s+\w+(?:\(\d+\))?\s+(\w+)")
_AGAIN = "Copy it again, or wait for the next inventory."
#: What an inventory cannot be without, beside what lies there.
_NEEDED = ("bucket", "key")


@dataclass(frozen=True)
class InventoryFile:
    """One file of an inventory."""

    key: str  #: in the bucket that inventories go to
    size: int  #: bytes
    md5: str  #: in hexadecimal


@dataclass(frozen=True)
class InventoryManifest:
    """What an inventory's manifest says."""

    path: str  #: where it lies in the source
    bucket: str  #: of which it is the inventory
    created_at: datetime  #: when S3 began to make it
    format: str  #: CSV | Parquet
    fields: tuple[str, ...]  #: the columns of its files, in their order
    files: tuple[InventoryFile, ...]

    @property
    def day(self) -> date:
        return self.created_at.date()

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields in small letters without signs, as CSV and Parquet spell them differently."""
        return tuple(re.sub(r"[^a-z0-9]", "", field.lower()) for field in self.fields)

    @property
    def configuration(self) -> str:
        """The folder of all deliveries of the inventory that this is one of."""
        return _parent(_parent(self.path))

    def entries(self, listed: Iterable[Entry]) -> dict[str, Entry]:
        """Where each of its files lies, by its key. Raises DeliveryRefused where one is missing or short."""
        there = _by_name(listed)
        found = {file.key: self._entry(file, there.get(_name(file.key), [])) for file in self.files}
        for file in self.files:
            if (size := found[file.key].size) != file.size:
                raise DeliveryRefused(f"{file.key} has {size} of {file.size} bytes.", _AGAIN)
        return found

    def _entry(self, file: InventoryFile, candidates: Sequence[Entry]) -> Entry:
        """The file at the end of its key's path; of several, the one that lies nearest to the manifest."""
        fitting = [entry for entry in candidates if _same_end(file.key, entry.path) or self._is_home(entry.path)]
        if not fitting:
            raise DeliveryRefused(
                f"{file.key} is in the manifest {self.path} and not there.",
                "Copy it too, or wait until the inventory is complete.",
            )
        return max(fitting, key=lambda entry: (_in_common(entry.path, self.path), entry.path))

    def _is_home(self, path: str) -> bool:
        return _parent(path) in (f"{self.configuration}/data".lstrip("/"), _parent(self.path))


def is_inventory_manifest(head: bytes) -> bool:
    """Whether a file is one, by how it begins."""
    return head.lstrip().startswith(b"{") and b'"sourceBucket"' in head and b'"fileSchema"' in head


def read_inventory_manifest(path: str, content: bytes, checksum: bytes | None) -> InventoryManifest:
    """Raises DeliveryRefused where it is cut or altered, or of a kind that is not read."""
    if checksum is not None and checksum.strip().lower() != _md5(content).encode():
        raise DeliveryRefused(f"{path} does not agree with its manifest.checksum.", _AGAIN)
    try:
        return _manifest(path, json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise DeliveryRefused(f"{path} is no complete manifest ({type(error).__name__}).", _AGAIN) from error


def _manifest(path: str, told: dict[str, Any]) -> InventoryManifest:
    form = str(told["fileFormat"])
    if form not in ("CSV", "Parquet"):
        raise DeliveryRefused(f"{path} is of an inventory in {form}.", "Have it delivered as CSV or Parquet.")
    files = tuple(InventoryFile(str(f["key"]), int(f["size"]), str(f["MD5checksum"]).lower()) for f in told["files"])
    created_at = datetime.fromtimestamp(int(told["creationTimestamp"]) / 1000, UTC)
    schema = str(told["fileSchema"])
    fields = tuple(name.strip() for name in (schema.split(",") if form == "CSV" else _FIELD.findall(schema)))
    manifest = InventoryManifest(path, str(told["sourceBucket"]), created_at, form, fields, files)
    if missing := [name for name in _NEEDED if name not in manifest.columns]:
        raise DeliveryRefused(f"{path} has no column {missing[0]}.", "Set the inventory up anew.")
    return manifest


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _by_name(listed: Iterable[Entry]) -> dict[str, list[Entry]]:
    there: dict[str, list[Entry]] = {}
    for entry in listed:
        there.setdefault(_name(entry.path), []).append(entry)
    return there


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _same_end(key: str, path: str) -> bool:
    """Whether one is the end of the other's path, folder by folder; a name alone says too little."""
    return "/" in path and (f"/{key}".endswith(f"/{path}") or f"/{path}".endswith(f"/{key}"))


def _in_common(one: str, other: str) -> int:
    """How many folders two paths begin with together."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), 0)
