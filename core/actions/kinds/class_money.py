"""Class money: what it saves, and what it costs, that objects lie in another storage class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from core.actions.chosen import Chosen
from core.actions.kinds.class_moves import falls
from core.actions.kinds.words import dollars, later
from core.actions.money import NOTHING, Money, Once, by_class, less, stay, total
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
    def once(self) -> Once:
        """What moving them costs."""
        stored = [each.stored for each in self.moves]
        stays = (stay(each.storage_class, each.size_bytes, each.modified_at, self.now) for each in stored)
        moves = ((each.storage_class, each.size_bytes) for each in stored)
        return self.money.leaving(stays) + Once(moving_usd(self.money, self.wanted, moves))

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
        if self.once.usd is None:
            yield self.money.unknown("What moving costs")
        if self.undo_usd is None:
            yield self.money.unknown("What taking it back costs")
        yield from later(self.once.more_usd)

    @cached_property
    def _saving(self) -> Range:
        sizes = by_class((each.stored.storage_class, each.stored.size_bytes) for each in self.moves)
        before = [monthly_range(self.money, each, those) for each, those in sizes.items()]
        after = monthly_range(self.money, self.wanted, [each.stored.size_bytes for each in self.moves])
        tags = self.money.tags_usd(sum(falls(each.stored.storage_class, self.wanted) for each in self.moves))
        least, most = (total(*(each[end] for each in before)) for end in (0, 1))
        return less(least, total(after[1], tags)), less(most, total(after[0], tags))


def moving_usd(money: Money, wanted: StorageClass, moves: Iterable[tuple[StorageClass, int]]) -> Decimal | None:
    """Objects of a class and size each into another class: what rules bill, or copies, without leaving early."""
    every = list(moves)
    fallen = sum(falls(before, wanted) for before, _ in every)
    copied = ((before, size) for before, size in every if not falls(before, wanted))
    return total(money.transition_usd(wanted, fallen), *(_copied_usd(money, *each, wanted) for each in copied))


def onto_itself_usd(money: Money, objects: Iterable[tuple[StorageClass, int]]) -> Decimal | None:
    """Copies of objects of a class and size each within their class, without leaving early."""
    return total(*(_copied_usd(money, before, size, before) for before, size in objects))


def copy_usd(
    money: Money, before: StorageClass, after: StorageClass, size_bytes: int, days_in_class: int
) -> Decimal | None:
    """A copy of an object onto itself, out of one class into another, with what leaving the first one costs."""
    return total(
        money.early_deletion_usd(before, size_bytes, days_in_class), _copied_usd(money, before, size_bytes, after)
    )


def _copied_usd(money: Money, before: StorageClass, size_bytes: int, after: StorageClass) -> Decimal | None:
    return total(
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
