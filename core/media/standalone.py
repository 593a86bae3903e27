"""Standalone: packages a file into a folder, with no platform around."""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import DiskFull, MediaError, PackagingFailed
from core.media.folder import REPORT, files_of, write_folder
from core.media.package import Order, Packager, Progress


def package_into(order: Order, folder: Path, on_progress: Callable[[Progress], None]) -> dict[str, Any]:
    """Package a file into a folder, in place of an older package there; returns what media.json says.

    Nothing is left over of a file that cannot be packaged; of a run that was killed, what the next one goes on with.
    Raises MediaError, and DiskFull.
    """
    folder = folder.resolve()
    with _explained(folder), _workshop(folder) as work:
        packager = Packager(order, work, on_progress, lambda: False)
        packager.prepare()
        packager.picture()
        packager.encode()
        made = packager.made()
        report = write_folder(made, work)
        _put([*files_of(made), REPORT], work, folder)
    return report


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A hidden folder beside it; it is gone in the end, but for when somebody may go on with it."""
    ancestor = next(each for each in folder.parents if each.exists())
    work = ancestor / f".{folder.name}.packaging"
    work.mkdir(exist_ok=True)
    try:
        with _alone_in(work):
            yield work
    except MediaError:
        shutil.rmtree(work)
        raise
    shutil.rmtree(work)


@contextmanager
def _alone_in(work: Path) -> Iterator[None]:
    descriptor = os.open(work, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _put(names: list[str], work: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stale = set(_packaged(folder)) - set(names)
    for name in names:  # media.json is the last: with it the package is whole
        (work / name).replace(folder / name)
    for name in stale:
        (folder / name).unlink(missing_ok=True)


def _packaged(folder: Path) -> list[str]:
    """The files of the package that is there already."""
    report = folder / REPORT
    try:
        told = json.loads(report.read_text())
        return [name for name in told["files"] if name == Path(name).name]
    except (OSError, ValueError, KeyError, TypeError):  # none is, or it is somebody else's media.json
        return []


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"The disk that holds {folder} is full.", "Free some space and try again.") from error
        raise PackagingFailed(
            f"{folder} cannot be written: {error.strerror}.", "Name a folder that may be written."
        ) from error
