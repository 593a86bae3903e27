"""Scenario: what somebody supposes to happen, and which kinds of usage grow with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.billing.cdn_prices import first_usd_per_gb
from core.billing.prices import PriceCatalog
from core.billing.storage_prices import s3_usd_per_gb_month
from core.storage.provider import StorageClass

#: Families of usage that grow with what is watched, and with what is uploaded; storage grows by what is added.
VIEWED = frozenset({"transfer out", "transfer out, cached", "transfer to CloudFront", "requests", "retrieval"})
UPLOADED = frozenset({"transcoding", "functions"})
STORED = "storage"


@dataclass(frozen=True)
class Event:
    """Days on which more is watched than usual."""

    day: date
    factor: float  #: times the usual viewing
    days: int = 1


@dataclass(frozen=True)
class Move:
    """A share of the bytes of one storage class that lies in another from the first day on."""

    share: float  #: 0 to 1
    source: StorageClass
    target: StorageClass


@dataclass(frozen=True)
class Scenario:
    """What is supposed; as it stands here it changes nothing."""

    uploads: float = 1.0  #: times as much is uploaded
    viewing: float = 1.0  #: times as much is watched
    events: tuple[Event, ...] = ()
    moves: tuple[Move, ...] = ()
    prices: Mapping[str, float] = field(default_factory=dict[str, float])  #: percent, by service
    migrated_by: date | None = None  #: when the last video has left Supabase


@dataclass(frozen=True)
class Prices:
    """List prices that a scenario needs, as shares of one another."""

    by_class: Mapping[StorageClass, Decimal]  #: USD for a GB-month in S3
    storage_after: float  #: what storing costs in S3, as a share of what it costs at Supabase beyond the quota
    egress_after: float  #: the same of bytes to viewers, by CloudFront

    @classmethod
    def of(cls, catalog: PriceCatalog, region: str = "us-east-1") -> "Prices":
        """Those of the catalogue: S3's in a region, CloudFront's in the United States beyond what is free."""
        found = {kind: s3_usd_per_gb_month(catalog, region, kind) for kind in StorageClass}
        by_class = {kind: price for kind, price in found.items() if price is not None}
        meters = catalog.supabase("pro").meters
        return cls(
            by_class,
            float(by_class[StorageClass.STANDARD] / meters["storage"].usd_per_gb),
            float(first_usd_per_gb(catalog) / meters["egress"].usd_per_gb),
        )
