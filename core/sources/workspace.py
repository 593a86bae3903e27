"""Workspace: a scratch folder and a DuckDB of bounded memory, for one ingestion."""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.errors import DeliveryRefused, DiskFull

#: Below the home folder: what ingestions that are under way need.
SCRATCH = "scratch"
_NO_SPACE = (
    "No space left on device",
    "out of disk",
    "File too large",
    "Disk quota exceeded",
    "max_temp_directory_size",
)


@dataclass(frozen=True)
class Workspace:
    """Where one ingestion works; gone when it ends, swept by the next one when it is killed."""

    folder: Path
    connection: duckdb.DuckDBPyConnection

    @contextmanager
    def fresh_folder(self) -> Iterator[Path]:
        """A folder for one delivery."""
        with disk_errors(self.folder):
            folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_workspace(home: Path, memory_mb: int) -> Iterator[Workspace]:
    """A workspace below the home folder, on the same disk as the warehouse."""
    with held_folder(home / SCRATCH) as folder:
        # one thread: two would each gather nearly every sum, and what then exceeds the memory is spilled
        connection = duckdb.connect(config={"threads": 1, "memory_limit": f"{memory_mb}MB"})
        try:
            connection.execute("SET timezone = 'UTC'; SET preserve_insertion_order = false")
            connection.execute("SET temp_directory = $1", [str(folder / "spill")])
            yield Workspace(folder, connection)
        finally:
            connection.close()


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Raise DiskFull where a write fails for lack of space."""
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        if full or any(text in str(error) for text in _NO_SPACE):
            raise DiskFull(f"The disk that holds {place} is full.", "Free some space, then run it again.") from error
        raise


@contextmanager
def reading_errors(name: str) -> Iterator[None]:
    """Raise DeliveryRefused, naming the file, where its content is not what a bill's is."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise DeliveryRefused(
            f"{name} needs more memory than it may have.", "Raise PHYGHT_INGEST_MEMORY_MB."
        ) from error
    except duckdb.ConversionException as error:
        raise DeliveryRefused(
            f"{name} holds a value of the wrong type: {_first_line(error)}", "Export it anew."
        ) from error
    except duckdb.Error as error:
        raise DeliveryRefused(
            f"{name} cannot be read: {_first_line(error)}", "Copy it again, or export it anew."
        ) from error


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()[0].removeprefix("Conversion Error: ").removeprefix("Invalid Input Error: ")
    return text[:200] if text.endswith(".") else f"{text[:200]}."


@contextmanager
def held_folder(scratch: Path, name: str | None = None) -> Iterator[Path]:
    """A folder that is held by a lock, made once those of killed ingestions are gone."""
    with disk_errors(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
        with _held(scratch):  # nobody sweeps a folder that is made and not yet held
            for left in scratch.iterdir():
                _sweep(left)
            folder = _made(scratch / name) if name else Path(tempfile.mkdtemp(dir=scratch))
            holding = _hold(folder, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(holding)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def is_held(folder: Path) -> bool:
    """Whether the one who made the folder is at work still."""
    try:
        os.close(_hold(folder, fcntl.LOCK_EX | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    descriptor = _hold(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def _hold(folder: Path, how: int) -> int:
    # a folder is its own lock: there is no file to make where the disk is full, or to be left behind
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _sweep(folder: Path) -> None:
    """Remove a folder that nobody holds: whoever made it was killed."""
    try:
        descriptor = _hold(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        return  # it is in use, or has just been removed
    shutil.rmtree(folder, ignore_errors=True)
    os.close(descriptor)
