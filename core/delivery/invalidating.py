"""Invalidating: edges of a distribution forget what they have, so that viewers get what is new at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname
from secrets import token_hex
from typing import Any, Protocol, runtime_checkable
from urllib.parse import quote

from core.delivery.cloudfront_asking import asking, cloudfront_client
from core.settings import Settings

#: The provider whose bucket the distribution stands in front of.
BEHIND = "s3"
#: So many paths of a month are free for an account; more than that are put together.
FREE_PATHS = 1_000


@runtime_checkable
class Caches(Protocol):
    """The edges of one distribution."""

    @property
    def id(self) -> str:
        """Of the distribution."""
        ...

    @property
    def is_told(self) -> bool:
        """Whether it is the demo's, which stands in front of a folder; all others stand in front of buckets only."""
        ...

    def invalidate(self, paths: Sequence[str]) -> None:
        """Have these forgotten, which takes some minutes. Raises StorageError."""
        ...


@dataclass(frozen=True)
class CloudFrontCaches:
    """By the account that the settings name."""

    id: str
    settings: Settings
    is_told: bool = False

    def invalidate(self, paths: Sequence[str]) -> None:
        batch = {"Paths": {"Quantity": len(paths), "Items": list(paths)}, "CallerReference": f"phyght-{token_hex(8)}"}
        with asking(self.id):
            self._client.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)

    @cached_property
    def _client(self) -> Any:
        return cloudfront_client(self.settings)


def open_caches(settings: Settings) -> Caches | None:
    """Of the distribution that the settings name; None where they name none."""
    id = settings.cloudfront_distribution_id
    return CloudFrontCaches(id, settings) if id else None


def paths_of(keys: Collection[str]) -> tuple[str, ...]:
    """What to invalidate for objects: each, or where they are many their folders, or where those are, all below one."""
    if len(keys) <= FREE_PATHS:
        return tuple(f"/{quote(key)}" for key in sorted(keys))
    folders = {dirname(key) for key in keys}
    if len(folders) <= FREE_PATHS:
        return tuple(f"/{quote(folder)}/*" if folder else "/*" for folder in sorted(folders))
    return ("/*",)
