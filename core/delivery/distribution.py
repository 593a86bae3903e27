"""Distribution: the configuration of what stands in front of the bucket, read and put back changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from core.delivery.cloudfront_asking import asking, cloudfront_client
from core.settings import Settings


@dataclass(frozen=True)
class Configured:
    """A configuration, as CloudFront's interface has it."""

    config: Mapping[str, Any]
    etag: str  #: another one is another configuration


class Edge(Protocol):
    """One distribution that can be configured here."""

    @property
    def id(self) -> str: ...

    def configured(self) -> Configured:
        """As it is now. Raises StorageError."""
        ...

    def configure(self, config: Mapping[str, Any], etag: str) -> None:
        """Put another configuration in the place of the one with that etag, which takes some minutes to reach edges.

        Raises ObjectChanged where it has another etag by now, RulesRefused where it is not taken, StorageError.
        """
        ...


@dataclass(frozen=True)
class CloudFrontEdge:
    """By the account that the settings name."""

    id: str
    settings: Settings

    def configured(self) -> Configured:
        with asking(self.id):
            told = self._client.get_distribution_config(Id=self.id)
        return Configured(told["DistributionConfig"], told["ETag"])

    def configure(self, config: Mapping[str, Any], etag: str) -> None:
        with asking(self.id):
            self._client.update_distribution(Id=self.id, IfMatch=etag, DistributionConfig=dict(config))

    @cached_property
    def _client(self) -> Any:
        return cloudfront_client(self.settings)


def open_edge(settings: Settings) -> Edge | None:
    """The distribution that the settings name; None where they name none."""
    id = settings.cloudfront_distribution_id
    return CloudFrontEdge(id, settings) if id else None
