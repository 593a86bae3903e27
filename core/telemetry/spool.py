"""Spool: what players have told, a line each, until it is ingested and its days are over."""

import json
import logging
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from core.errors import DiskFull
from core.telemetry.cmcd import Value
from core.telemetry.salts import KEPT
from core.units import MIB, instant_text

log = logging.getLogger(__name__)

#: A session may last over midnight, so that a file is needed for the day behind its own, which the next one tells of.
_NEEDED = timedelta(days=2)


class Mode(StrEnum):
    """How a report came."""

    EVENT = "event"  #: by itself, when something happened (version 2)
    REQUEST = "request"  #: with a request for a piece of the video


@dataclass(frozen=True)
class Teller:
    """What is kept of who tells: too little to know anybody by."""

    country: str = ""  #: ISO 3166 alpha-2; empty: unknown
    device: str = "other"
    percent: float = 100  #: of all players that report


@dataclass(frozen=True)
class Spool:
    """Files below a folder, one a day, that only grow; what would make them too large is let go."""

    folder: Path
    day_bytes: int = 64 * MIB
    all_bytes: int = 512 * MIB

    def add(self, reports: Iterable[Mapping[str, Value]], mode: Mode, now: datetime, teller: Teller = Teller()) -> int:
        """Keep what was told, without a word of who told it; returns how many reports were kept.

        Raises DiskFull.
        """
        lines = [_line(report, mode, now, teller) for report in reports]
        content = b"".join(lines)
        if not content or not self._fits(len(content), now):
            return 0
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._file(now).open("ab", buffering=0) as file:
                file.write(content)  # one call: lines of several processes do not mix
        except OSError as error:
            raise DiskFull(f"{self.folder} cannot be written: {error.strerror}.", "Free some space.") from error
        return len(lines)

    def _fits(self, size_bytes: int, now: datetime) -> bool:
        sizes = {file: file.stat().st_size for file in self.folder.glob("cmcd-*.jsonl")}
        today = sizes.get(self._file(now), 0)
        if today + size_bytes <= self.day_bytes and sum(sizes.values()) + size_bytes <= self.all_bytes:
            return True
        log.warning("What players tell is not kept: %s is full.", self.folder)
        return False

    def let_go(self, read: Container[str], today: date) -> list[str]:
        """Remove files that were made into sessions and are needed no more; their names.

        Those that are as old as the salts that their sessions are hashed with, and the oldest ones while all together
        take more than half of the room. `read`: names of files of which nothing has come since they were ingested.
        """
        files = self._files()
        sizes = {day: file.stat().st_size for day, file in files.items()}
        let_go: list[str] = []
        for day, file in files.items():
            around = [other for each, other in files.items() if each <= day + _NEEDED]
            if day + _NEEDED >= today or not all(other.name in read for other in around):
                break
            if today - day > KEPT or sum(sizes.values()) > self.all_bytes / 2:
                file.unlink(missing_ok=True)
                del sizes[day]
                let_go.append(file.name)
        return let_go

    def _files(self) -> dict[date, Path]:
        """Of each UTC day its file, the oldest first."""
        found = {day: file for file in self.folder.glob("cmcd-*.jsonl") if (day := _day(file))}
        return dict(sorted(found.items()))

    def _file(self, now: datetime) -> Path:
        return self.folder / f"cmcd-{now.astimezone(UTC):%Y-%m-%d}.jsonl"


def _day(file: Path) -> date | None:
    """The UTC day that a file is of; None where its name does not say."""
    try:
        return datetime.strptime(file.name, "cmcd-%Y-%m-%d.jsonl").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _line(report: Mapping[str, Value], mode: Mode, now: datetime, teller: Teller) -> bytes:
    told = {"received_at": instant_text(now), "mode": mode, **asdict(teller), "cmcd": report}
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"
