"""Logs: CloudFront's, made into days of facts as their files come, late lines and all."""

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import duckdb

from core.errors import DeliveryRefused
from core.settings import Settings
from core.sources.mishaps import mishaps_refused
from core.sources.source import Entry
from core.sources.workspace import disk_errors, reading_errors
from core.telemetry import formats
from core.telemetry.cloudfront import Facts
from core.telemetry.datasets import Found, Place
from core.telemetry.keys import Keys, read_keys
from core.telemetry.logged import write_logged_sessions
from core.telemetry.preparation import Preparation, about, remove
from core.telemetry.relations import Log
from core.telemetry.reports import DayReport, FileReport, MeasuredReport, Outcome
from core.telemetry.salts import salts_of
from core.telemetry.store import Current, Key, ReadFile, Segment, current_segments, publish

log = logging.getLogger(__name__)

NAME = "cloudfront"
#: Changes when the same lines come to other facts.
_VERSION = "4"
#: A file may have lines of the days beside the one that its name tells of; a line may come a day late.
_BESIDE = timedelta(days=1)


@dataclass(frozen=True)
class Logs:
    """The dataset."""

    name: str = NAME

    def version(self, settings: Settings) -> str:
        return f"{_VERSION} {settings.phyght_video_pattern}"

    def recognises(self, path: str, start: bytes) -> bool:
        if formats.is_named_like_a_log(path):
            return True  # whatever is in it: one that is empty or damaged is refused as what it is
        if formats.is_parquet(start):
            return bool(formats.distribution_in(path)) or "cloudfront" in path.lower()
        return formats.text_format(formats.inflated(start)) is not None

    def ingest(self, found: Found, place: Place) -> MeasuredReport:
        segments = {
            key: current
            for key, current in current_segments(place.database, place.known_as(found.source), place.shelf).items()
            if key.dataset == NAME
        }
        damaged = {key.day for key, current in segments.items() if not current.whole}
        if not found.fresh and not damaged:
            return MeasuredReport(untouched=len(segments))
        with place.workspace.fresh_folder() as folder:
            return _Run(found, place, folder, segments).run(damaged)


