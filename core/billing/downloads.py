"""Downloads: which of the files that no manifest lists make up a delivery, so that no charge counts twice."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.billing.manifests import execution_in, instant_in, parent, without_partitions
from core.errors import DeliveryRefused
from core.sources.source import Entry

_SUFFIXES = (".parquet", ".snappy", ".csv", ".gz", ".zip")

#: Tells a file's content from any other; empty where it is not known.
Fingerprint = Callable[[Entry], str]


#: Files by the folder of their billing period, and the execution below it.
_Periods = dict[str, dict[str, list[Entry]]]


@dataclass(frozen=True)
class Download:
    """The files of one export that no manifest lists."""

    folder: str  #: below which only billing periods lie, and executions
    files: tuple[Entry, ...]  #: each charge once, as far as the files' names and contents tell
    older: dict[str, tuple[Entry, ...]]  #: executions that a newer one takes the place of
    copies: tuple[tuple[Entry, Entry], ...]  #: files that are left out, each with the one that it is a copy of
    refusal: DeliveryRefused | None  #: why nobody can tell what counts


def find_downloads(loose: Sequence[Entry], fingerprint: Fingerprint) -> list[Download]:
    """The loose files by export."""
    exports: dict[str, list[Entry]] = defaultdict(list)
    for entry in loose:
        exports[without_partitions(parent(entry.path))].append(entry)
    return [_download(folder, files, fingerprint) for folder, files in exports.items()]


def _download(folder: str, files: list[Entry], fingerprint: Fingerprint) -> Download:
    periods: _Periods = defaultdict(lambda: defaultdict(list))
    for entry in files:
        period, execution = execution_in(parent(entry.path))
        periods[period][execution].append(entry)
    try:
        newest = {period: _newest(period, executions) for period, executions in periods.items()}
        current = [entry for period, name in newest.items() for entry in periods[period][name]]
        return _each_once(folder, sorted(current, key=lambda e: e.path), _others(periods, newest), fingerprint)
    except DeliveryRefused as error:
        return Download(folder, tuple(files), {}, (), error)


def _others(periods: _Periods, newest: dict[str, str]) -> dict[str, tuple[Entry, ...]]:
    return {
        f"{period}/{name}": tuple(entries)
        for period, executions in periods.items()
        for name, entries in executions.items()
        if name != newest[period]
    }


def _newest(period: str, executions: dict[str, list[Entry]]) -> str:
    """The execution that took the place of the others: by the instants in their names, else by their files' age."""
    named = {name: instant_in(name) for name in executions}
    times: dict[str, datetime] = {
        name: instant if instant and all(named.values()) else max(entry.modified for entry in executions[name])
        for name, instant in named.items()
    }
    latest = max(times.values())
    newest = [name for name in executions if times[name] == latest]
    if len(newest) > 1:
        raise DeliveryRefused(
            f"{period} holds several deliveries, and nothing tells which is the newest.",
            "Copy their manifests too, or keep one of them.",
        )
    return newest[0]


def _each_once(
    folder: str, files: list[Entry], older: dict[str, tuple[Entry, ...]], fingerprint: Fingerprint
) -> Download:
    originals: dict[str, Entry] = {}
    copies = [(entry, first) for entry in files if (first := _original(entry, originals, fingerprint)) is not entry]
    left_out = {copy.path for copy, _ in copies}
    kept = [entry for entry in files if entry.path not in left_out]
    return Download(folder, tuple(kept), older, tuple(copies), _refusal(kept))


def _original(entry: Entry, originals: dict[str, Entry], fingerprint: Fingerprint) -> Entry:
    return originals.setdefault(fingerprint(entry) or entry.path, entry)


def _refusal(files: Sequence[Entry]) -> DeliveryRefused | None:
    packed: dict[str, Entry] = {}
    for entry in files:
        first = packed.setdefault(_without_suffixes(entry.path), entry)
        if first is not entry:
            return DeliveryRefused(
                f"{first.path} and {entry.path} may be one file, written in two ways.", "Remove one, or rename it."
            )
    return None


def _without_suffixes(path: str) -> str:
    while found := next((suffix for suffix in _SUFFIXES if path.lower().endswith(suffix)), ""):
        path = path[: -len(found)]
    return path
