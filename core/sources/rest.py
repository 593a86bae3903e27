"""Rest: a source without the files that hold measurements, and what became of these."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from core.sources.source import Entry, Source, skipped


@dataclass(frozen=True)
class Measurements:
    """What became of the measurements of a source, in sums."""

    loaded: int  #: days that were made, or made anew
    unchanged: int  #: days
    refused: int  #: days and files
    files: int  #: that were read
    lines: int  #: in them, headers aside
    bad_lines: int
    reasons: tuple[str, ...] = ()  #: why something was refused, then what is wrong with bad lines; the first
    remarks: tuple[str, ...] = ()  #: what the source does not tell, in words


@dataclass(frozen=True)
class Rest:
    """What is left of a source."""

    source: Source
    measured: Measurements | None = None  #: None where nothing was taken out


@dataclass(frozen=True)
class Without:
    """A source but for some of its files."""

    whole: Source
    paths: Set[str]

    @property
    def address(self) -> str:
        return self.whole.address

    def entries(self) -> list[Entry]:
        return [entry for entry in self.whole.entries() if entry.path not in self.paths]

    def skipped(self) -> list[str]:
        return skipped(self.whole)

    def read(self, entry: Entry) -> bytes:
        return self.whole.read(entry)

    def head(self, entry: Entry, size: int) -> bytes:
        return self.whole.head(entry, size)

    def fingerprint(self, entry: Entry) -> str:
        return self.whole.fingerprint(entry)

    def fetch(self, entry: Entry, target: Path) -> None:
        self.whole.fetch(entry, target)

    def confirm(self, entry: Entry) -> None:
        self.whole.confirm(entry)
