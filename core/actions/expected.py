"""Expected: what a recommendation counted of an action's objects, held beside what its preview finds.

A handler prices what lies there; a recommendation also knows what is read, by days of logs. So an action that was
recommended carries the figures of its card as a term, and they hold as long as the objects are those that were counted.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.actions.action import Action, Extent, Preview
from core.actions.handler import Handler
from core.actions.kinds.words import dollars
from core.errors import ActionRefused
from core.units import number_of, size_in_words

#: The term, which every kind takes.
TERM = "expected"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Expected:
    """As the card says it."""

    counted: Extent  #: no objects: the saving is not that of certain objects
    monthly_usd: Decimal


def expecting(action: Action, expected: Expected) -> Action:
    """The action with what its card says."""
    told = {
        "objects": expected.counted.objects,
        "size_bytes": expected.counted.size_bytes,
        "monthly_usd": str(expected.monthly_usd),
    }
    return replace(action, terms={**action.terms, TERM: told})


def bare(action: Action) -> Action:
    """The action without it: as handlers take it, and as it is on record."""
    return replace(action, terms={name: value for name, value in action.terms.items() if name != TERM})


def previewed(handler: Handler, action: Action, now: datetime) -> Preview:
    """What an action would do, at what its card says where it has one. Raises ActionRefused, StorageError."""
    seen = handler.preview(bare(action), now)
    if TERM not in action.terms:
        return replace(seen, warnings=(seen.untold_saving, *seen.warnings)) if seen.untold_saving else seen
    return _beside(replace(seen, action=replace(seen.action, terms=action.terms)), _expected(action))


def _expected(action: Action) -> Expected:
    told = action.terms[TERM]
    try:
        counted = Extent(_number(told["objects"]), _number(told["size_bytes"]))
        usd = Decimal(told["monthly_usd"])
        if usd.is_finite():
            return Expected(counted, usd)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        pass
    raise ActionRefused(f"{TERM} is not what a recommendation says.", "Leave it out, or apply the recommendation.")


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(value)
    return value


def _beside(seen: Preview, expected: Expected) -> Preview:
    """The card's saving: whole where all is as it was counted, else in proportion to the bytes that are left."""
    counted, found, usd = expected.counted, seen.extent, expected.monthly_usd
    warnings = seen.warnings
    if counted.objects and found.objects and counted != found:
        usd = usd * found.size_bytes / counted.size_bytes if counted.size_bytes else usd
        warnings = (_changed(counted, found), *warnings)
    if seen.saving_usd is not None and abs(seen.saving_usd - usd) >= _CENT:
        warnings = (*warnings, _by_storage(seen.saving_usd, usd))
    undo = seen.undo
    if seen.saving_usd is not None and undo.monthly_usd == seen.saving_usd:
        undo = replace(undo, monthly_usd=usd)
    return replace(seen, saving_usd=usd, warnings=warnings, undo=undo)


def _changed(counted: Extent, found: Extent) -> str:
    return (
        f"It is not all as it was when the saving was worked out: {_extent(counted)} then, {_extent(found)} now. The "
        "saving is told in proportion to the bytes."
    )


def _extent(of: Extent) -> str:
    return f"{number_of(of.objects, 'object')} of {size_in_words(of.size_bytes)}"


def _by_storage(storage: Decimal, usd: Decimal) -> str:
    return (
        f"Storage by itself costs {dollars(storage)} less a month; with what is read and billed besides, as the "
        f"recommendation counts it by days of logs, it is {dollars(usd)}."
    )
