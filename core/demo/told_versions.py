"""Told versions: the demo's bucket for what comes in, which keeps what was replaced; all of it but the bytes."""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from core.costs.period import add_months, midnight
from core.demo.buckets import UPLOADS
from core.demo.inventories import replaced
from core.demo.lines import US
from core.storage import disk
from core.storage.abilities import ObjectVersion
from core.storage.local import LocalProvider
from core.storage.provider import StorageClass

NAME = "s3-uploads"


class ToldVersions(LocalProvider):
    """Each of its noncurrent versions is there until somebody removes it, of which a file is on record."""

    def __init__(self, folder: Path, secret: bytes, clock: Callable[[], datetime]) -> None:
        super().__init__(folder, secret, clock, NAME, region=US)
        self.bucket = UPLOADS.name
        self._gone = folder / "removed-versions"

    def keeps_versions(self) -> bool:
        return True

    def versions(self, prefix: str = "") -> Iterator[ObjectVersion]:
        """What the demo's inventories list as noncurrent, since the month before the last."""
        since = midnight(add_months(self._clock().date().replace(day=1), -2))
        for key, size in sorted(replaced()):
            if key.startswith(prefix) and not self._file(key).exists():
                id = _version(key)
                yield ObjectVersion(
                    key, id, size, id, since, StorageClass.STANDARD, is_latest=False, is_delete_marker=False,
                    noncurrent_since=since,
                )  # fmt: skip

    def locks_versions(self) -> bool:
        return False

    def is_locked(self, key: str, version_id: str, now: datetime) -> bool:
        return False

    def remove_version(self, key: str, version_id: str) -> None:
        if version_id == _version(key):
            disk.make_folder(self._gone)
            self._file(key).touch()

    def _file(self, key: str) -> Path:
        return self._gone / _version(key)


def _version(key: str) -> str:
    return sha256(key.encode(errors="surrogatepass")).hexdigest()[:32]
