"""Replication: what is written to a bucket is copied to another one from now on, beside what others have set up.

Terms: `target` (a bucket, or its ARN), `region`, `role` (ARN of the role that copies), `prefix`, `storage_class` of
the copies (that of what is copied where nothing is said) and `rtc` (true: within 15 minutes, for a fee).
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.actions.action import CONFIGURATION, Action, Difference, Item, Kind, Preview, State, Taken, Undo
from core.actions.cloud import Cloud
from core.actions.handler import fingerprint, is_in, seen_items
from core.actions.kinds.replication_money import Part, Written, parts, usd, written
from core.actions.kinds.replication_terms import Wanted, require_possible, role_warnings, wanted
from core.actions.kinds.replication_words import HERE, THERE, in_words, summary, warnings
from core.actions.money import NOTHING, Money, less, money_of
from core.errors import ActionRefused, CannotReturn, RulesRefused, StorageBusy
from core.storage.replication import Replicating, Replication, ReplicationRule

_UNDO = (
    "The rule goes, and nothing further is copied. Copies stay where they are, and are billed, until somebody removes "
    "them. Versioning can only be suspended: versions that are there stay, and at the target it stays on."
)
_UNDO_FOLDER = "The rule goes, and nothing further is copied. Copies stay where they are."
_TARGET_STAYS = (
    "Versioning of {} stays on, as other buckets may copy to it. Suspend it in the S3 console where none does."
)


class ReplicationSetUp:
    """Its items are the versioning of both buckets, where it is off, and the rule."""

    kind = Kind.PUT_REPLICATION

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def preview(self, action: Action, now: datetime) -> Preview:
        source = self._source(action)
        asked = wanted(action, source)
        target = self._target(source, asked)
        there = source.replication()
        require_possible(source, target, asked, there)
        unsure = role_warnings(source, asked.role)
        items = tuple(_items(source, target, asked, there))
        if not items:
            raise ActionRefused(f"{source.bucket} is copied so already.", "Nothing is to be done.")
        of = written(source.list(asked.rule.prefix), now)
        found = self._parts(source, target, asked, of)
        return Preview(
            action,
            summary(source, asked.rule, items),
            items,
            saving_usd=less(NOTHING, usd(found)),
            one_off_usd=NOTHING,
            undo=Undo(_UNDO if source.needs_versions else _UNDO_FOLDER, possible=True),
            warnings=(*warnings(source, target, asked.rule, of, found, items), *unsure),
            differences=tuple(map(_difference, items)),
            seen=fingerprint(seen_items(items), _told_all(there)),
            counted=CONFIGURATION,
        )

    def look(self, action: Action, item: Item) -> State:
        source = self._source(action)
        asked = wanted(action, source)
        if item.key in (HERE, THERE):
            bucket = source if item.key == HERE else self._target(source, asked)
            return {"kept": bucket.keeps_versions()}
        return _rule_state(source.replication(), item.key)

    def put(self, action: Action, item: Item, state: State) -> None:
        source = self._source(action)
        asked = wanted(action, source)
        if item.key in (HERE, THERE):
            self._put_versions(source, self._target(source, asked), item.key, bool((state or {})["kept"]))
        elif state is None:
            source.remove_replication(item.key)
        else:
            source.put_replication(ReplicationRule(**state["rule"]), state["role"])
            if not is_in(_rule_state(source.replication(), item.key), state):  # S3 puts all rules on no condition
                raise StorageBusy(f"Somebody else changes the replication of {source.bucket} too.", "Try it again.")

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        found = list(items)
        words = _UNDO if any(each.key in (HERE, THERE) for each in found) else _UNDO_FOLDER
        return Undo(words, possible=bool(found), usd=NOTHING)

    def finished(self, action: Action, now: datetime) -> None:
        """Nothing goes with it."""

    def _put_versions(self, source: Replicating, target: Replicating, which: str, keep: bool) -> None:
        bucket = source if which == HERE else target
        if not keep and which == THERE:
            raise CannotReturn(_TARGET_STAYS.format(target.bucket))
        if not keep and source.replication() is not None:
            raise CannotReturn(f"Versioning of {source.bucket} stays on, as other rules copy from it.")
        try:
            bucket.keep_versions(keep)
        except RulesRefused as error:
            if keep:
                raise
            raise CannotReturn(error.message, error.advice) from error

    def _parts(self, source: Replicating, target: Replicating, asked: Wanted, of: Written) -> tuple[Part, ...]:
        here = money_of(self._cloud.prices, source)
        return parts(here, Money(here.storage, here.provider, target.region), asked.rule, of)

    def _target(self, source: Replicating, asked: Wanted) -> Replicating:
        """The provider that has that bucket, where it is configured here too."""
        for each in self._cloud.providers.all:
            if isinstance(each, Replicating) and each.bucket == asked.rule.target and each.name != source.name:
                return each
        return source.beside(asked.rule.target, asked.region)

    def _source(self, action: Action) -> Replicating:
        provider = self._cloud.place(action)
        if not isinstance(provider, Replicating):
            raise ActionRefused(f"{action.place} cannot replicate.", "Choose a bucket of S3.")
        return provider


def _items(source: Replicating, target: Replicating, asked: Wanted, there: Replication | None) -> Iterator[Item]:
    """The rule comes last, as S3 takes none before both buckets keep versions."""
    if source.needs_versions:
        for key, bucket in ((HERE, source), (THERE, target)):
            if not bucket.keeps_versions():
                yield Item(key, 0, {"kept": False}, {"kept": True})
    before, after = _rule_state(there, asked.rule.id), {"rule": asdict(asked.rule), "role": asked.role}
    if before != after:
        yield Item(asked.rule.id, 0, before, after)


def _rule_state(there: Replication | None, id: str) -> State:
    found = [each for each in there.rules if each.id == id] if there else []
    return {"rule": asdict(found[0]), "role": there.role} if there and found else None


def _told_all(there: Replication | None) -> list[Any]:
    """Of a fingerprint: all rules, as a rule of others may be about the same objects."""
    return [there.role, *map(asdict, there.rules)] if there else []


def _difference(item: Item) -> Difference:
    if item.key in (HERE, THERE):
        where = "Versioning of this bucket" if item.key == HERE else "Versioning of the target"
        return Difference(where, "off", "on")
    return Difference(item.key, *(in_words(ReplicationRule(**each["rule"])) if each else "" for each in _both(item)))


def _both(item: Item) -> tuple[State, State]:
    return item.before, item.after
