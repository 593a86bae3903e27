"""Folders: the demo's own, and those in the place of Supabase and S3, so that videos can be moved between them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from core.demo.lines import US
from core.storage.local import LocalProvider
from core.storage.providers import Providers, open_local, secret_key

#: The providers `supabase` and `s3` of the demo's library are only told of; these are there.
SOURCE, TARGET = "demo-supabase", "demo-s3"
#: As the bandwidth of a migration: so slow that it can be watched.
TIMETABLE = "256K"


def open_folders(home: Path, clock: Callable[[], datetime]) -> Providers:
    """The demo's own folder, which takes uploads, and the two that videos are moved between."""
    secret = secret_key(home)
    source = LocalProvider(home / "storage-supabase", secret, clock, SOURCE)
    source.bucket = SOURCE
    return Providers((*open_local(home, clock).all, source, open_target(home, clock)))


def open_target(home: Path, clock: Callable[[], datetime]) -> LocalProvider:
    """The one in the place of S3."""
    target = LocalProvider(home / "storage-s3", secret_key(home), clock, TARGET, region=US)
    target.bucket = TARGET
    return target
