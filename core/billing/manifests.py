"""Manifests: what a provider says it delivered."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from core.errors import DeliveryRefused
from core.sources.source import Entry, is_hidden


@dataclass(frozen=True)
class ListedFile:
    """One file of a delivery, as its manifest lists it."""

    key: str  #: in the provider's bucket
    size: int | None = None  #: bytes; None where the manifest does not say
    rows: int | None = None  #: None where the manifest does not say


@dataclass(frozen=True)
class Manifest:
    """What a manifest says of one delivery."""

    path: str  #: where the manifest itself lies
    export: str
    period: date  #: first of the month
    execution: str
    delivered_at: datetime
    files: tuple[ListedFile, ...]
    current: bool  #: it lies where the provider keeps the newest one's manifest

    def covers(self, path: str) -> bool:
        """Whether a file lies where this manifest's export keeps its data."""
        folder = parent(self.path)
        if without_partitions(folder) == folder:
            return parent(path) == folder
        return any(self._is_home(path, key) for key in {parent(file.key) for file in self.files} or {""})

    def may_mean(self, key: str, path: str) -> bool:
        """Whether the file at a path can be the one that the manifest lists by a key.

        The source may begin anywhere in the key's path. Other exports have files of the same name in folders alike.
        """
        if _ends_with(key, path):
            return self._below_root(parent(path)) is not None
        below_export = key.removeprefix(without_partitions(parent(key))).lstrip("/")
        return _ends_with(path, below_export) and self._is_home(path, parent(key))

    def _is_home(self, path: str, key_folder: str) -> bool:
        below = self._below_root(without_partitions(parent(path)))
        return below is not None and _ends_with(without_partitions(key_folder), below)

    def _below_root(self, folder: str) -> str | None:
        """The path to a folder from that of the export this manifest lies in; None where it is not below it."""
        root = without_partitions(parent(self.path))
        if root in ("", folder):
            return folder.removeprefix(root)
        return folder.removeprefix(f"{root}/") if folder.startswith(f"{root}/") else None


#: What exports put below their own folder: for each billing period one, and in it for each execution.
_LAYOUT = re.compile(
    r"""(?:^|/)(?=.)
    (?:(?:data|metadata)(?:/|$))?
    (?:
        (?:(?:billing_period|date)=[^/]* | year=[^/]*(?:/(?:month|day)=[^/]*)* | \d{8}-\d{8}
            | \d{4}-\d{2}(?:-\d{2})? | \d{6} | \d{4}(?:/\d{2}){0,2})
        (?:/(?P<execution>\d{4}-?\d{2}-?\d{2}T[^/]* | [0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}))?
    )?$""",
    re.IGNORECASE | re.VERBOSE,
)
_INSTANT = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2})[:_-]?(\d{2})[:_-]?(\d{2})(?:[.,](\d{1,6})\d*)?"
)  # in names as well, where ":" may have become "_"


def is_manifest(entry: Entry) -> bool:
    return entry.path.lower().endswith("manifest.json") and not is_hidden(entry.path)


def parent(path: str) -> str:
    return path.rpartition("/")[0]


def without_partitions(folder: str) -> str:
    """The folder of an export, from one of a period or execution below it."""
    found = _LAYOUT.search(folder)
    return folder[: found.start()] if found else folder


def execution_in(folder: str) -> tuple[str, str]:
    """The folder of a billing period, and the execution whose folder below it this is; empty where it is none's."""
    found = _LAYOUT.search(folder)
    execution = (found["execution"] if found else None) or ""
    return (folder.removesuffix(f"/{execution}") if execution else folder), execution


def instant_in(name: str) -> datetime | None:
    """When something was done whose name says so."""
    return _instant(name) if _INSTANT.search(name) else None


def _ends_with(path: str, end: str) -> bool:
    """Whether the last parts of a path are those of another; no parts end every path."""
    return not end or f"/{path}".endswith(f"/{end}")


def read_manifest(entry: Entry, content: bytes, address: str) -> Manifest | None:
    """What the manifest says; None where it is no bill's manifest.

    Raises DeliveryRefused when it is cut, or lacks what a bill's manifest must say.
    """
    try:
        told = json.loads(content)
        shape = next((shape for key, shape in _SHAPES.items() if isinstance(told, dict) and key in told), None)
        return shape(entry, told, hashlib.sha256(content).hexdigest()[:16], address) if shape else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DeliveryRefused(
            f"{entry.path} is no complete manifest ({type(error).__name__}).",
            "Copy it again, or wait for the next one.",
        ) from error


