"""Ingest: find the measurements in a source, and make the days anew that something has come of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import DeliveryRefused
from core.settings import Settings
from core.sources.source import Entry, Source, is_hidden
from core.telemetry.datasets import Dataset, Found, Place
from core.telemetry.formats import LOOK_BYTES
from core.telemetry.inventory_dataset import NAME as INVENTORY
from core.telemetry.inventory_dataset import Inventories, inventory_files
from core.telemetry.lacking import lacking_remarks
from core.telemetry.logs import NAME as LOGS
from core.telemetry.logs import Logs
from core.telemetry.metrics_dataset import Metrics
from core.telemetry.origin_dataset import AccessLogs
from core.telemetry.players import Players
from core.telemetry.reaching import Reaching
from core.telemetry.reports import FileReport, MeasuredReport
from core.telemetry.store import ReadFile, publish, read_files

#: A file belongs to the first that recognises it.
DATASETS: tuple[Dataset, ...] = (Players(), Logs(), Inventories(), Metrics(), AccessLogs())
_NOTHING = ""


@dataclass(frozen=True)
class Sorted:
    """The files of a source, by whose they are."""

    entries: Mapping[str, Entry]
    datasets: Mapping[str, str]  #: of each file by its path; empty: nothing that is measured
    fingerprints: Mapping[str, str]
    known: Mapping[str, ReadFile]
    unread: tuple[FileReport, ...]  #: files that cannot even be looked at

    @property
    def measured(self) -> frozenset[str]:
        """Paths of the files that hold measurements, and of those that lie with them."""
        files = frozenset(path for path, dataset in self.datasets.items() if dataset)
        inventories = {path for path in files if self.datasets[path] == INVENTORY}
        return files | inventory_files(inventories, self.entries)


def sort_files(source: Source, entries: Sequence[Entry], place: Place) -> Sorted:
    """Tell measurements from all else: by content, where that is not known from the time before.

    Raises SourceUnreachable where it is more than single files that do not come.
    """
    known = read_files(place.database, place.known_as(source))
    datasets: dict[str, str] = {}
    unread: list[FileReport] = []
    fingerprints: dict[str, str] = {}
    reaching = Reaching()
    for entry in entries:
        if is_hidden(entry.path):
            continue
        try:
            with reaching.file():
                datasets[entry.path] = _dataset_of(source, entry, known.get(entry.path), place.settings)
        except DeliveryRefused as error:
            unread.append(FileReport(entry.path, True, 0, 0, str(error)))
            continue
        fingerprints[entry.path] = _fingerprint(entry, datasets[entry.path], place.settings)
    there = {entry.path: entry for entry in entries}
    for path in inventory_files([path for path, name in datasets.items() if name == INVENTORY], datasets):
        if datasets[path] != INVENTORY:  # whatever it looks like, its manifest says what it is
            datasets[path] = _NOTHING
            fingerprints[path] = _fingerprint(there[path], _NOTHING, place.settings)
    return Sorted(there, datasets, fingerprints, known, tuple(unread))


def _dataset_of(source: Source, entry: Entry, known: ReadFile | None, settings: Settings) -> str:
    if known and known.fingerprint == _fingerprint(entry, known.dataset, settings):
        return known.dataset
    start = source.head(entry, LOOK_BYTES)
    return next((each.name for each in DATASETS if each.recognises(entry.path, start)), _NOTHING)


def _fingerprint(entry: Entry, dataset: str, settings: Settings) -> str:
    versions = [each.version(settings) for each in DATASETS if dataset in (each.name, _NOTHING)]
    return f"{entry.size} {entry.modified.isoformat()} {entry.etag or ''} {'+'.join(versions)}"


def ingest_measurements(source: Source, files: Sorted, place: Place, again: bool = False) -> MeasuredReport:
    """Load what is new among the measurements of a source. Safe to kill, to repeat, and to run twice at once.

    `again`: all that is there is read and made anew, as videos may have become known since.
    """
    report = MeasuredReport(unwell=files.unread)
    for dataset in DATASETS:
        known = {path: file for path, file in files.known.items() if file.dataset == dataset.name}
        fresh = [
            files.entries[path]
            for path, name in files.datasets.items()
            if name == dataset.name and (again or _is_fresh(files, path))
        ]
        report += dataset.ingest(Found(source, files.entries, fresh, known, files.fingerprints, again), place)
    _remember_others(source, files, place)
    return report + _standing(source, files, place, report)


def _standing(source: Source, files: Sorted, place: Place, report: MeasuredReport) -> MeasuredReport:
    """What is still to be said of files whose lines are counted, whenever they were read."""
    counted = [file for file in read_files(place.database, place.known_as(source)).values() if file.days]
    told = {file.path for file in report.unwell}
    unwell = tuple(
        FileReport(file.path, False, file.lines, file.bad_lines, file.bad_reason)
        for file in counted
        if file.bad_lines and file.path not in told
    )
    logs = [file.lacks for file in counted if file.dataset == LOGS]
    return MeasuredReport(unwell=unwell, remarks=(*lacking_remarks(logs), *_ahead(files, counted)))


def _ahead(files: Sorted, counted: Sequence[ReadFile]) -> Sequence[str]:
    """A remark on files with lines of a day after they were written, as a clock was wrong."""
    written = {path: entry.modified.date() for path, entry in files.entries.items()}
    ahead = [file.path for file in counted if max(file.days) > written.get(file.path, max(file.days))]
    if not ahead:
        return ()
    more = f" and {len(ahead) - 1:,} more files have" if len(ahead) > 1 else " has"
    return (
        f"{ahead[0]}{more} lines of a day after it was written: a clock was wrong, and they are counted on that day",
    )


def _is_fresh(files: Sorted, path: str) -> bool:
    known = files.known.get(path)
    return known is None or known.fingerprint != files.fingerprints[path] or known.dataset != files.datasets[path]


def _remember_others(source: Source, files: Sorted, place: Place) -> None:
    """Put on record which files hold nothing that is measured: they are not looked at again until they change."""
    others = [
        ReadFile(path, files.fingerprints[path], _NOTHING, {}, 0, 0, "")
        for path, dataset in files.datasets.items()
        if not dataset and _is_fresh(files, path)
    ]
    if others:
        publish([], others, place.known_as(source), {}, place.shelf, place.database, place.clock())
