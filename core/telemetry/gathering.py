"""Gathering: read the files that are new, and make each day of them anew, of all its files."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Protocol

from core.checksums import Checksum
from core.errors import DeliveryRefused, DiskFull
from core.sources.mishaps import mishaps_refused
from core.sources.source import Entry
from core.sources.workspace import disk_errors, reading_errors
from core.telemetry.datasets import Found, Place
from core.telemetry.reaching import Reaching
from core.telemetry.reports import DayReport, FileReport, MeasuredReport, Outcome
from core.telemetry.store import Current, Key, ReadFile, Segment, current_segments, publish
from core.telemetry.titles import Titles
from core.units import GIB

#: Of files that were read and whose days are not made yet; what is more is read again.
_HELD_BYTES = 2 * GIB


@dataclass(frozen=True)
class Look:
    """What was found in a file."""

    days: Mapping[date, int]  #: lines of each UTC day
    lines: int  #: headers aside
    bad_lines: int = 0
    bad_reason: str = ""  #: what is wrong with one of them
    label: str = ""  #: what its dataset has to know of it when a day is made, beside its lines


@dataclass(frozen=True)
class Prepared:
    """A file that was read."""

    path: str  #: in the source
    modified: datetime
    look: Look
    file: Path  #: Parquet of the dataset's own kind, with its lines of all days


@dataclass(frozen=True)
class Reading:
    """What a dataset reads with."""

    found: Found
    place: Place
    titles: Titles
    folder: Path  #: for what is needed meanwhile


class Gone(StrEnum):
    """What becomes of a day when a file that it was made of is not there any more."""

    REFUSED = "refused"  #: it is the sum of its files: it stays as it is, and what came late is refused
    REPLACED = "replaced"  #: newer files replace older ones: it is made of those that are there
    CLOSED = "closed"  #: files are let go once their days are over: it stays as it is for good


class Reader(Protocol):
    """A dataset, as far as it differs from others."""

    @property
    def name(self) -> str: ...

    @property
    def gone(self) -> Gone: ...

    def prepare(self, entry: Entry, reading: Reading, target: Path) -> Look:
        """Read a file, and write its lines. Raises DeliveryRefused where it is cut, or short of something."""
        ...

    def write(self, day: date, files: Sequence[Prepared], target: Path, reading: Reading) -> Mapping[str, int]:
        """Write the views' files of a day into a folder; give the lines of each of its parts."""
        ...


def gather(reader: Reader, found: Found, place: Place) -> MeasuredReport:
    """What became of a dataset's days; safe to kill, to repeat, and to run twice at once."""
    segments = {
        key: current
        for key, current in current_segments(place.database, place.known_as(found.source), place.shelf).items()
        if key.dataset == reader.name
    }
    damaged = {key.day for key, current in segments.items() if not current.whole}
    if not found.fresh and not damaged:
        return MeasuredReport(untouched=len(segments))
    with place.workspace.fresh_folder() as folder:
        return _Gathering(reader, found, place, folder, segments).run(damaged)