@dataclass
class _Run:
    """One look at the logs of a source."""

    found: Found
    place: Place
    folder: Path
    segments: Mapping[Key, Current]
    known: dict[str, ReadFile] = field(init=False)
    staged: dict[str, ReadFile] = field(default_factory=dict)  #: fresh files whose days are not all written
    written: dict[str, set[date]] = field(default_factory=dict)  #: of those, the days that are
    unwell: dict[str, FileReport] = field(default_factory=dict)
    reports: dict[date, DayReport] = field(default_factory=dict)
    inputs: dict[Key, str] = field(init=False)
    counts: list[int] = field(default_factory=lambda: [0, 0, 0])  #: files, lines and bad lines that were read

    def __post_init__(self) -> None:
        self.known = dict(self.found.known)
        self.inputs = {key: current.inputs for key, current in self.segments.items()}
        connection = self.place.workspace.connection.cursor()
        self.preparation = Preparation(self.found, self.folder, connection.cursor())
        self.facts = Facts(connection, self.folder, self._keys_now, self._write_sessions)

    def _write_sessions(self, connection: duckdb.DuckDBPyConnection, told: str, day: date, target: Path) -> None:
        write_logged_sessions(connection, told, day, target, self.place.database, salts_of(self.place))

    def _keys_now(self) -> Keys:
        return self._keys

    @cached_property
    def _keys(self) -> Keys:
        return read_keys(self.place.database, self.place.settings.phyght_video_pattern)

    def run(self, reopened: Iterable[date]) -> MeasuredReport:
        waiting = sorted(self.found.fresh, key=lambda entry: (about(entry), entry.path))
        days = set(reopened)
        for entry in waiting:  # what a changed file had lines of before may have lost them
            days |= (self.known[entry.path].days if entry.path in self.known else {}).keys()
        before = {entry.path: self.known.pop(entry.path) for entry in waiting if entry.path in self.known}
        self.before = before
        while waiting:
            self._stage(self._take(waiting))
            until = about(waiting[0]) - _BESIDE if waiting else date.max
            ready = {day for day in days | self.facts.open_days() if day < until}
            self._write_days(ready)
            days -= ready
        self._write_days(days | self.facts.open_days())
        self._publish(None, [])  # files without a line that counts
        return self._report()

    def _report(self) -> MeasuredReport:
        untouched = {key.day for key in self.segments} - self.reports.keys()
        files, lines, bad_lines = self.counts
        days = tuple(self.reports[day] for day in sorted(self.reports))
        return MeasuredReport(days, len(untouched), files, lines, bad_lines, tuple(self.unwell.values()))

    # reading

    def _take(self, waiting: list[Entry]) -> list[Log]:
        """The next logs, made ready to be read; those that are refused are told of."""
        taken, refused = self.preparation.take(waiting)
        self.unwell |= {file.path: file for file in refused}
        return taken

    def _stage(self, logs: Sequence[Log]) -> None:
        for each, days in self._add(logs, None, False) if logs else ():
            good = sum(days.values())
            lines = each.lines
            if good < lines:  # some may be empty, or headers of logs that were put together
                lines -= self.facts.count_idle(each)
            bad, reason = lines - good, ""
            if bad:
                reason = self.facts.first_wrong(each)
                self.unwell[each.name] = FileReport(each.name, False, lines, bad, reason)
            self.staged[each.name] = ReadFile(
                each.name, self.found.fingerprints[each.name], NAME, days, lines, bad, reason, each.lacks
            )
            self.counts = [self.counts[0] + 1, self.counts[1] + lines, self.counts[2] + bad]
        remove(logs)

    def _add(self, logs: Sequence[Log], only: date | None, repeated: bool) -> list[tuple[Log, dict[date, int]]]:
        """Add logs up; where they cannot be read together, each by itself, so that the one that cannot is named."""
        try:
            with mishaps_refused(logs[0].name), reading_errors(logs[0].name), disk_errors(self.folder):
                days = self.facts.add(logs, only, repeated)
                return [(each, days[each.number]) for each in logs]
        except DeliveryRefused as error:
            if len(logs) > 1:
                return [done for each in logs for done in self._add([each], only, repeated)]
            self.unwell[logs[0].name] = FileReport(logs[0].name, True, 0, 0, str(error))
            return []

    # writing

    def _write_days(self, days: Iterable[date]) -> None:
        for day in sorted(days):
            try:
                with disk_errors(self.place.shelf.folder):
                    self.reports[day] = self._write(day)
            except DeliveryRefused as error:
                lines = self.segments[self._key(day)].lines if self._key(day) in self.segments else 0
                self.reports[day] = DayReport(NAME, day, Outcome.REFUSED, lines, str(error))
            self.facts.drop(day)

    def _key(self, day: date) -> Key:
        return Key(NAME, self.place.known_as(self.found.source), day)

    def _write(self, day: date) -> DayReport:
        key = self._key(day)
        self._require_all(day)
        others = [file for file in self.known.values() if day in file.days]
        inputs = _hash([*others, *(file for file in self.staged.values() if day in file.days)])
        current = self.segments.get(key)
        same = current is not None and current.whole and current.inputs == inputs and self.inputs.get(key) == inputs
        if current and same and not self.found.again:
            self._publish(day, [])
            return DayReport(NAME, day, Outcome.UNCHANGED, current.lines)
        self._add_again(others, day, False)
        if self.facts.find_repeated(day):
            self.facts.drop(day)
            self._add_again([*others, *(file for file in self.staged.values() if day in file.days)], day, True)
        with self.place.workspace.fresh_folder() as target:
            parts = self.facts.write(day, target)
            segment = Segment(key, inputs, parts, target)
            if self._publish(day, [segment]):
                raise DeliveryRefused(f"Another ingestion has changed {day} meanwhile.", "Run the ingestion again.")
        return DayReport(NAME, day, Outcome.LOADED, segment.lines)

    def _require_all(self, day: date) -> None:
        """Raise DeliveryRefused where a day would lose lines that it has now, because their file is gone or damaged."""
        lost = [path for path, file in self.known.items() if day in file.days and path not in self.found.entries]
        if lost:
            raise DeliveryRefused(
                f"{_files(lost)} that {day} was made of {'is' if len(lost) == 1 else 'are'} gone.",
                "Put them back, or the lines that came late are not counted.",
            )
        damaged = [path for path, file in self.before.items() if day in file.days and self._is_refused(path)]
        if damaged:
            raise DeliveryRefused(f"{_files(damaged)} that {day} was made of cannot be read now.", "Copy it again.")

    def _is_refused(self, path: str) -> bool:
        return path in self.unwell and self.unwell[path].refused

    def _add_again(self, files: Sequence[ReadFile], day: date, repeated: bool) -> None:
        """Add up the lines of one day of files that were read before."""
        waiting = sorted(
            (self.found.entries[file.path] for file in files), key=lambda entry: (about(entry), entry.path)
        )
        while waiting:
            named = [entry.path for entry in waiting]
            logs = self._take(waiting)
            done = self._add(logs, day, repeated) if logs else []
            remove(logs)
            taken = set(named) - {entry.path for entry in waiting}
            if lost := taken - {each.name for each, _ in done}:
                raise DeliveryRefused(
                    f"{_files(sorted(lost))} that {day} is made of cannot be read now.", "Copy it again."
                )

    def _publish(self, day: date | None, segments: list[Segment]) -> bool:
        """Make a day the truth, with the files that it completes; whether another ingestion came in between."""
        done: list[ReadFile] = []
        for path, file in self.staged.items():
            over = self.written.setdefault(path, set())
            over |= {day} & file.days.keys() if day else set()
            if over == set(file.days):
                done.append(file)
        overtaken = publish(
            segments, done, self.place.known_as(self.found.source), self.inputs, self.place.shelf, self.place.database,
            self.place.clock(),
        )  # fmt: skip
        for segment in segments:
            self.inputs[segment.key] = segment.inputs
        for file in done:
            self.known[file.path] = self.staged.pop(file.path)
        return bool(overtaken)


def _hash(files: Sequence[ReadFile]) -> str:
    listing = "\n".join(sorted(f"{file.path}\t{file.fingerprint}" for file in files))
    return hashlib.sha256(listing.encode()).hexdigest()


def _files(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more files"
