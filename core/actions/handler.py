"""Handler: what each kind of action must be able to do."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from core.actions.action import Action, Item, Kind, Preview, State, Taken, Undo


class Handler(Protocol):
    """One kind of action. Every method may raise StorageError and ActionRefused, in words.

    What it changes is items, each with the state that it has and the one that it is to have. The engine brings them
    from the one to the other and back, looks before it does so, and keeps on record how far it is; so a handler has
    to know only how to look at a thing and how to put it into a state.
    """

    @property
    def kind(self) -> Kind: ...

    def preview(self, action: Action, now: datetime) -> Preview:
        """What it would do as the cloud is now; changes nothing. Raises ActionRefused where there is nothing to do."""
        ...

    def look(self, action: Action, item: Item) -> State:
        """The state that the thing is in now."""
        ...

    def put(self, action: Action, item: Item, state: State) -> None:
        """Bring a thing into a state; safe to repeat. Raises CannotReturn where that state cannot come back."""
        ...

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        """Whether and for what money those items, which are done, can be taken back now."""
        ...

    def finished(self, action: Action, now: datetime) -> None:
        """All that can be done is done, either way: what goes with it, safe to repeat."""
        ...


def is_in(now: State, wanted: State) -> bool:
    """Whether a thing has all that a state names."""
    if now is None or wanted is None:
        return now is None and wanted is None
    return all(now.get(name) == value for name, value in wanted.items())


def fingerprint(*parts: Any) -> str:
    """Of what a preview rests on: the same while nothing of it has changed."""
    told = json.dumps(parts, sort_keys=True, default=str, separators=(",", ":"))
    return sha256(told.encode()).hexdigest()[:16]


def seen_items(items: Iterable[Item]) -> list[tuple[str, State, State]]:
    """What a fingerprint takes of items."""
    return [(each.key, each.before, each.after) for each in items]
