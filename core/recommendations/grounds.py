"""Grounds: what rules look at, and the few questions that several of them ask."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from core.actions.money import Money
from core.billing.prices import PriceCatalog
from core.billing.storage_prices import StoragePrices
from core.database import Database
from core.errors import PriceUnknown, StorageError
from core.recommendations.class_prices import ClassPrices
from core.settings import Settings
from core.storage.provider import StorageClass
from core.storage.providers import Providers, called
from core.warehouse import Warehouse

log = logging.getLogger(__name__)

_BUCKETS = """
    SELECT bucket, max(day) AS newest, min(day) AS oldest FROM inventory WHERE provider = 'AWS' GROUP BY ALL
    ORDER BY bucket
"""
_REGIONS = """
    SELECT resource_id, max(region_id) FROM monthly_charges
    WHERE provider_name = 'AWS' AND resource_id IS NOT NULL AND region_id IS NOT NULL AND usage_family LIKE 'storage%'
    GROUP BY ALL HAVING count(DISTINCT region_id) = 1
"""


@dataclass(frozen=True)
class Bucket:
    """A bucket of S3 that inventories list."""

    name: str
    newest: date  #: of its inventories
    oldest: date
    region: str  #: empty: nobody tells
    provider: str  #: what it is called in this installation; empty: it is not configured here

    @property
    def place(self) -> str:
        """Where an action would be done."""
        return self.provider or self.name

    @property
    def at(self) -> str:
        """What people are told of where it is: the bucket, and what commands call it where that is another name."""
        return called(self.name, self.provider)


@dataclass(frozen=True)
class Stored:
    """Objects of a bucket that are alike, by its newest inventory."""

    video: str
    rung: str
    storage_class: StorageClass
    tier: str
    objects: int
    size_bytes: int
    billable_bytes: int
    key: str = ""  #: of one object; empty of several
    written_at: datetime | None = None  #: None: nobody has said so; asked only of what a class holds for least days


@dataclass(frozen=True)
class Grounds:
    """Of one installation, as it is now."""

    database: Database
    warehouse: Warehouse
    providers: Providers
    prices: PriceCatalog
    settings: Settings
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    @cached_property
    def buckets(self) -> tuple[Bucket, ...]:
        """Those of S3 that inventories list. The region is the provider's, else that of the bill."""
        billed = billed_regions(self.warehouse)
        found = self.warehouse.query(_BUCKETS)
        return tuple(Bucket(name, new, old, *self._place(name, billed)) for name, new, old in found)

    def _place(self, bucket: str, billed: Mapping[str, str]) -> tuple[str, str]:
        """Its region, and what it is called here."""
        provider = self.providers.holding(bucket)
        is_here = provider is not None and provider.name.startswith("s3")
        return (provider.region, provider.name) if provider and is_here else (billed.get(bucket, ""), "")

    def class_prices(self, bucket: Bucket) -> ClassPrices:
        """Raises PriceUnknown where nobody tells the bucket's region."""
        if not bucket.region:
            raise PriceUnknown(
                f"Neither a provider nor a bill tells in which region the bucket {bucket.name} lies.",
                "Connect it, or ingest a bill with resource ids.",
            )
        return ClassPrices(self.prices, bucket.region)

    def money(self, bucket: Bucket) -> Money:
        """What S3 bills there, as actions work it out. Raises PriceUnknown where nobody tells the bucket's region."""
        return Money(self.storage_prices, "s3", self.class_prices(bucket).region)

    def written(self, place: str) -> Mapping[str, datetime]:
        """When each object at a provider was written, by its own listing, which is asked for once; empty where it does
        not answer.
        """
        if place not in self._written:
            provider = next((each for each in self.providers.all if each.name == place), None)
            try:
                self._written[place] = {each.key: each.modified_at for each in provider.list()} if provider else {}
            except StorageError as error:
                log.warning("Nobody knows how old objects at %s are: %s", place, error)
                self._written[place] = {}
        return self._written[place]

    @cached_property
    def _written(self) -> dict[str, Mapping[str, datetime]]:
        return {}

    @property
    def storage_prices(self) -> StoragePrices:
        return StoragePrices(self.prices, self.settings.supabase_plan, self.settings.supabase_gb_bytes)

    def stored(self, bucket: Bucket, where: str) -> Iterator[Stored]:
        """What the bucket's newest inventory lists, as far as a condition holds."""
        rows = self.warehouse.query(
            f"""SELECT video, rung, storage_class, access_tier, sum(objects)::BIGINT, sum(bytes)::BIGINT,
                sum(billable_bytes)::BIGINT
            FROM inventory WHERE provider = 'AWS' AND bucket = $bucket AND day = $day AND ({where})
            GROUP BY ALL ORDER BY ALL""",
            {"bucket": bucket.name, "day": bucket.newest},
        )
        for video, rung, storage_class, tier, *sizes in rows:
            yield Stored(video, rung, class_named(storage_class), tier, *sizes)

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days)


def billed_regions(warehouse: Warehouse) -> Mapping[str, str]:
    """The region of each bucket by its name, as far as bills tell of resources."""
    return dict(warehouse.query(_REGIONS))


def class_named(text: str) -> StorageClass:
    """What an inventory calls it; an inventory without classes is of a bucket whose class nobody states."""
    try:
        return StorageClass(text or StorageClass.STANDARD)
    except ValueError:
        raise PriceUnknown(f"The storage class {text} has no price in the catalogue.", "It is left alone.") from None


def not_here(bucket: Bucket) -> str:
    """Why nothing can be done in a bucket that this installation does not have; empty where it has it."""
    if bucket.provider:
        return ""
    return f"The bucket {bucket.name} is not connected here: set S3_BUCKET or S3_RESIDENCY_BUCKETS to change it."
