"""Invalidating: edges of a distribution forget what they have, so that viewers get what is new at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname
from secrets import token_hex
from typing import Any, Protocol
from urllib.parse import quote

from core.errors import StorageBusy, StorageDenied, StorageUnreachable
from core.settings import Settings

#: The provider whose bucket the distribution stands in front of.
BEHIND = "s3"
#: So many paths of a month are free for an account; more than that are put together.
FREE_PATHS = 1_000
_BUSY = ("TooManyInvalidationsInProgress", "Throttling", "ThrottlingException", "ServiceUnavailable")
_DENIED = ("AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken")


class Caches(Protocol):
    """The edges of one distribution."""

    @property
    def id(self) -> str:
        """Of the distribution."""
        ...

    def invalidate(self, paths: Sequence[str]) -> None:
        """Have these forgotten, which takes some minutes. Raises StorageError."""
        ...


@dataclass(frozen=True)
class CloudFrontCaches:
    """By the account that the settings name."""

    id: str
    settings: Settings

    def invalidate(self, paths: Sequence[str]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        batch = {"Paths": {"Quantity": len(paths), "Items": list(paths)}, "CallerReference": f"phyght-{token_hex(8)}"}
        try:
            self._client.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)
        except ClientError as error:
            raise _explained(self.id, str(error.response["Error"]["Code"])) from error
        except BotoCoreError as error:
            raise StorageUnreachable(
                f"CloudFront cannot be reached ({type(error).__name__}).", "Check the network, and go on."
            ) from error

    @cached_property
    def _client(self) -> Any:
        from botocore.config import Config

        from core.storage.s3_client import aws_client  # here: boto3 takes time to import

        config = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=10, read_timeout=30)
        return aws_client("cloudfront", self.settings, "us-east-1", config)


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


def _explained(id: str, code: str) -> Exception:
    if code in _BUSY:
        return StorageBusy(f"CloudFront is busy ({code}).", "It is tried again.")
    if code in _DENIED:
        cure = "Allow cloudfront:CreateInvalidation on the distribution."
        return StorageDenied(f"The caches of {id} may not be invalidated ({code}).", cure)
    if code == "NoSuchDistribution":
        return StorageUnreachable(f"There is no distribution {id}.", "Correct CLOUDFRONT_DISTRIBUTION_ID.")
    return StorageUnreachable(f"CloudFront does not invalidate ({code}).", "See what AWS says of that code.")
