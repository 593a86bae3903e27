"""Workspace: a scratch folder and a DuckDB of bounded memory, for one ingestion."""

import errno
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.errors import DeliveryRefused, DiskFull

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
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_workspace(home: Path, memory_mb: int) -> Iterator[Workspace]:
    """A workspace below the home folder, on the same disk as the warehouse."""
    scratch = home / "scratch"
    with disk_errors(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
        _sweep(scratch)
        folder = Path(tempfile.mkdtemp(dir=scratch))
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = duckdb.connect(config={"threads": 2, "memory_limit": f"{memory_mb}MB"})
        try:
            connection.execute("SET timezone = 'UTC'; SET preserve_insertion_order = false")
            connection.execute("SET temp_directory = $1", [str(folder / "spill")])
            yield Workspace(folder, connection)
        finally:
            connection.close()
            shutil.rmtree(folder, ignore_errors=True)


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


def _sweep(scratch: Path) -> None:
    """Remove what killed ingestions left: their locks are free."""
    for folder in scratch.iterdir():
        lock = folder / "lock"
        if not lock.exists():
            continue  # just being made, or just being removed
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)
