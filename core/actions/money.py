"""Money: what storing, moving, copying and removing objects costs at list price.

Every amount is None where the catalogue has no price for it: nothing is guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from core.billing.class_rules import ARCHIVED_NAME_BYTES, RESTORED_DAYS, RULES
from core.billing.request_prices import s3_fee, s3_tag_month_usd
from core.billing.storage_prices import StoragePrices, billed_as
from core.storage.provider import SMALLEST_BILLED_BYTES, StorageClass, StorageProvider
from core.units import GIB

NOTHING = Decimal(0)
#: Intelligent-Tiering monitors, and moves, what is no smaller.
_LEAST_MONITORED_BYTES = SMALLEST_BILLED_BYTES
_MONTHS_A_DAY = Decimal(12) / 365

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Stay:
    """Objects that leave their class, by the bytes that they are billed as."""

    storage_class: StorageClass
    billable_bytes: int
    age_days: int | None  #: whole days since they were written; None: nobody knows
    there_days: int = 0  #: so many they have been in their class at least


@dataclass(frozen=True)
class Once:
    """USD that something costs once; None: not known."""

    usd: Decimal | None
    more_usd: Decimal | None = NOTHING  #: up to so much more: nobody knows since when objects lie in their class

    def __add__(self, other: "Once") -> "Once":
        return Once(total(self.usd, other.usd), total(self.more_usd, other.more_usd))


def stay(storage_class: StorageClass, size_bytes: int, written_at: datetime, now: datetime) -> Stay:
    """Of one object, as a listing has it."""
    return Stay(storage_class, RULES[storage_class].billed_bytes(size_bytes), max((now - written_at).days, 0))


@dataclass(frozen=True)
class Money:
    """What one provider bills; the first price band holds for all bytes."""

    storage: StoragePrices
    provider: str
    region: str

    @property
    def is_s3(self) -> bool:
        """Whether it bills as S3 does, with classes and fees; the others bill bytes alone, or nothing."""
        return billed_as(self.provider) not in ("local", "supabase")

    def monthly_usd(self, storage_class: StorageClass, sizes: Iterable[int]) -> Decimal | None:
        """USD a month for objects of these sizes, with smallest billed sizes, what archives add, and monitoring."""
        every = list(sizes)
        if not self.is_s3:
            return self._stored(StorageClass.STANDARD, sum(every))
        stored = self._stored(storage_class, sum(map(RULES[storage_class].billed_bytes, every)))
        names = 0 if storage_class.instant else ARCHIVED_NAME_BYTES * len(every)
        return total(stored, self._stored(StorageClass.STANDARD, names), self._monitoring(storage_class, every))

    def tiered_usd(self, size_bytes: int) -> Decimal | None:
        """USD a month for bytes in the lowest tier that Intelligent-Tiering has by itself: not read for 90 days."""
        return self._fee(StorageClass.INTELLIGENT_TIERING, "aia", number=size_bytes, per=GIB)

    def write_usd(self, storage_class: StorageClass, requests: int) -> Decimal | None:
        """PUT, COPY and the like, by the class of what they write."""
        return self._fee(storage_class, "put_1k", number=requests, per=1000)

    def transition_usd(self, storage_class: StorageClass, objects: int) -> Decimal | None:
        """Objects that lifecycle rules move into a class."""
        return self._fee(storage_class, "transition_in_1k", number=objects, per=1000)

    def retrieval_usd(self, storage_class: StorageClass, size_bytes: int) -> Decimal | None:
        """Bytes read, or copied, out of a class that can be read at once; of archives see restore_usd."""
        if storage_class.may_be_left or not storage_class.instant:
            return NOTHING
        return self._fee(storage_class, "retrieval_gb", number=size_bytes, per=GIB)

    def restore_usd(self, storage_class: StorageClass, objects: int, size_bytes: int) -> Decimal | None:
        """Archived objects made readable at the standard rate: requests, bytes, and the copy for its days."""
        if storage_class.instant:
            return NOTHING
        copy = self._stored(StorageClass.STANDARD, size_bytes)
        return total(
            self._fee(storage_class, "restore", "standard", "req_1k", number=objects, per=1000),
            self._fee(storage_class, "restore", "standard", "gb", number=size_bytes, per=GIB),
            None if copy is None else copy * RESTORED_DAYS * _MONTHS_A_DAY,
        )

    def early_deletion_usd(self, storage_class: StorageClass, size_bytes: int, age_days: int) -> Decimal | None:
        """An object that leaves its class after so many days in it is billed for the rest of the least days."""
        return self._left_usd(storage_class, RULES[storage_class].billed_bytes(size_bytes), age_days)

    def leaving(self, stays: Iterable[Stay]) -> Once:
        """What is left of least days, as if each had come into its class when it was written; and how much more it is
        where all have come as late as can be, which is all that can be said of those whose age nobody knows.
        """
        bound = [each for each in stays if RULES[each.storage_class].least_days and self.is_s3]
        ages = [RULES[each.storage_class].least_days if each.age_days is None else each.age_days for each in bound]
        pairs = list(zip(bound, ages, strict=True))
        told = total(*(self._left_usd(each.storage_class, each.billable_bytes, age) for each, age in pairs))
        most = total(*(self._left_usd(each.storage_class, each.billable_bytes, each.there_days) for each in bound))
        return Once(told, less(most, told))

    def _left_usd(self, storage_class: StorageClass, billable_bytes: int, age_days: int) -> Decimal | None:
        left_days = max(RULES[storage_class].least_days - max(age_days, 0), 0)
        if not self.is_s3 or not left_days:
            return NOTHING
        stored = self._stored(storage_class, billable_bytes)
        return None if stored is None else stored * left_days * _MONTHS_A_DAY

    def tags_usd(self, tags: int) -> Decimal | None:
        """Tags of objects, a month."""
        if not self.is_s3 or not tags:
            return NOTHING
        price = s3_tag_month_usd(self.storage.catalog, self.region)
        return None if price is None else price * tags

    def unknown(self, what: str) -> str:
        """Says that an amount is None, and why."""
        compiled = self.storage.catalog.compiled
        return f"{what} is not known: the price catalogue of {compiled} lacks a price that it needs in {self.region}."

    def _stored(self, storage_class: StorageClass, size_bytes: int) -> Decimal | None:
        return (
            self.storage.monthly_usd(self.provider, self.region, storage_class, size_bytes) if size_bytes else NOTHING
        )

    def _monitoring(self, storage_class: StorageClass, sizes: list[int]) -> Decimal | None:
        if storage_class is not StorageClass.INTELLIGENT_TIERING:
            return NOTHING
        number = sum(each >= _LEAST_MONITORED_BYTES for each in sizes)
        return self._fee(storage_class, "monitor_1k_objects_month", number=number, per=1000)

    def _fee(self, storage_class: StorageClass, *path: str, number: int, per: int) -> Decimal | None:
        if not self.is_s3 or not number:
            return NOTHING
        price = s3_fee(self.storage.catalog, self.region, storage_class, *path)
        return None if price is None else price * number / per


def money_of(storage: StoragePrices, provider: StorageProvider) -> Money:
    """What a provider bills."""
    return Money(storage, provider.name, provider.region)


def total(*amounts: Decimal | None) -> Decimal | None:
    """Their sum; None where one of them is not known."""
    known = [each for each in amounts if each is not None]
    return sum(known, NOTHING) if len(known) == len(amounts) else None


def less(amount: Decimal | None, other: Decimal | None) -> Decimal | None:
    """What is left of an amount; None where either is not known."""
    return None if amount is None or other is None else amount - other


def by_class(pairs: Iterable[tuple[_Key, int]]) -> Mapping[_Key, list[int]]:
    """Sizes by what they are of."""
    found: dict[_Key, list[int]] = {}
    for key, size in pairs:
        found.setdefault(key, []).append(size)
    return found
