"""Class money: what it saves, and what it costs, that objects lie in another storage class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from core.actions.chosen import Chosen
from core.actions.kinds.class_moves import falls
from core.actions.kinds.words import dollars
from core.actions.money import NOTHING, Money, by_class, less, total
from core.billing.class_rules import RULES
from core.storage.abilities import requests_to_copy
from core.storage.provider import StorageClass

#: A pair of USD a month: at least, and at most.
Range = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True)
class ClassMoney:
    """Of objects that go to one class."""

    money: Money
    moves: Sequence[Chosen]
    wanted: StorageClass
    now: datetime

    @cached_property
    def saving_usd(self) -> Decimal | None:
        """A month; None where nobody can tell, as of Intelligent-Tiering, which depends on what is read."""
        least, most = self._saving
        return least if least == most else None

    @cached_property
    def one_off_usd(self) -> Decimal | None:
        """What moving them costs, where they have lain in their class since they were written."""
        fallen = [each for each in self.moves if falls(each.stored.storage_class, self.wanted)]
        return total(
            self.money.transition_usd(self.wanted, len(fallen)),
            *(self._leaving_usd(each, each.age_days(self.now)) for each in fallen),
            *(self._rising_usd(each) for each in self.moves if not falls(each.stored.storage_class, self.wanted)),
        )

    @cached_property
    def undo_usd(self) -> Decimal | None:
        """What taking it back costs at most: once all is moved, and at once."""
        return total(
            *(
                copy_usd(self.money, self.wanted, each.stored.storage_class, each.stored.size_bytes, 0)
                for each in self.moves
            )
        )

    def warnings(self) -> Iterable[str]:
        """What the amounts leave open."""
        least, most = self._saving
        if least is None or most is None:
            yield self.money.unknown("What it saves a month")
        elif least != most:
            yield (
                f"What it saves depends on what is read: {_between(least, most)}, as Intelligent-Tiering bills what "
                "was not read for 30 or 90 days less."
            )
        if self.one_off_usd is None:
            yield self.money.unknown("What moving costs")
        if self.undo_usd is None:
            yield self.money.unknown("What taking it back costs")
        if late := self._later_usd():
            yield (
                f"S3 does not say since when an object lies in its class. Where a rule moved it there after it was "
                f"written, leaving costs up to {dollars(late)} more."
            )

    @cached_property
    def _saving(self) -> Range:
        sizes = by_class((each.stored.storage_class, each.stored.size_bytes) for each in self.moves)
        before = [monthly_range(self.money, each, those) for each, those in sizes.items()]
        after = monthly_range(self.money, self.wanted, [each.stored.size_bytes for each in self.moves])
        tags = self.money.tags_usd(sum(falls(each.stored.storage_class, self.wanted) for each in self.moves))
        least, most = (total(*(each[end] for each in before)) for end in (0, 1))
        return less(least, total(after[1], tags)), less(most, total(after[0], tags))

    def _rising_usd(self, each: Chosen) -> Decimal | None:
        stored = each.stored
        return copy_usd(self.money, stored.storage_class, self.wanted, stored.size_bytes, each.age_days(self.now))

    def _leaving_usd(self, each: Chosen, days: int) -> Decimal | None:
        return self.money.early_deletion_usd(each.stored.storage_class, each.stored.size_bytes, days)

    def _later_usd(self) -> Decimal | None:
        """How much more leaving costs where all came into their classes today."""
        fresh = total(*(self._leaving_usd(each, 0) for each in self.moves))
        return less(fresh, total(*(self._leaving_usd(each, each.age_days(self.now)) for each in self.moves)))


def copy_usd(
    money: Money, before: StorageClass, after: StorageClass, size_bytes: int, days_in_class: int
) -> Decimal | None:
    """A copy of an object onto itself, out of one class into another, with what leaving the first one costs."""
    return total(
        money.early_deletion_usd(before, size_bytes, days_in_class),
        money.retrieval_usd(before, size_bytes),
        money.restore_usd(before, 1, size_bytes),
        money.write_usd(after, requests_to_copy(size_bytes)),
    )


def monthly_range(money: Money, storage_class: StorageClass, sizes: Sequence[int]) -> Range:
    """USD a month at least and at most; they differ where reads decide."""
    most = money.monthly_usd(storage_class, sizes)
    if storage_class is not StorageClass.INTELLIGENT_TIERING or not money.is_s3:
        return most, most
    tiered = [each for each in sizes if each >= RULES[StorageClass.STANDARD_IA].least_bytes]
    return total(money.tiered_usd(sum(tiered)), less(most, money.monthly_usd(StorageClass.STANDARD, tiered))), most


def _between(least: Decimal, most: Decimal) -> str:
    if least < NOTHING:
        return f"from {dollars(-least)} a month more, while all of it is read, to {dollars(most)} less"
    return f"from {dollars(least)} to {dollars(most)} a month"
