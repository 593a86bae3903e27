"""Cache control: what caches are told of objects is changed by copies onto themselves; then edges forget the old ones.

Terms: `cache_control`, empty to take it away, and which objects, as core.actions.chosen says it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

from core.actions.action import Action, Difference, Extent, Item, Kind, Preview, State, Taken, Undo
from core.actions.chosen import CHOOSING, Chosen, chosen, common_start
from core.actions.cloud import Cloud, require_terms, text_term
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds.cache_warnings import UNTOLD, WAITS_IN_CACHES, invalidation, warnings
from core.actions.kinds.class_money import onto_itself_usd
from core.actions.kinds.same_object import identity, identity_now
from core.actions.kinds.words import later
from core.actions.money import NOTHING, Money, Once, stay, total
from core.catalog.moved import learn_classes
from core.delivery.invalidating import paths_of
from core.errors import ActionRefused, ObjectNotFound
from core.storage.abilities import CacheControlled
from core.units import number_of

_AT_ONCE = 16
_HEADER = re.compile(r"[\x20-\x7e]{0,500}")
_ARCHIVED, _ALREADY, _GONE = "archived, and would have to be restored first", "told so already", "removed just now"
_UNDO = (
    "Each object is copied onto itself once more, with the header that it had, at the price of the first copy. "
    f"{WAITS_IN_CACHES}"
)


class CacheControlChange:
    """Its items are objects, and behind them the caches; those stand before them as well, for the way back."""

    kind = Kind.SET_CACHE_CONTROL

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def preview(self, action: Action, now: datetime) -> Preview:
        require_terms(action, "cache_control", *CHOOSING)
        provider, wanted = self._provider(action), _wanted(action)
        pairs, left_out = _looked_at(provider, chosen(self._cloud, action, now), wanted)
        if not pairs:
            why = "; ".join(f"{number_of(count, 'object')}: {reason}" for reason, count in sorted(left_out.items()))
            raise ActionRefused(f"No object is to be told so{f' ({why})' if why else ''}.", "Choose others.")
        every, money = [each for each, _ in pairs], self._cloud.money(action)
        paths = self._paths(action, every)
        copies = _copying(money, every, now)
        once = copies + Once(invalidation(self._cloud, paths))
        items = (*self._cache_items(paths, first=True), *(each for _, each in pairs), *self._cache_items(paths))
        return Preview(
            action,
            f"Tells caches {wanted or 'nothing'!r} of {number_of(len(pairs), 'object')} of {provider.bucket}.",
            items,
            saving_usd=None,
            untold_saving=UNTOLD,
            one_off_usd=once.usd,
            one_off_more_usd=once.more_usd or NOTHING,
            undo=Undo(_UNDO, possible=True, usd=total(once.usd, once.more_usd)),  # of what was written just now
            warnings=tuple(warnings(self._cloud, action, every, wanted, paths, left_out, copies.usd))
            + later(copies.more_usd),
            differences=tuple(_differences(pairs, wanted)),
            seen=fingerprint(seen_items(items)),
            counted=Extent(len(every), sum(each.stored.size_bytes for each in every)),
        )

    def look(self, action: Action, item: Item) -> State:
        """Nobody can see what edges have: they are never taken for fresh."""
        before = item.before or {}
        if "fresh" in before:
            return {"fresh": False, "paths": before["paths"]}
        try:
            stored = self._provider(action).head(item.key)
        except ObjectNotFound:
            return None
        return {"cache_control": stored.cache_control, **identity_now(stored, before)}

    def put(self, action: Action, item: Item, state: State) -> None:
        wanted = state or {}
        if "fresh" not in wanted:
            self._provider(action).set_cache_control(item.key, wanted["cache_control"])
        elif wanted["fresh"] and self._cloud.caches:
            self._cloud.caches.invalidate(wanted["paths"])

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        objects = {each.key for each in items if "fresh" not in (each.before or {})}
        there = [each for each in self._provider(taken.action).list(common_start(objects)) if each.key in objects]
        every = [Chosen(each, None) for each in there]
        copies = _copying(self._cloud.money(taken.action), every, now)
        usd = total(copies.usd, invalidation(self._cloud, self._paths(taken.action, every)))
        return Undo(_UNDO, possible=bool(every), usd=usd)

    def finished(self, action: Action, now: datetime) -> None:
        """A copy onto itself may have another etag, which is recorded."""
        with suppress(ObjectNotFound):  # of some other object that is recorded, and told every day
            learn_classes(self._cloud.database, self._provider(action))

    def _paths(self, action: Action, every: Sequence[Chosen]) -> tuple[str, ...]:
        """What edges have to forget; nothing where none are known to stand in front of the place."""
        if self._cloud.caches_of(action) is None or not every:
            return ()
        return paths_of([each.stored.key for each in every])

    def _cache_items(self, paths: tuple[str, ...], first: bool = False) -> Iterator[Item]:
        """The first is done without a change, and invalidates when it is undone, last of all; the other does so now."""
        if not paths or self._cloud.caches is None:
            return
        stale, fresh = ({"fresh": each, "paths": list(paths)} for each in (False, True))
        when = ", once all is taken back" if first else ""
        states = (fresh, stale) if first else (stale, fresh)
        yield Item(f"caches of {self._cloud.caches.id}{when}", 0, *states)

    def _provider(self, action: Action) -> CacheControlled:
        provider = self._cloud.place(action)
        if not isinstance(provider, CacheControlled):
            raise ActionRefused(f"{action.place} keeps the header of an object as it was.", "Choose a bucket of S3.")
        return provider


def _wanted(action: Action) -> str:
    if "cache_control" not in action.terms:
        raise ActionRefused("It is not said what caches are to be told.", "Give cache_control.")
    text = text_term(action, "cache_control").strip()
    if not _HEADER.fullmatch(text):
        raise ActionRefused("cache_control holds what no header may.", "Write it as public, max-age=86400.")
    return text


def _looked_at(
    provider: CacheControlled, every: Iterable[Chosen], wanted: str
) -> tuple[list[tuple[Chosen, Item]], Mapping[str, int]]:
    """Each that changes with its item, and how many do not, by why."""
    listed = list(every)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="headers") as pool:
        looks = list(pool.map(lambda each: _item(provider, each, wanted), listed))
    left_out = Counter(each for each in looks if isinstance(each, str))
    pairs = zip(listed, looks, strict=True)
    return [(each, item) for each, item in pairs if isinstance(item, Item)], left_out


def _item(provider: CacheControlled, each: Chosen, wanted: str) -> Item | str:
    """How it changes, or why it does not."""
    try:
        stored = provider.head(each.stored.key)
    except ObjectNotFound:
        return _GONE
    if stored.cache_control == wanted:
        return _ALREADY
    if not stored.storage_class.instant:
        return _ARCHIVED
    same = identity(stored, stored.crc64nvme)
    before = {"cache_control": stored.cache_control, **same}
    return Item(stored.key, stored.size_bytes, before, {"cache_control": wanted, **same})


def _copying(money: Money, every: Iterable[Chosen], now: datetime) -> Once:
    """Copies onto themselves, in their classes."""
    stored = [each.stored for each in every]
    stays = (stay(each.storage_class, each.size_bytes, each.modified_at, now) for each in stored)
    return money.leaving(stays) + Once(
        onto_itself_usd(money, ((each.storage_class, each.size_bytes) for each in stored))
    )


def _differences(pairs: Iterable[tuple[Chosen, Item]], wanted: str) -> Iterator[Difference]:
    """A line for each header that objects have now."""
    before = Counter((item.before or {})["cache_control"] for _, item in pairs)
    for header, count in before.most_common():
        yield Difference(f"Cache-Control of {number_of(count, 'object')}", header, wanted)
