"""Replication money: what copying to another bucket costs a month, if as much is written as in the last days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.actions.money import NOTHING, Money, by_class, total
from core.billing.request_prices import s3_between_regions_usd_per_gb, s3_replicated_in_time_usd_per_gb
from core.storage.provider import StorageClass, StoredObject
from core.storage.replication import ReplicationRule
from core.units import GIB

#: What is written in so many days is taken for a month's.
MONTH_DAYS = 30


@dataclass(frozen=True)
class Written:
    """What lies below a rule's prefix, and how much of it is new."""

    objects: int
    size_bytes: int
    new: tuple[StoredObject, ...]  #: of the last 30 days

    @property
    def new_bytes(self) -> int:
        return sum(each.size_bytes for each in self.new)


@dataclass(frozen=True)
class Part:
    """USD a month; None: the catalogue lacks a price."""

    name: str
    usd: Decimal | None


def written(listed: Iterable[StoredObject], now: datetime) -> Written:
    """Of a bucket's listing."""
    objects, size, new = 0, 0, list[StoredObject]()
    for each in listed:
        objects, size = objects + 1, size + each.size_bytes
        if each.modified_at > now - timedelta(MONTH_DAYS):
            new.append(each)
    return Written(objects, size, tuple(new))


def parts(source: Money, target: Money, rule: ReplicationRule, of: Written) -> tuple[Part, ...]:
    """What a month's new objects cost: kept for a month at the target, and brought there."""
    if not source.is_s3:
        return ()
    return tuple(_parts(source, target, rule, of))


def usd(found: Iterable[Part]) -> Decimal | None:
    """All of them."""
    return total(*(each.usd for each in found))


def _parts(source: Money, target: Money, rule: ReplicationRule, of: Written) -> Iterator[Part]:
    catalog, new_gb = source.storage.catalog, Decimal(of.new_bytes) / GIB
    copies = by_class((_class(rule, each), each.size_bytes) for each in of.new)
    yield Part("storage of copies", total(*(target.monthly_usd(kind, sizes) for kind, sizes in copies.items())))
    yield Part("requests", total(*(target.write_usd(kind, len(sizes)) for kind, sizes in copies.items())))
    read = by_class((each.storage_class, each.size_bytes) for each in of.new)
    yield Part("retrieval", total(*(source.retrieval_usd(kind, sum(sizes)) for kind, sizes in read.items())))
    between = s3_between_regions_usd_per_gb(catalog, source.region, target.region)
    yield Part("transfer between regions", _times(between, new_gb))
    if rule.in_time:
        yield Part("replication in time", _times(s3_replicated_in_time_usd_per_gb(catalog, source.region), new_gb))


def _class(rule: ReplicationRule, each: StoredObject) -> StorageClass:
    return StorageClass(rule.storage_class) if rule.storage_class else each.storage_class


def _times(price: Decimal | None, amount: Decimal) -> Decimal | None:
    if not amount:
        return NOTHING
    return None if price is None else price * amount
