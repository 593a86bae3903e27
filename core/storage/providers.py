"""Providers: the ones that the settings describe, by name; a folder of this machine while they describe none."""

import os
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.errors import StorageUnreachable
from core.settings import Settings
from core.storage import disk
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider


@dataclass(frozen=True)
class Providers:
    """The providers of an installation."""

    all: tuple[StorageProvider, ...]  #: for new objects the first one first
    stands_for: Mapping[str, str] = field(default_factory=dict)  #: names by buckets that others call theirs

    def holding(self, bucket: str) -> StorageProvider | None:
        """The provider that holds what bills and inventories say of a bucket; None where none is configured."""
        name = self.stands_for.get(bucket, "")
        return next((each for each in self.all if each.name == name or each.bucket == bucket), None)

    def named(self, name: str) -> StorageProvider:
        """The provider that copies are recorded under. Raises StorageUnreachable where it is configured no more."""
        for provider in self.all:
            if provider.name == name:
                return provider
        raise StorageUnreachable(
            f"The storage provider {name!r} is not configured.", "Set its variables as .env.example shows."
        )


def open_providers(settings: Settings, home: Path, clock: Callable[[], datetime]) -> Providers:
    """What the settings describe; nothing is asked over the network yet.

    What was stored in this machine's folder before anything was connected can still be reached there.
    """
    found = list(configured(settings, clock))
    if not found or (home / "storage").exists():
        found += open_local(home, clock).all
    return Providers(tuple(found))


def configured(settings: Settings, clock: Callable[[], datetime]) -> Iterator[StorageProvider]:
    """The providers that the settings name, without this machine's folder."""
    yield from _s3(settings, clock)
    yield from _supabase(settings, clock)


def _s3(settings: Settings, clock: Callable[[], datetime]) -> Iterator[StorageProvider]:
    places = [text.replace("@", "=").split("=") for text in settings.s3_residency_buckets]
    if not settings.s3_bucket and not places:
        return
    from core.storage.s3 import S3Provider  # here: its libraries take a third of a second to import
    from core.storage.s3_bucket import S3Bucket

    if settings.s3_bucket:
        yield S3Provider("s3", S3Bucket(settings.s3_bucket, settings.aws_region, settings), clock)
    for residency, bucket, region in places:
        yield S3Provider(f"s3-{residency.lower()}", S3Bucket(bucket, region, settings), clock, residency)


def _supabase(settings: Settings, clock: Callable[[], datetime]) -> Iterator[StorageProvider]:
    url, key, bucket = settings.supabase_url, settings.supabase_service_role_key, settings.supabase_bucket
    if not (url and key and bucket):
        return
    from core.storage.supabase import SupabaseProvider  # here: its libraries take a second to import

    yield SupabaseProvider(url, key.get_secret_value(), bucket, clock, settings.supabase_residency.upper())


def open_local(home: Path, clock: Callable[[], datetime]) -> Providers:
    """The folder below the home, and nothing else."""
    return Providers((LocalProvider(home / "storage", secret_key(home), clock),))


def secret_key(home: Path) -> bytes:
    """32 random bytes that are this installation's own, and stay the same; made where there are none."""
    file = home / "secret.key"
    with disk.explained(home):
        if not file.exists():
            _make_secret(file)
        return file.read_bytes()


def _make_secret(file: Path) -> None:
    disk.make_folder(file.parent)
    new = file.with_name(f"secret-{uuid.uuid4().hex}")
    try:
        new.touch(mode=0o600)
        new.write_bytes(secrets.token_bytes(32))
        os.link(new, file)  # where two processes start at once, the first one's is kept
        disk.sync_folder(file.parent)
    except FileExistsError:
        return
    finally:
        new.unlink(missing_ok=True)


def called(bucket: str, provider: str) -> str:
    """What people are told of a place: its bucket, and what this installation calls it, where that is another name.

    Such as: videos (s3).
    """
    return bucket if provider in ("", bucket) else f"{bucket} ({provider})"
