"""Growing: files that are written to while they are read, of which only whole lines count."""

from dataclasses import dataclass
from pathlib import Path

from core.sources.source import Entry, Source


@dataclass(frozen=True)
class Growing:
    """A source whose files only grow: what they had when they were listed is read, whatever came since."""

    source: Source

    @property
    def address(self) -> str:
        return self.source.address

    def entries(self) -> list[Entry]:
        return self.source.entries()

    def read(self, entry: Entry) -> bytes:
        return self.source.head(entry, entry.size)

    def head(self, entry: Entry, size: int) -> bytes:
        return self.source.head(entry, size)

    def fingerprint(self, entry: Entry) -> str:
        return self.source.fingerprint(entry)

    def fetch(self, entry: Entry, target: Path) -> None:
        """All whole lines; the last one may be under way."""
        content = self.read(entry)
        target.write_bytes(content[: content.rfind(b"\n") + 1])

    def confirm(self, entry: Entry) -> None:
        """What was listed stays as it is."""
