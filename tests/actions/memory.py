"""A cloud in memory whose things have colours, and an action that paints them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from core.actions.action import Action, Item, Kind, Preview, State, Taken, Undo
from core.actions.handler import fingerprint, seen_items
from core.errors import ActionRefused, CannotReturn


@dataclass
class Colours:
    """Paints what is not of that colour yet; faults are raised before or after a thing is painted."""

    things: dict[str, str]
    fault: Callable[[str, str], None] = lambda _key, _when: None
    lost: set[str] = field(default_factory=set)  #: cannot be painted back
    painted: list[str] = field(default_factory=list)
    ended: int = 0
    one_off_usd: Decimal | None = None
    undo_usd: Decimal | None = None
    kind = Kind.SET_CACHE_CONTROL

    def preview(self, action: Action, now: datetime) -> Preview:
        wanted = action.terms["colour"]
        items = tuple(
            Item(key, 10, {"colour": colour}, {"colour": wanted})
            for key, colour in sorted(self.things.items())
            if colour != wanted
        )
        if not items:
            raise ActionRefused("All of it is painted.", "Nothing is to be done.")
        undo, seen = Undo("It can be painted back.", possible=True, usd=self.undo_usd), fingerprint(seen_items(items))
        return Preview(action, f"Paints {len(items)}.", items, None, self.one_off_usd, undo, seen=seen)

    def look(self, action: Action, item: Item) -> State:
        return {"colour": self.things[item.key]} if item.key in self.things else None

    def put(self, action: Action, item: Item, state: State) -> None:
        colour = (state or {})["colour"]
        if item.key in self.lost and colour != action.terms["colour"]:
            raise CannotReturn(f"The old paint of {item.key} is gone.")
        self.fault(item.key, "before")
        self.things[item.key] = colour
        self.painted.append(f"{item.key} {colour}")
        self.fault(item.key, "after")

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        return Undo("It is painted back.", possible=any(each.key not in self.lost for each in items))

    def finished(self, action: Action, now: datetime) -> None:
        self.ended += 1