@dataclass
class _Gathering:
    """One look at the files of a dataset in a source."""

    reader: Reader
    found: Found
    place: Place
    folder: Path
    segments: Mapping[Key, Current]
    held: dict[str, Prepared] = field(default_factory=dict)  #: the oldest first
    fresh: dict[str, ReadFile] = field(default_factory=dict)
    unwell: dict[str, FileReport] = field(default_factory=dict)
    reaching: Reaching = field(default_factory=Reaching)

    @cached_property
    def titles(self) -> Titles:
        return Titles.of(self.place)

    def run(self, reopened: Iterable[date]) -> MeasuredReport:
        days = set(reopened)
        for entry in self.found.fresh:
            days |= self._before(entry.path)  # what a changed file had lines of before may have lost them
            if prepared := self._prepared_or_told(entry):
                days |= prepared.look.days.keys()
        reports = tuple(self._day(day) for day in sorted(days))
        self._record(reports)
        lines = sum(file.lines for file in self.fresh.values())
        bad = sum(file.bad_lines for file in self.fresh.values())
        untouched = {key.day for key in self.segments} - days
        return MeasuredReport(reports, len(untouched), len(self.fresh), lines, bad, tuple(self.unwell.values()))

    def _before(self, path: str) -> set[date]:
        return set(self.found.known[path].days) if path in self.found.known else set()

    # reading

    def _prepared_or_told(self, entry: Entry) -> Prepared | None:
        try:
            prepared = self._prepared(entry)
        except (DeliveryRefused, DiskFull) as error:
            self.unwell[entry.path] = FileReport(entry.path, True, 0, 0, str(error))
            return None
        look = prepared.look
        self.fresh[entry.path] = ReadFile(
            entry.path, self.found.fingerprints[entry.path], self.reader.name, look.days, look.lines, look.bad_lines,
            look.bad_reason,
        )  # fmt: skip
        if look.bad_lines:
            self.unwell[entry.path] = FileReport(entry.path, False, look.lines, look.bad_lines, look.bad_reason)
        return prepared

    def _prepared(self, entry: Entry) -> Prepared:
        if entry.path in self.held:
            return self.held[entry.path]
        self._make_room()
        target = self.folder / f"{hashlib.sha256(entry.path.encode()).hexdigest()}.parquet"
        with mishaps_refused(entry.path), self.place.workspace.fresh_folder() as folder:
            with self.reaching.file(), reading_errors(entry.path), disk_errors(folder):
                look = self.reader.prepare(entry, self._reading(folder), target)
            self.found.source.confirm(entry)
        self.held[entry.path] = Prepared(entry.path, entry.modified, look, target)
        return self.held[entry.path]

    def _reading(self, folder: Path) -> Reading:
        return Reading(self.found, self.place, self.titles, folder)

    def _make_room(self) -> None:
        sizes = {path: each.file.stat().st_size for path, each in self.held.items()}
        while sum(sizes.values()) > _HELD_BYTES:
            oldest = next(iter(sizes))
            self.held.pop(oldest).file.unlink()
            del sizes[oldest]

    # writing

    def _day(self, day: date) -> DayReport:
        current = self.segments.get(self._key(day))
        try:
            with mishaps_refused(f"{self.reader.name} of {day}"), disk_errors(self.place.shelf.folder):
                return self._made(day, current)
        except (DeliveryRefused, DiskFull) as error:
            return DayReport(self.reader.name, day, Outcome.REFUSED, current.lines if current else 0, str(error))

    def _key(self, day: date) -> Key:
        return Key(self.reader.name, self.place.known_as(self.found.source), day)

    def _made(self, day: date, current: Current | None) -> DayReport:
        paths = self._paths(day)
        gone = [path for path in paths if path not in self.found.entries]
        if gone and self.reader.gone is Gone.CLOSED:
            return self._left_closed(day, gone[0], current)
        files = [self._prepared(self.found.entries[path]) for path in paths if path not in gone]
        inputs = _hash(files)
        if current and current.whole and current.inputs == inputs and not self.found.again:
            return DayReport(self.reader.name, day, Outcome.UNCHANGED, current.lines)
        with self.place.workspace.fresh_folder() as target, self.place.workspace.fresh_folder() as scratch:
            with reading_errors(f"{self.reader.name} of {day}"):
                parts = self.reader.write(day, files, target, self._reading(scratch)) if files else {}
            segment = Segment(self._key(day), inputs, parts, target)
            self._publish(segment, current)
        return DayReport(self.reader.name, day, Outcome.LOADED, segment.lines)

    def _paths(self, day: date) -> list[str]:
        """The files that a day is made of, or was. Raises DeliveryRefused where it would lose lines that it has now."""
        there = {**self.found.known, **self.fresh}
        paths = sorted(path for path, file in there.items() if day in file.days)
        refused = [path for path in paths if path in self.unwell and self.unwell[path].refused]
        if refused:
            raise DeliveryRefused(f"{refused[0]} that {day} was made of cannot be read now.", "Copy it again.")
        gone = [path for path in paths if path not in self.found.entries]
        if gone and self.reader.gone is Gone.REFUSED:
            raise DeliveryRefused(
                f"{gone[0]} that {day} was made of is gone.", "Put it back, or what came late is not counted."
            )
        return paths

    def _left_closed(self, day: date, gone: str, current: Current | None) -> DayReport:
        """A day that is over stays as it is; one whose segment was damaged is taken out, so that others can be read."""
        if current and not current.whole:
            self._publish(Segment(self._key(day), "", {}, self.folder), current)
            reason = f"Its facts were damaged, and {gone} that they were made of was let go: the day is lost."
            return DayReport(self.reader.name, day, Outcome.REFUSED, 0, reason)
        return DayReport(self.reader.name, day, Outcome.UNCHANGED, current.lines if current else 0)

    def _publish(self, segment: Segment, current: Current | None) -> None:
        seen = {segment.key: current.inputs} if current else {}
        overtaken = publish(
            [segment],
            [],
            self.place.known_as(self.found.source),
            seen,
            self.place.shelf,
            self.place.database,
            self.place.clock(),
        )
        if overtaken:
            raise DeliveryRefused("Another ingestion has changed it meanwhile.", "Run the ingestion again.")

    def _record(self, reports: Iterable[DayReport]) -> None:
        """Put on record which files were read; those whose days are not all made are read again the next time."""
        refused = {report.day for report in reports if report.outcome is Outcome.REFUSED}
        done = [file for file in self.fresh.values() if not refused & file.days.keys()]
        if done:
            publish(
                [],
                done,
                self.place.known_as(self.found.source),
                {},
                self.place.shelf,
                self.place.database,
                self.place.clock(),
            )


def _hash(files: Sequence[Prepared]) -> str:
    """Of what a day is made of, wherever it was copied from."""
    listing = sorted(f"{each.path}\t{each.look.label}\t{Checksum.of(each.file).sha256}" for each in files)
    return hashlib.sha256("\n".join(listing).encode()).hexdigest()
