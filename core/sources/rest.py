"""Rest: a source without the files that somebody has taken out of it."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from core.sources.source import Entry, Source


@dataclass(frozen=True)
class Rest:
    """What is left of a source."""

    source: Source
    taken: bool = False  #: whether something was taken out


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
