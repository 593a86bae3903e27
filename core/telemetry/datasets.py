"""Datasets: what a kind of measurement has to do to be ingested."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.database import Database
from core.segments import Shelf
from core.settings import Settings
from core.sources.source import Entry, Source
from core.sources.workspace import Workspace
from core.telemetry.reports import MeasuredReport
from core.telemetry.store import ReadFile


@dataclass(frozen=True)
class Found:
    """What lies in a source, as far as it is of one dataset."""

    source: Source
    entries: Mapping[str, Entry]  #: every file of the source, by its path
    fresh: Sequence[Entry]  #: of the dataset, new or changed
    known: Mapping[str, ReadFile]  #: of the dataset, as they were read before; some may be fresh, or gone
    fingerprints: Mapping[str, str]  #: of every file that is there, by its path
    again: bool = False  #: days are made anew even of what they were made of before


@dataclass(frozen=True)
class Place:
    """Where it is worked, and where the facts go."""

    database: Database
    shelf: Shelf
    workspace: Workspace
    settings: Settings
    clock: Callable[[], datetime]

    def known_as(self, source: Source) -> str:
        """A source's address; of one in the installation's home, from there on: a home that is moved has it still."""
        home = f"{self.shelf.folder.parent.resolve()}{os.sep}"
        return source.address.replace(home, f".{os.sep}", 1) if source.address.startswith(home) else source.address


class Dataset(Protocol):
    """One kind of measurement, whose days are segments of the warehouse."""

    @property
    def name(self) -> str: ...

    def version(self, settings: Settings) -> str:
        """What changes when the same files come to other facts: all of them are read again then."""
        ...

    def recognises(self, path: str, start: bytes) -> bool:
        """Whether a file may be one of its own, by its name and its first bytes."""
        ...

    def ingest(self, found: Found, place: Place) -> MeasuredReport:
        """Make the days anew that the fresh files have lines of, or had."""
        ...
