"""Class undo: whether and for what money objects can go back to the storage classes that they were in."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.actions.action import Item, Taken, Undo
from core.actions.chosen import common_start
from core.actions.kinds.class_money import ClassMoney, copy_usd, monthly_range
from core.actions.kinds.class_moves import TAG, Tierable, days_since_fall, falls
from core.actions.kinds.rule_words import NAMES, WAITS
from core.actions.money import Money, by_class, less, total
from core.errors import ObjectNotFound
from core.storage.provider import StorageClass, StoredObject
from core.units import number_of

#: So many objects are looked at at once.
_AT_ONCE = 16
_PARTS = "what is left of a class's least days, retrieval and requests are in the price"


@dataclass(frozen=True)
class _Return:
    """An object on its way back."""

    stored: StoredObject
    target: StorageClass
    days: int  #: at most, that it has been in its class

    @property
    def is_there(self) -> bool:
        return self.stored.storage_class is self.target


def undo_told(money: ClassMoney) -> Undo:
    """As it is told before anything is done: at its dearest, once all is moved and at once."""
    wait = WAITS.get(money.wanted)
    waits = f" Each object has to be restored first, which takes {wait}." if wait else ""
    fallen = any(falls(each.stored.storage_class, money.wanted) for each in money.moves)
    free = "What no rule has moved yet loses its tag for nothing; what one has moved" if fallen else "Each object"
    words = f"{free} is copied back; that is the price at its highest ({_PARTS}).{waits}"
    return Undo(words, possible=True, usd=money.undo_usd, monthly_usd=money.saving_usd)


def undo_of(provider: Tierable, money: Money, taken: Taken, items: Sequence[Item], now: datetime) -> Undo:
    """As it is now."""
    back = list(_returns(provider, taken, items, now))
    moved = [each for each in back if not each.is_there]
    usd = total(
        *(copy_usd(money, each.stored.storage_class, each.target, each.stored.size_bytes, each.days) for each in moved)
    )
    return Undo(
        " ".join(_sentences(money, items, back, moved, usd)),
        possible=bool(back),
        usd=usd,
        monthly_usd=_monthly_usd(money, moved),
    )


def _returns(provider: Tierable, taken: Taken, items: Sequence[Item], now: datetime) -> Iterator[_Return]:
    there = _listed(provider, [each.key for each in items])
    since = taken.applied_at or taken.asked_at
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="classes") as pool:
        tags = list(pool.map(lambda each: _tag_of(provider, each), items))
    for each, tag in zip(items, tags, strict=True):
        before, after = each.before or {}, each.after or {}
        stored = there.get(each.key)
        if stored is None or tag not in (after.get("tag", tag), before.get("tag", tag)):
            continue
        days = max((now - stored.modified_at).days, 0)
        if "tag" in after:
            days = days_since_fall(stored.storage_class, stored.modified_at, since, now)
        yield _Return(stored, StorageClass(before["storage_class"]), days)


def _tag_of(provider: Tierable, item: Item) -> str:
    """Our tag of an object that was given one; another one than that is another change's."""
    if "tag" not in (item.after or {}):
        return ""
    try:
        return provider.tags(item.key).get(TAG, "")
    except ObjectNotFound:
        return ""


def _listed(provider: Tierable, keys: Sequence[str]) -> Mapping[str, StoredObject]:
    return {each.key: each for each in provider.list(common_start(keys))} if keys else {}


def _sentences(
    money: Money, items: Sequence[Item], back: Sequence[_Return], moved: Sequence[_Return], usd: Decimal | None
) -> Iterator[str]:
    if free := len(back) - len(moved):
        yield f"{number_of(free, 'object')} did not move yet, and can go back."
    for storage_class, count in Counter(each.stored.storage_class for each in moved).items():
        wait = f", after a restore of {WAITS[storage_class]}" if storage_class in WAITS else ""
        yield f"{number_of(count, 'object')} can be copied back out of {NAMES[storage_class]}{wait} ({_PARTS})."
    if gone := len(items) - len(back):
        yield f"{number_of(gone, 'object')} cannot come back: removed since, or changed by somebody or another action."
    if not items:
        yield "Nothing has changed that could be put back."
    if usd is None:
        yield money.unknown("What taking it back costs")


def _monthly_usd(money: Money, moved: Sequence[_Return]) -> Decimal | None:
    """What storage costs more a month once they are back; None where nobody can tell."""

    def monthly(pairs: Mapping[StorageClass, list[int]]) -> tuple[Decimal | None, Decimal | None]:
        ranges = [monthly_range(money, each, sizes) for each, sizes in pairs.items()]
        return total(*(each[0] for each in ranges)), total(*(each[1] for each in ranges))

    after = monthly(by_class((each.target, each.stored.size_bytes) for each in moved))
    before = monthly(by_class((each.stored.storage_class, each.stored.size_bytes) for each in moved))
    least, most = less(after[0], before[1]), less(after[1], before[0])
    return least if least == most else None