def _legacy(entry: Entry, told: dict[str, Any], digest: str, address: str) -> Manifest:
    execution = told.get("assemblyId") or digest
    keys = [_key(key) for key in told["reportKeys"]]
    return Manifest(
        entry.path,
        _legacy_export(told, keys, address),
        _period(told, entry.path),
        execution,
        _delivered_at(told, entry, ""),
        tuple(ListedFile(key) for key in keys),
        current=execution not in entry.path and any(execution in key for key in keys),
    )


def _legacy_export(told: dict[str, Any], keys: list[str], address: str) -> str:
    name = told.get("reportName")
    parts = keys[0].split("/") if keys else []
    root = (
        parts[: len(parts) - parts[::-1].index(name)] if name in parts else [address, str(name or told.get("reportId"))]
    )
    return f"s3://{told['bucket']}/{'/'.join(root)}" if told.get("bucket") and name in parts else "/".join(root)


def _data_exports(entry: Entry, told: dict[str, Any], digest: str, address: str) -> Manifest:
    files = [file if isinstance(file, str) else file.get("key") or file["path"] for file in told["dataFiles"]]
    execution = str(told.get("executionId") or digest)
    where = parent(entry.path).rpartition("/")[2]
    return Manifest(
        entry.path,
        _data_export_name(told, files, entry, address),
        _period(told, entry.path),
        execution,
        _delivered_at(told, entry, f"{where} {execution}"),
        tuple(ListedFile(_key(file)) for file in files),
        current=False,
    )


def _data_export_name(told: dict[str, Any], files: list[str], entry: Entry, address: str) -> str:
    if files and files[0].startswith("s3://"):
        return without_partitions(parent(files[0]))
    name = told.get("exportArn") or told.get("exportName") or told.get("export", {}).get("Name")
    return str(name or f"{address.rstrip('/')}/{without_partitions(parent(entry.path))}".rstrip("/"))


def _azure(entry: Entry, told: dict[str, Any], digest: str, address: str) -> Manifest:
    config, run = told["exportConfig"], told["runInfo"]
    blobs = [ListedFile(b["blobName"], b.get("byteCount"), b.get("dataRowCount")) for b in told["blobs"]]
    return Manifest(
        entry.path,
        f"{config.get('resourceId') or address}/{config['exportName']}",
        _instant(run["startDate"]).date().replace(day=1),
        str(run.get("runId") or digest),
        _instant(run["submittedTime"]) if run.get("submittedTime") else entry.modified,
        tuple(blobs),
        current=False,
    )


_SHAPES = {"reportKeys": _legacy, "dataFiles": _data_exports, "blobs": _azure}


def _key(address: str) -> str:
    return address.removeprefix("s3://").partition("/")[2] if address.startswith("s3://") else address


def _period(told: dict[str, Any], path: str) -> date:
    stated = told.get("billingPeriod")
    if isinstance(stated, dict):
        stated = stated.get("start") or stated.get("startDate")
    found = re.search(r"(20\d{2})-?([01]\d)", str(stated or ""))
    year, month = found.groups() if found else _month_in(path)
    return date(int(year), int(month), 1)


#: How folders name a billing period, the surest first: an export may lie below a folder that is called 2024-11-costs.
_MONTHS = (
    re.compile(r"billing_period=(20\d{2})-?([01]\d)", re.IGNORECASE),
    re.compile(r"(?<![^/])(20\d{2})([01]\d)\d{2}-\d{8}(?![^/])"),
    re.compile(r"(?<![^/])(20\d{2})-?([01]\d)"),
)


def _month_in(path: str) -> tuple[str, str]:
    folder, _ = execution_in(parent(path))  # an execution's name begins with the day it was made on
    for months in _MONTHS:
        if found := months.findall(folder):
            return found[-1]
    raise KeyError("billingPeriod")


def _delivered_at(told: dict[str, Any], entry: Entry, names: str) -> datetime:
    """When the provider made the delivery: stated, else in the names, else when the manifest was written."""
    stated = (told.get(name) for name in ("executionTime", "createdAt", "createdDate", "creationTime", "generatedAt"))
    text = next((value for value in stated if isinstance(value, str) and _INSTANT.search(value)), names)
    return instant_in(text) or entry.modified


def _instant(text: str) -> datetime:
    found = _INSTANT.search(text)
    if not found:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    *parts, fraction = found.groups()
    return datetime(*(int(part) for part in parts), int((fraction or "0").ljust(6, "0")), tzinfo=UTC)  # type: ignore[misc]
