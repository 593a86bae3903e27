"""Deliveries: which exports lie in a source, and which delivery of each billing period is the newest."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from core.billing.downloads import Download, Fingerprint, find_downloads
from core.billing.files import may_hold_charges
from core.billing.left_alone import left_alone
from core.billing.manifests import Manifest, is_manifest, parent, read_manifest, without_partitions
from core.errors import DeliveryRefused
from core.sources.mishaps import mishaps_refused
from core.sources.source import Entry, Source, skipped

_MOMENT = timedelta(microseconds=1)
_NAMED_COPIES = 3


@dataclass(frozen=True)
class Delivery:
    """What a provider delivered at once: an export's files for one billing period."""

    export: str
    period: date | None  #: first of the month; None where only the rows tell
    execution: str
    delivered_at: datetime
    files: tuple[Entry, ...]
    complete: bool  #: a manifest vouches for it
    rows: dict[str, int]  #: rows that the manifest promises of a file's path; empty where it does not say
    refusal: DeliveryRefused | None = None  #: why it cannot be trusted, where its listing shows that
    note: str = ""  #: what its report has to say of its files

    @property
    def order(self) -> tuple[datetime, str]:
        """Newer deliveries have a greater one."""
        return (self.delivered_at, self.execution)


@dataclass(frozen=True)
class Found:
    """What lies in a source."""

    deliveries: list[Delivery]  #: oldest first for each export and period
    left_alone: str  #: which files were not looked into, and why; empty where none


def find_deliveries(source: Source) -> Found:
    """Every delivery in a source. Raises SourceUnreachable."""
    address, entries = source.address, source.entries()
    manifests: list[Manifest] = []
    unreadable: list[Entry] = []
    found: list[Delivery] = []
    for entry in filter(is_manifest, entries):
        try:
            with mishaps_refused(entry.path):
                if manifest := read_manifest(entry, source.read(entry), address):
                    manifests.append(manifest)
        except DeliveryRefused as error:
            unreadable.append(entry)
            found.append(_unreadable(address, entry, error))
    index = _Index(entries)
    found += [_from_manifest(manifest, index) for manifest in _current_last(manifests)]
    torn = {without_partitions(parent(entry.path)) for entry in unreadable}
    listed = {entry.path for m in manifests for file in m.files if (entry := index.find(file.key, m))}
    loose = [e for e in _loose(entries, manifests, listed) if without_partitions(parent(e.path)) not in torn]
    fingerprint = cache(source.fingerprint)  # it reads the file from end to end
    for download in find_downloads(loose, fingerprint):
        found += _without_manifest(address, download, fingerprint)
    found.sort(key=lambda d: (d.export, d.period or date.min, d.order))
    return Found(found, left_alone(entries, listed, skipped(source)))


def _current_last(manifests: list[Manifest]) -> list[Manifest]:
    """One manifest for each execution; where one says that it is the current one, it is the newest."""
    groups: dict[tuple[str, date], list[Manifest]] = defaultdict(list)
    for manifest in manifests:
        groups[manifest.export, manifest.period].append(manifest)
    return [manifest for group in groups.values() for manifest in _ordered(group)]


def _ordered(group: list[Manifest]) -> Iterable[Manifest]:
    executions: dict[str, Manifest] = {}
    for manifest in sorted(group, key=lambda m: (m.current, m.delivered_at)):
        known = executions.get(manifest.execution)
        executions[manifest.execution] = replace(manifest, current=manifest.current or bool(known and known.current))
    newest = max(manifest.delivered_at for manifest in group)
    return [
        replace(manifest, delivered_at=newest + _MOMENT) if manifest.current and len(executions) > 1 else manifest
        for manifest in executions.values()
    ]


class _Index:
    """The data files of a listing, found by the keys that manifests use."""

    def __init__(self, entries: list[Entry]) -> None:
        self.by_name: dict[str, list[Entry]] = defaultdict(list)
        self.by_path = {entry.path: entry for entry in entries}
        for entry in entries:
            self.by_name[entry.path.rpartition("/")[2]].append(entry)

    def find(self, key: str, manifest: Manifest) -> Entry | None:
        """The file at an S3 key, wherever in the key's path the source begins."""
        parts = key.split("/")
        good = [entry for entry in self.by_name[parts[-1]] if manifest.may_mean(key, entry.path)]
        if good:
            return max(good, key=lambda entry: _common_end(parts, entry.path.split("/")))
        beside = f"{parent(manifest.path)}/{parts[-1]}".lstrip("/")
        return self.by_path.get(beside)


def _from_manifest(manifest: Manifest, index: _Index) -> Delivery:
    files = {file.key: file for file in manifest.files}  # a key that is listed twice is one file
    found: dict[str, Entry] = {}
    taken: set[str] = set()
    refusal = None
    for file in files.values():
        entry = index.find(file.key, manifest)
        if entry is None or entry.path in taken:  # what another key means already is not this one's
            refusal = refusal or _missing(file.key)
        elif file.size is not None and file.size != entry.size:
            refusal = refusal or _short(file.key, file.size, entry)
        else:
            found[file.key] = entry
            taken.add(entry.path)
    return Delivery(
        manifest.export,
        manifest.period,
        manifest.execution,
        manifest.delivered_at,
        tuple(found.values()),
        complete=True,
        rows={entry.path: rows for key, entry in found.items() if (rows := files[key].rows) is not None},
        refusal=refusal,
    )


def _missing(key: str) -> DeliveryRefused:
    return DeliveryRefused(
        f"{key} is in the manifest and not there.", "Copy it too, or wait until the delivery is complete."
    )


def _short(key: str, size: int, entry: Entry) -> DeliveryRefused:
    return DeliveryRefused(f"{key} has {entry.size} of {size} bytes.", "Copy it again, or wait for the next delivery.")


def _loose(entries: list[Entry], manifests: list[Manifest], listed: Set[str]) -> list[Entry]:
    """Data files that no manifest lists and that lie in no manifest's export."""
    data = [e for e in entries if may_hold_charges(e.path) and e.path not in listed]
    return [entry for entry in data if not any(manifest.covers(entry.path) for manifest in manifests)]


def _without_manifest(address: str, download: Download, fingerprint: Fingerprint) -> list[Delivery]:
    export = f"{address.rstrip('/')}/{download.folder}".rstrip("/")
    delivered_at = max(file.modified for file in download.files)
    if download.refusal:
        return [Delivery(export, None, "unknown", delivered_at, (), False, {}, download.refusal)]
    listing = "\n".join(f"{file.path} {fingerprint(file)}" for file in download.files)
    execution = hashlib.sha256(listing.encode()).hexdigest()[:16]
    older = [
        Delivery(export, None, name, min(delivered_at - _MOMENT, max(f.modified for f in files)), files, False, {})
        for name, files in download.older.items()
    ]
    note = "; ".join(f"{copy.path} is a copy of {first.path}" for copy, first in download.copies[:_NAMED_COPIES])
    return [*older, Delivery(export, None, execution, delivered_at, download.files, False, {}, note=note)]


def _unreadable(address: str, entry: Entry, error: DeliveryRefused) -> Delivery:
    export = f"{address.rstrip('/')}/{parent(entry.path)}".rstrip("/")
    return Delivery(export, None, "unknown", entry.modified, (), complete=False, rows={}, refusal=error)


def _common_end(one: list[str], other: list[str]) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(reversed(one), reversed(other), strict=False)) if a != b),
        min(len(one), len(other)),
    )
