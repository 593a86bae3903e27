"""Salts: what sessions' names are hashed with, another for each day; thrown away, no hash leads back to a name."""

import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from core.telemetry.datasets import Place

#: How long a salt is kept from when it was made: a day's late lines and its logs are hashed with the same one.
KEPT = timedelta(days=14)


@dataclass(frozen=True)
class Salts:
    """Files of a folder that only its owner may read; each is as old as its file says."""

    folder: Path

    def of(self, day: date) -> str:
        """The salt of a day, in hexadecimal; made now where there is none, or none any more."""
        file = self.folder / day.isoformat()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = self.folder / f".{secrets.token_hex(8)}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32))
        try:
            os.link(made, file)  # of two who make it at once, one is first, and both read what it made
        except FileExistsError:
            pass
        finally:
            made.unlink()
        return file.read_text()

    def throw_away(self, now: datetime) -> None:
        """Forget what was made long enough ago."""
        for file in self.folder.glob("*"):
            if now.timestamp() - file.stat().st_mtime > KEPT.total_seconds():
                file.unlink(missing_ok=True)


def salts_of(place: Place) -> Salts:
    """An installation's own, beside its warehouse."""
    return Salts(place.shelf.folder.parent / "salts")


def session_hash(name: str, salt: str) -> str:
    """SQL for what is kept of a session's name."""
    return f"left(sha256({salt} || {name}), 16)"
