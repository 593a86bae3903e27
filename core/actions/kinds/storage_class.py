"""Storage class: objects go to another one, downwards by a tag and a rule of ours, upwards by a copy onto themselves.

Terms: `storage_class`, and which objects, as core.actions.chosen says it. A copy pays for what it reads out of a class,
a rule does not: so what falls is tagged, and one rule for each class moves what has its tag.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

from core.actions import store
from core.actions.action import Action, Difference, Extent, Item, Kind, Preview, State, Taken, Undo
from core.actions.chosen import CHOOSING, Chosen, chosen, known_objects
from core.actions.cloud import Cloud, require_terms, text_term
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds.class_money import ClassMoney
from core.actions.kinds.class_moves import (
    TAG,
    Sorted,
    Tierable,
    falls,
    live_tags,
    rule_for,
    sorted_out,
    why_not_tagged,
)
from core.actions.kinds.class_undo import undo_of, undo_told
from core.actions.kinds.class_words import changes_in_words, nothing_to_move, summary, warnings
from core.actions.kinds.own_rules import put_rule, require_room, rule_state
from core.actions.kinds.rule_words import NAMES, in_words
from core.actions.kinds.same_object import identity, identity_now
from core.actions.money import NOTHING
from core.billing.class_rules import RESTORED_DAYS
from core.catalog.moved import learn_classes
from core.errors import ActionRefused, CannotReturn, ObjectArchived, ObjectNotFound, TakesHours
from core.media.folder import MASTER
from core.storage.lifecycle_told import rule_of, told
from core.storage.provider import StorageClass

#: So many objects are looked at at once.
_AT_ONCE = 16
_PLAYED = "Choose originals alone (kind: original): they are read when a video is packaged again, and not by viewers."


class StorageClassChange:
    """Its items are objects, and before them the rule of ours that moves what is tagged."""

    kind = Kind.CHANGE_STORAGE_CLASS

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def preview(self, action: Action, now: datetime) -> Preview:
        require_terms(action, "storage_class", *CHOOSING)
        provider, wanted = self._provider(action), _wanted(action)
        found = self._sorted(action, wanted, now)
        rules = provider.lifecycle_rules()
        pairs, left_out = _looked_at(provider, found, wanted, live_tags(rules))
        moves = [each for each, _ in pairs]
        items = (*_rule_items(provider, moves, wanted), *(item for _, item in pairs))
        if not moves:
            raise ActionRefused(*nothing_to_move(wanted, left_out))
        require_room(rules, [each for each in items if _is_rule(each)])
        money = ClassMoney(self._cloud.money(action), moves, wanted, now)
        return Preview(
            action,
            summary(moves, wanted, provider.bucket),
            items,
            saving_usd=money.saving_usd,
            one_off_usd=money.once.usd,
            one_off_more_usd=money.once.more_usd or NOTHING,
            undo=undo_told(money),
            warnings=tuple(warnings(provider, money, left_out, rules)),
            differences=(*changes_in_words(moves, wanted), *map(_rule_difference, filter(_is_rule, items))),
            seen=fingerprint(seen_items(items), list(map(told, rules))),
            counted=Extent(len(moves), sum(each.stored.size_bytes for each in moves)),
        )

    def look(self, action: Action, item: Item) -> State:
        provider = self._provider(action)
        if _is_rule(item):
            rule = rule_state(provider, item.key)
            return rule and {"rule": rule}
        before = item.before or {}
        try:
            stored, tags = provider.head(item.key), provider.tags(item.key)
        except ObjectNotFound:
            return None
        now = {"storage_class": str(stored.storage_class), "tag": tags.get(TAG, "")}
        return now | identity_now(stored, before) | {"had_tag": before.get("had_tag")}

    def put(self, action: Action, item: Item, state: State) -> None:
        """Each order of steps leaves, where it is cut off, a state that is gone on from."""
        provider, wanted = self._provider(action), state or {}
        if _is_rule(item):
            self._put_rule(action, provider, item, state)
        elif "storage_class" not in wanted:
            _tag(provider, item.key, wanted["tag"])
        elif "tag" in wanted:  # back from where a rule may have moved it
            _copy(provider, item.key, wanted["storage_class"])
            _tag(provider, item.key, _still_heeded(provider, wanted["tag"]))
        else:
            _tag(provider, item.key, wanted.get("had_tag", ""))
            _copy(provider, item.key, wanted["storage_class"])

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        objects = [each for each in items if not _is_rule(each)]
        return undo_of(self._provider(taken.action), self._cloud.money(taken.action), taken, objects, now)

    def finished(self, action: Action, now: datetime) -> None:
        """What has moved is recorded; what a rule moves later is learned daily."""
        with suppress(ObjectNotFound):  # of some other object that is recorded, and told every day
            learn_classes(self._cloud.database, self._provider(action))

    def _sorted(self, action: Action, wanted: StorageClass, now: datetime) -> Sorted:
        known = known_objects(self._cloud, action)
        with_renditions = frozenset(each.video_id for each in known.values() if each.name == MASTER)
        found = sorted_out(chosen(self._cloud, action, now), wanted, with_renditions)
        if found.delayed:
            raise ActionRefused(
                f"{found.delayed.stored.key!r} is what players read; in {NAMES[wanted]} viewers would wait for hours.",
                _PLAYED,
            )
        return found

    def _put_rule(self, action: Action, provider: Tierable, item: Item, state: State) -> None:
        if state is None:
            self._require_nobody_relies(action)
        put_rule(provider, item.key, state and state["rule"], self._cloud.locks)

    def _require_nobody_relies(self, action: Action) -> None:
        with self._cloud.database.reading() as connection:
            others = store.terms_in_force(connection, self.kind, action.place)
        if any(each.get("storage_class") == action.terms["storage_class"] for each in others):
            raise CannotReturn("The rule stays, as another change relies on it; it moves what is tagged alone.")

    def _provider(self, action: Action) -> Tierable:
        provider = self._cloud.place(action)
        if not isinstance(provider, Tierable):
            raise ActionRefused(f"{action.place} has no storage classes.", "Choose a bucket of S3.")
        return provider


def _wanted(action: Action) -> StorageClass:
    text = text_term(action, "storage_class")
    if text not in list(StorageClass):
        raise ActionRefused(f"There is no storage class {text!r}.", f"Choose one of {', '.join(StorageClass)}.")
    return StorageClass(text)


def _looked_at(
    provider: Tierable, found: Sorted, wanted: StorageClass, live: Container[str]
) -> tuple[list[tuple[Chosen, Item]], Mapping[str, int]]:
    """Each that moves with its item, and how many do not, by why."""
    left_out = Counter(found.left_out)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="classes") as pool:
        looks = list(pool.map(lambda each: _item(provider, each, wanted, live), found.to_move))
    left_out.update(each for each in looks if isinstance(each, str))
    pairs = zip(found.to_move, looks, strict=True)
    return [(each, item) for each, item in pairs if isinstance(item, Item)], left_out


def _item(provider: Tierable, each: Chosen, wanted: StorageClass, live: Container[str]) -> Item | str:
    """How it changes, or why it does not."""
    stored = each.stored
    try:
        tags = provider.tags(stored.key)
        crc = each.crc64nvme if each.crc64nvme is not None else provider.head(stored.key).crc64nvme
    except ObjectNotFound:
        return "removed just now"
    same, tag = identity(stored, crc), tags.get(TAG, "")
    before = {"storage_class": str(stored.storage_class), **same}
    if not falls(stored.storage_class, wanted):
        return Item(stored.key, stored.size_bytes, before | {"had_tag": tag}, {"storage_class": str(wanted), **same})
    if why := why_not_tagged(tags, stored.storage_class, wanted, live):
        return why
    return Item(stored.key, stored.size_bytes, before | {"tag": tag}, {"tag": str(wanted), **same})


def _rule_items(provider: Tierable, moves: Sequence[Chosen], wanted: StorageClass) -> Iterator[Item]:
    """First of all, as without the rule the tags move nothing."""
    rule = rule_for(wanted)
    before, after = rule_state(provider, rule.id), told(rule)
    if before != after and any(falls(each.stored.storage_class, wanted) for each in moves):
        yield Item(rule.id, 0, before and {"rule": before}, {"rule": after})


def _is_rule(item: Item) -> bool:
    return "rule" in (item.after or {})


def _rule_difference(item: Item) -> Difference:
    def words(state: State) -> str:
        return in_words(rule_of(state["rule"])) if state else ""

    return Difference(item.key, words(item.before), words(item.after))


def _tag(provider: Tierable, key: str, tag: str) -> None:
    """Give it our tag, or none of ours; those of others stay."""
    before = provider.tags(key)
    others = {name: value for name, value in before.items() if name != TAG}
    after = others | ({TAG: tag} if tag else {})
    if after != before:
        provider.set_tags(key, after)


def _still_heeded(provider: Tierable, tag: str) -> str:
    """An earlier change's tag, unless that was undone meanwhile: then no rule heeds it, and the next one would."""
    return tag if tag and tag in live_tags(provider.lifecycle_rules()) else ""


def _copy(provider: Tierable, key: str, wanted: str) -> None:
    """Raises TakesHours where it has to come out of an archive first, which has begun then."""
    try:
        provider.set_storage_class(key, StorageClass(wanted))
    except ObjectArchived as error:
        if provider.restore(key, RESTORED_DAYS).restored_until is None:
            raise TakesHours(f"{key!r} is being restored, which takes hours.", "It goes on by itself.") from error
        provider.set_storage_class(key, StorageClass(wanted))
