"""Inventory dataset: S3 Inventory, of which the manifest is the file that is read."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from core.errors import DeliveryRefused
from core.measurements import part_of
from core.settings import Settings
from core.sources.source import Entry
from core.sql import literal
from core.telemetry.datasets import Found, Place
from core.telemetry.gathering import Gone, Look, Prepared, Reading, gather
from core.telemetry.inventory import AWS, BAD, NO_OBJECTS, Listed, copy_rows, objects_of, sum_up
from core.telemetry.inventory_manifest import InventoryManifest, is_inventory_manifest, read_inventory_manifest
from core.telemetry.reports import MeasuredReport

NAME = "inventory"
#: Changes when the same files come to other facts.
_VERSION = "3"
#: What a day's inventories tell, without how far copying is; and that by itself, of buckets of which they tell it.
_FACTS = """
    SELECT * EXCLUDE (copy_status, objects, bytes, billable_bytes), sum(objects)::BIGINT AS objects,
        sum(bytes)::BIGINT AS bytes, sum(billable_bytes)::BIGINT AS billable_bytes
    FROM {prepared} GROUP BY ALL ORDER BY ALL"""
_COPIES = """
    WITH told AS (
        SELECT provider, day, bucket, copy_status AS status, sum(objects)::BIGINT AS objects,
            sum(bytes)::BIGINT AS bytes
        FROM {prepared} WHERE kind = 'object' GROUP BY ALL
    )
    SELECT * FROM told QUALIFY bool_or(status <> '') OVER (PARTITION BY provider, bucket) ORDER BY ALL"""
#: What its files are called on this machine, before their number.
_PART = "part-"


@dataclass(frozen=True)
class Inventories:
    """Each delivery of an inventory is whole: of a day and bucket the newest one counts."""

    name: str = NAME
    gone: Gone = Gone.REPLACED

    def version(self, settings: Settings) -> str:
        return f"{_VERSION} {settings.phyght_video_pattern}"

    def recognises(self, path: str, start: bytes) -> bool:
        return path.endswith("manifest.json") and is_inventory_manifest(start)

    def ingest(self, found: Found, place: Place) -> MeasuredReport:
        return gather(self, found, place)

    def prepare(self, entry: Entry, reading: Reading, target: Path) -> Look:
        manifest = _manifest(entry, reading)
        files = _fetched(manifest, reading)
        rows = reading.folder / "rows.parquet"
        listed = _listed(manifest, files, rows, reading)
        good = f"FROM read_parquet({literal(rows)}) WHERE NOT ({_bad(manifest.bucket)})"
        told = reading.titles.told(f"(SELECT {literal(AWS)} AS provider, * EXCLUDE (file) {good})")
        sum_up(told, manifest.day, reading.place.workspace.connection, target, ["copy_status"])
        label = f"{manifest.created_at:%Y-%m-%dT%H:%M:%S.%f} {manifest.bucket}"
        return Look({manifest.day: listed.rows - listed.bad}, listed.rows, listed.bad, listed.reason, label)

    def write(self, day: date, files: Sequence[Prepared], target: Path, reading: Reading) -> Mapping[str, int]:
        chosen = _newest(files)
        paths = ", ".join(literal(each.file) for each in chosen.values())
        for name, facts in (("inventory", _FACTS), ("inventory_copies", _COPIES)):
            reading.place.workspace.connection.execute(
                f"COPY ({facts.format(prepared=f'read_parquet([{paths}])')}) "
                f"TO {literal(target / f'{name}.parquet')} (FORMAT parquet)"
            )
        return {part_of(AWS, bucket): each.look.days[day] for bucket, each in chosen.items()}


def inventory_files(manifests: Iterable[str], listed: Iterable[str]) -> frozenset[str]:
    """Of inventories their data, checksums and Hive's links, which lie beside their manifests and their folders."""
    places = {place for manifest in manifests for place in _places(manifest)}
    return frozenset(path for path in listed if path.startswith(tuple(places)))


def _places(manifest: str) -> Iterator[str]:
    """How the paths of an inventory's files begin."""
    yield manifest.removesuffix("json")
    if _inventory(manifest):
        yield f"{manifest.rpartition('/')[0]}/"
        yield f"{_inventory(manifest)}/data/"
        yield f"{_inventory(manifest)}/hive/"


def _inventory(manifest: str) -> str:
    """The folder of all deliveries of an inventory, from the manifest of one."""
    return manifest.rpartition("/")[0].rpartition("/")[0]


def _manifest(entry: Entry, reading: Reading) -> InventoryManifest:
    checksum = reading.found.entries.get(f"{entry.path.removesuffix('.json')}.checksum")
    stated = reading.found.source.read(checksum) if checksum else None
    return read_inventory_manifest(entry.path, reading.found.source.read(entry), stated)


def _fetched(manifest: InventoryManifest, reading: Reading) -> list[Path]:
    """Its files on this machine, each compared with its size and MD5."""
    entries = manifest.entries(reading.found.entries.values())
    paths: list[Path] = []
    for number, file in enumerate(manifest.files):
        target = reading.folder / f"{_PART}{number}"
        reading.found.source.fetch(entries[file.key], target)
        if _md5(target) != file.md5:
            raise DeliveryRefused(
                f"{file.key} does not agree with its MD5 in {manifest.path}.",
                "Copy it again, or wait for the next inventory.",
            )
        paths.append(target)
    return paths


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _listed(manifest: InventoryManifest, files: list[Path], rows: Path, reading: Reading) -> Listed:
    """Raises DeliveryRefused where no row can be read: that is no empty bucket."""
    objects = objects_of(manifest, files) if files else NO_OBJECTS
    listed = copy_rows(objects, manifest.bucket, rows, reading.place.workspace.connection)
    if not listed.bad:
        return listed
    number = int(listed.file.removeprefix(_PART))
    reason = f"{manifest.files[number].key.rpartition('/')[2]}: {listed.reason}"
    if listed.bad == listed.rows:
        raise DeliveryRefused(f"No row of {manifest.path} can be read; {reason}.", "Wait for the next inventory.")
    return replace(listed, reason=reason)


def _bad(bucket: str) -> str:
    return BAD.replace("$bucket", literal(bucket))


def _newest(prepared: Sequence[Prepared]) -> dict[str, Prepared]:
    """Of each bucket the delivery that counts: of one inventory the newest, of several inventories the longest."""
    deliveries: dict[tuple[str, str], Prepared] = {}
    for each in sorted(prepared, key=lambda each: (each.look.label, each.path)):
        deliveries[_bucket(each), _inventory(each.path)] = each
    chosen = sorted(deliveries.values(), key=lambda each: (each.look.lines, each.look.label, each.path))
    return {_bucket(each): each for each in chosen}


def _bucket(prepared: Prepared) -> str:
    return prepared.look.label.split(" ")[1]
