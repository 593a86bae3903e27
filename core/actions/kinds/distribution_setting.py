"""Distribution setting: one setting of the distribution in front of the bucket, changed and put back.

Terms: one of `price_class`, `origin_shield` (a region of AWS; empty: none), `default_ttl` (seconds), `compress` (true
or false) and `origin_group` (`primary`, `secondary`: ids of origins; `codes`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.actions.action import CONFIGURATION, Action, Difference, Item, Kind, Preview, State, Taken, Undo
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds.distribution_terms import NAMES, in_words, wanted
from core.actions.money import NOTHING
from core.delivery.distribution import Configured, Edge
from core.delivery.distribution_settings import Setting, first_origin, origins, read, written
from core.errors import ActionRefused, ObjectChanged, StorageBusy

_UNDO = "The old value is put back, unless somebody has changed the setting since; edges take some minutes to learn it."
_DEPLOYS = "Edges learn it within some minutes; until then some answer as before."
_WARNED = {
    Setting.PRICE_CLASS: "Viewers far from the remaining edges start later, and may stall more.",
    Setting.ORIGIN_SHIELD: "Each request that passes through the shield is billed besides; it pays where several "
    "regions miss the same objects, and lies best in the region of the bucket.",
    Setting.DEFAULT_TTL: "It holds for what the bucket sends without Cache-Control. What edges have keeps its age.",
    Setting.COMPRESS: "Only text gets smaller, such as playlists and subtitles; video does not.",
    Setting.ORIGIN_GROUP: "The second origin must have the same objects under the same keys: see the drill on the "
    "Lifecycle page. Only GET, HEAD and OPTIONS are asked of it.",
}
_MONEY = "What it saves depends on where viewers are and what caches miss: the Savings page works it out of the log."


class DistributionSetting:
    """Its one item is the setting."""

    kind = Kind.PUT_DISTRIBUTION_SETTING

    def __init__(self, edge: Edge | None) -> None:
        self._opened = edge

    def preview(self, action: Action, now: datetime) -> Preview:
        there = self._edge(action).configured()
        setting, value = wanted(action, there.config)
        about = first_origin(there.config) if setting is Setting.ORIGIN_SHIELD else ""
        before = read(there.config, setting, about)
        if before == value:
            raise ActionRefused(f"{NAMES[setting]} is {in_words(setting, value)} already.", "Nothing is to be done.")
        item = Item(str(setting), 0, _state(before, about), _state(value, about))
        was, becomes = in_words(setting, before), in_words(setting, value)
        return Preview(
            replace(action, subject=action.subject or str(setting).replace("_", " ")),
            f"Sets {NAMES[setting]} of {action.place} to {becomes}; it was {was}.",
            (item,),
            saving_usd=None,
            one_off_usd=NOTHING,
            undo=Undo(_UNDO, possible=True),
            warnings=(_WARNED[setting], _DEPLOYS),
            untold_saving=_MONEY,
            differences=(Difference(NAMES[setting], was, becomes),),
            seen=fingerprint(seen_items([item]), there.etag),
            counted=CONFIGURATION,
        )

    def look(self, action: Action, item: Item) -> State:
        about = (item.after or {}).get("origin", "")
        return _state(read(self._edge(action).configured().config, Setting(item.key), about), about)

    def put(self, action: Action, item: Item, state: State) -> None:
        """Of the configuration as it is now, so that what others have changed besides stays."""
        told, edge, setting = state or {}, self._edge(action), Setting(item.key)
        there = edge.configured()
        _require_unchanged(there, setting, item, told)
        try:
            edge.configure(written(there.config, setting, told["value"], told.get("origin", "")), there.etag)
        except ObjectChanged as error:  # maybe something else of it, so it is looked at again
            raise StorageBusy(error.message, "It is tried again.") from error

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        found = list(items)
        changed = list(self._changed(taken.action, found))
        if found and not changed:
            return Undo(_UNDO, possible=True, usd=NOTHING)
        return Undo(" ".join(changed) or "Nothing of it was applied.", possible=False)

    def finished(self, action: Action, now: datetime) -> None:
        """Nothing goes with it."""

    def _changed(self, action: Action, items: list[Item]) -> Iterator[str]:
        for item in items:
            if self.look(action, item) != item.after:
                yield f"Somebody has changed {NAMES[Setting(item.key)]} since, so it is left as it is."

    def _edge(self, action: Action) -> Edge:
        edge = self._opened
        if edge is None or edge.id != action.place:
            raise ActionRefused(
                f"{action.place} is not the distribution of this installation.",
                "Set CLOUDFRONT_DISTRIBUTION_ID to the one that is to be changed.",
            )
        return edge


def _state(value: Any, about: str) -> State:
    return {"value": value} | ({"origin": about} if about else {})


def _require_unchanged(there: Configured, setting: Setting, item: Item, told: Mapping[str, Any]) -> None:
    """What was looked at may have been changed since. Raises ObjectChanged."""
    about = told.get("origin", "")
    is_gone = about and about not in origins(there.config)
    if is_gone or _state(read(there.config, setting, about), about) not in (item.before, item.after):
        raise ObjectChanged(f"Somebody has changed {NAMES[setting]} at this moment.", "Look at it again.")
