"""Lifecycle policy: rules of ours put into a bucket, beside those of others, which stay to the letter.

Terms: `rules`, each as core.storage.lifecycle_told says it, and `remove`, ids of ours that are to go.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.actions.action import CONFIGURATION, Action, Difference, Item, Kind, Preview, State, Taken, Undo
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds.own_rules import OURS, put_rule, require_room, rule_state
from core.actions.kinds.rule_conflicts import conflicts
from core.actions.kinds.rule_removal import confirmation
from core.actions.kinds.rule_words import in_words
from core.catalog.holds import removed
from core.database import Database
from core.errors import ActionRefused, CannotReturn
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_check import check
from core.storage.lifecycle_told import rule_of, told
from core.storage.provider import LifecycleRules
from core.storage.providers import Providers

_MOST_NAMED = 3
_FREE = "Narrow the rule to another prefix, or have an administrator release the holds."
_UNDO = "The rules become what they were; what they have moved or removed by then stays so."


class LifecyclePolicy:
    """Each of its items is one rule of ours, by its id."""

    kind = Kind.PUT_LIFECYCLE_POLICY

    def __init__(self, providers: Providers, database: Database, locks: Path | None = None) -> None:
        self._providers, self._database, self._locks = providers, database, locks

    def preview(self, action: Action, now: datetime) -> Preview:
        there = self._provider(action).lifecycle_rules()
        own = {each.id: each for each in there}
        wanted = _wanted(action)
        items = tuple(_changes(own, wanted))
        if not items:
            raise ActionRefused("The bucket has these rules already.", "Nothing is to be done.")
        require_room(there, items)
        for rule in filter(None, wanted.values()):
            check(rule)
        if held := self._held_by(action, wanted.values()):
            raise ActionRefused(held, _FREE)
        return Preview(
            action,
            _summary(items, self._provider(action).bucket),
            items,
            saving_usd=None,
            one_off_usd=None if any(each and _moves(each) for each in wanted.values()) else Decimal(0),
            undo=Undo(_UNDO, possible=True),
            warnings=tuple(_warnings(there, wanted)),
            differences=tuple(map(_difference, items)),
            seen=fingerprint(seen_items(items), list(map(told, there))),
            counted=CONFIGURATION,
            confirm=confirmation(self._database, self._provider(action), _put(items)),
        )

    def look(self, action: Action, item: Item) -> State:
        return rule_state(self._provider(action), item.key)

    def put(self, action: Action, item: Item, state: State) -> None:
        """Either way; a hold may have come since it was looked at."""
        if state and (held := self._held_by(action, [rule_of(state)])):
            raise CannotReturn(held, _FREE)
        put_rule(self._provider(action), item.key, state, self._locks)

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        return Undo(_UNDO, possible=any(True for _ in items))

    def finished(self, action: Action, now: datetime) -> None:
        """Nothing goes with it."""

    def _held_by(self, action: Action, rules: Iterable[LifecycleRule | None]) -> str:
        """Which rule would remove what is on legal hold, at whatever age; empty: none."""
        for rule, videos in removed(self._database, action.place, filter(None, rules)):
            below = rule.prefix or "the bucket"
            return f"The rule {rule.id!r} would remove objects of {videos} on legal hold below {below}."
        return ""

    def _provider(self, action: Action) -> LifecycleRules:
        provider = self._providers.named(action.place)
        if not isinstance(provider, LifecycleRules):
            raise ActionRefused(f"{action.place} has no lifecycle rules.", "Choose a bucket of S3.")
        return provider


def _put(items: Iterable[Item]) -> Iterator[LifecycleRule]:
    """The rules that are new, or not as they were."""
    return (rule_of(each.after) for each in items if each.after)


def _moves(rule: LifecycleRule) -> bool:
    """Whether it has fees of its own."""
    return bool(rule.transitions or rule.noncurrent_transitions)


def _wanted(action: Action) -> dict[str, LifecycleRule | None]:
    """The rule of each id that is to be there, or None. Raises ActionRefused."""
    try:
        rules = [rule_of(each) for each in action.terms.get("rules", ())]
        gone = [each for each in action.terms.get("remove", ()) if isinstance(each, str)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ActionRefused(
            "A lifecycle rule cannot be read.", "Give each an id, a prefix and what it does."
        ) from error
    wanted: dict[str, LifecycleRule | None] = dict.fromkeys(gone)
    wanted |= {each.id: each for each in rules}
    if len({each.id for each in rules}) < len(rules):
        raise ActionRefused("Two of the rules have the same id.", "Give each an id of its own.")
    if foreign := [id for id in wanted if not id.startswith(OURS)]:
        raise ActionRefused(f"The rule {foreign[0]!r} is not one of ours.", f"Ours are called {OURS}...")
    return wanted


def _changes(own: dict[str, LifecycleRule], wanted: dict[str, LifecycleRule | None]) -> Iterator[Item]:
    for id, rule in wanted.items():
        if own.get(id) != rule:
            before = own.get(id)
            yield Item(id, 0, told(before) if before else None, told(rule) if rule else None)


def _summary(items: tuple[Item, ...], bucket: str) -> str:
    """Such as: Adds phyght-cold and removes phyght-tidy, lifecycle rules of videos."""
    verbs: dict[str, list[str]] = {"adds": [], "changes": [], "removes": []}
    for each in items:
        verbs["adds" if each.before is None else "removes" if each.after is None else "changes"].append(each.key)
    said = [f"{verb} {_named(ids)}" for verb, ids in verbs.items() if ids]
    text = ", ".join(said[:-1]) + (" and " if len(said) > 1 else "") + said[-1]
    return f"{text[0].upper()}{text[1:]}, {'a lifecycle rule' if len(items) == 1 else 'lifecycle rules'} of {bucket}."


def _named(ids: list[str]) -> str:
    return ", ".join(ids) if len(ids) <= _MOST_NAMED else f"{len(ids):,}"


def _warnings(there: Iterable[LifecycleRule], wanted: dict[str, LifecycleRule | None]) -> Iterator[str]:
    yield from conflicts(there, wanted)
    for rule in wanted.values():
        if rule and rule.expire_after_days is not None:
            yield f"The rule {rule.id!r} removes objects for good. A removed object cannot be brought back."


def _difference(item: Item) -> Difference:
    return Difference(item.key, _words(item.before), _words(item.after))


def _words(state: State) -> str:
    rule: Any = rule_of(state) if state else None
    return in_words(rule) if rule else ""
