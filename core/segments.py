"""Segments: folders of facts that are put into the warehouse whole, known by their checksums, and collected."""

import math
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.checksums import Checked, Checksum
from core.database import Connection, Database, named_queries

_queries: Any = named_queries(__file__)

#: A folder that no pointer names is kept this long: readers may have it open, and writers be about to point to it.
_ORPHAN_SECONDS = 3600


class Shelf:
    """The segments in their folder, each file of which an ingestion hashes once, unless it is touched since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._checked = Checked()

    def holds(self, path: str, written: Mapping[str, Checksum]) -> bool:
        """Whether a segment has its files as they were written."""
        folder = self.folder / path
        return all(self._checked.is_sound(folder / name, checksum.fits) for name, checksum in written.items())

    def place(self, folder: Path, label: str) -> str:
        """Move a folder into the warehouse, so that it is there whole or not at all, even after a power cut; its name.

        The label says to people what lies in it.
        """
        name = f"{label}-{uuid.uuid4().hex}"
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in (*folder.iterdir(), folder):
            _sync(path)
        os.utime(folder)
        folder.rename(self.folder / name)
        _sync(self.folder)
        return name

    def retire(self, path: str) -> None:
        """Date the folder that another takes the place of: readers have from now on to leave it."""
        if (self.folder / path).exists():
            os.utime(self.folder / path)


def checksums(folder: Path, names: Iterable[str]) -> dict[str, Checksum]:
    """Of files of a segment, by their names."""
    return {name: Checksum.of(folder / name) for name in names}


def next_revision(connection: Connection) -> None:
    """Tell every reader that the segments have changed."""
    _queries.next_revision(connection)


def collect_orphans(warehouse_folder: Path, database: Database, now: datetime) -> int:
    """Remove folders that no pointer names; how many."""
    with database.reading() as connection:
        named = {row["path"] for row in _queries.segment_paths(connection)}
    oldest = now.timestamp() - _ORPHAN_SECONDS
    folders = warehouse_folder.iterdir() if warehouse_folder.exists() else []
    orphans = [folder for folder in folders if folder.name not in named and _dated(folder) < oldest]
    for folder in orphans:
        shutil.rmtree(folder, ignore_errors=True)
    return len(orphans)


def _dated(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:  # another ingestion collects too
        return math.inf


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
