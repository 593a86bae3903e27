"""Room: how much a provider still takes, asked before the first byte is sent."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from core.billing.prices import PriceCatalog
from core.database import Database
from core.errors import DiskFull, SizeRefused
from core.settings import Settings, SupabasePlan
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider
from core.units import size_in_words
from core.uploads.new_file import NewFile
from core.uploads.store import queries


@dataclass(frozen=True)
class Room:
    """What the providers of one installation still take."""

    database: Database
    prices: PriceCatalog
    settings: Settings

    def require(self, provider: StorageProvider, file: NewFile) -> None:
        """Raises DiskFull or SizeRefused where the provider would run full of the file."""
        if isinstance(provider, LocalProvider):
            _require_disk(provider.folder, file)
        elif provider.name == "supabase" and self.settings.supabase_plan is SupabasePlan.FREE:
            self._require_quota(file)

    def _require_quota(self, file: NewFile) -> None:
        included_gb = self.prices.supabase(SupabasePlan.FREE).meters["storage"].included_gb
        left = int(included_gb * self.settings.supabase_gb_bytes) - self._taken()
        if file.size_bytes > left:
            raise SizeRefused(
                f"Supabase's free plan has {size_in_words(max(left, 0))} of {included_gb} GB left; {file.name!r} has "
                f"{size_in_words(file.size_bytes)}.",
                "Set S3_BUCKET, move to the Pro plan, or delete what is not needed.",
            )

    def _taken(self) -> int:
        """What lies there, as measured or as recorded, whichever is more; and what is on its way."""
        from core.billing.supabase_measure import measured_bytes  # here: other providers need none of it

        with self.database.reading() as connection:
            recorded = queries.bytes_stored(connection, provider="supabase")["bytes"]
            under_way = queries.bytes_under_way(connection, provider="supabase")["bytes"]
        return max(recorded, measured_bytes(self.database)) + under_way


def _require_disk(folder: Path, file: NewFile) -> None:
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free
    if file.size_bytes > free:
        raise DiskFull(
            f"The disk that holds {folder} has {size_in_words(free)} left; {file.name!r} has "
            f"{size_in_words(file.size_bytes)}.",
            "Free some space, or set S3_BUCKET.",
        )
