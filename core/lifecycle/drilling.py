"""Drilling: what a worker does with a drill: each object is read in full to this machine's disk, and compared."""

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

from core.database import Database, named_queries
from core.errors import (
    DiskFull,
    ObjectArchived,
    ObjectCorrupt,
    ObjectNotFound,
    PhyghtError,
    StorageError,
    StorageUnreachable,
)
from core.lifecycle.backups import backups
from core.lifecycle.drill import Outcome
from core.storage import disk
from core.storage.checksums import Tally
from core.storage.patience import Patience
from core.storage.provider import StorageProvider
from core.storage.providers import Providers
from core.units import instant_text

_queries: Any = named_queries(__file__, "drills.sql")
_ATTEMPTS = 4

log = logging.getLogger(__name__)


class Driller:
    """Reads in a worker."""

    def __init__(
        self,
        database: Database,
        providers: Providers,
        home: Path,
        clock: Callable[[], datetime],
        pause: Callable[[float], object] = sleep,
    ) -> None:
        self._database, self._providers, self._home = database, providers, home
        self._clock, self._pause = clock, pause

    def run(self, id: str, called_off: Callable[[], bool]) -> None:
        """Read what was not read yet; safe to repeat."""
        with self._database.reading() as connection:
            rows = list(_queries.waiting(connection, drill_id=id))
        places = {each.name: each.provider for each in backups(self._database, self._providers)} if rows else {}
        patience = Patience(self._pause, called_off, _ATTEMPTS)
        for row in rows:
            if called_off():
                break
            self._note(id, row["position"], *self._try(places.get(row["place"]), row, patience))
        with self._database.transaction() as connection:
            _queries.done(connection, id=id, at=instant_text(self._clock()))

    def _try(self, provider: StorageProvider | None, row: Any, patience: Patience) -> tuple[Outcome, str, int]:
        """One object must not keep the others from being read."""
        try:
            if provider is None:
                raise StorageUnreachable(f"{row['place']} is no backup any more.", "")
            return patience.persist(lambda: self._restored(provider, row))
        except ObjectNotFound as error:
            return Outcome.MISSING, error.message, 0
        except ObjectArchived as error:
            return Outcome.ARCHIVED, f"{error.message} {error.advice}", 0
        except ObjectCorrupt as error:
            return Outcome.DIFFERENT, error.message, 0
        except (StorageError, DiskFull) as error:
            return Outcome.UNREADABLE, f"{error.message} {error.advice}".strip(), 0
        except PhyghtError as error:
            return Outcome.UNREADABLE, error.message, 0
        except Exception as error:  # its own words may hold a signed address
            log.exception("%s", row["key"])
            return Outcome.UNREADABLE, f"Something unforeseen went wrong ({type(error).__name__}).", 0

    def _restored(self, provider: StorageProvider, row: Any) -> tuple[Outcome, str, int]:
        there = provider.head(row["key"])
        if not there.storage_class.instant and there.restored_until is None:
            raise ObjectArchived(f"It lies in {there.storage_class}.", "Restore it first, which takes hours and a fee.")
        tally, sha256 = Tally(), hashlib.sha256()
        with disk.explained(self._home), TemporaryDirectory(dir=self._emptied()) as made:
            folder = Path(made)
            chunks = tally.passing(provider.read(row["key"], etag=there.etag))
            disk.write_durably(folder / "restored", _hashed(chunks, sha256) if row["sha256"] else chunks)
            written = (folder / "restored").stat().st_size
        known = [("SHA-256", row["sha256"], sha256.hexdigest()), ("CRC64NVME", row["crc64nvme"], str(tally.crc64nvme))]
        return (*_judged(row["size_bytes"], written, known), written)

    def _emptied(self) -> Path:
        """Where it is restored to, without what a killed worker left: there is one drill at a time."""
        folder = self._home / "restored"
        shutil.rmtree(folder, ignore_errors=True)
        disk.make_folder(folder)
        return folder

    def _note(self, id: str, position: int, outcome: Outcome, detail: str, read_bytes: int) -> None:
        found = {"outcome": outcome, "detail": detail, "read_bytes": read_bytes}
        with self._database.transaction() as connection:
            _queries.found(connection, drill_id=id, position=position, **found)


def _judged(expected: int, written: int, known: Iterable[tuple[str, str | None, str]]) -> tuple[Outcome, str]:
    """By its size, and each checksum that the catalogue knows."""
    if expected != written:
        return Outcome.DIFFERENT, f"It has {written:,} bytes, and the catalogue knows {expected:,}."
    proofs = [(name, there == found) for name, there, found in known if there is not None]
    if wrong := [name for name, same in proofs if not same]:
        return Outcome.DIFFERENT, f"Its {wrong[0]} is not the one that the catalogue knows."
    if not proofs:
        return Outcome.WHOLE, "It has the right size; the catalogue knows no checksum of it."
    return Outcome.PROVEN, " and ".join(name for name, _ in proofs)


def _hashed(chunks: Iterable[bytes], sha256: Any) -> Iterator[bytes]:
    for chunk in chunks:
        sha256.update(chunk)
        yield chunk
