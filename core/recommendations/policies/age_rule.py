"""Age rule: objects move down so many days after they were created, as a lifecycle rule of S3 does it."""

from dataclasses import dataclass

import numpy as np

from core.billing.class_rules import LIFECYCLE_IA_DAYS
from core.errors import WrongArguments
from core.recommendations.simulator.arrays import Ints, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import MAY_FALL, NUMBER, STANDARD, tiered
from core.recommendations.simulator.schedule import Changes, Entry, Schedule, joined
from core.recommendations.simulator.window import Window
from core.storage.provider import StorageClass
from core.storage.waterfall import WATERFALL

#: A rule with more days is a mistake.
LONGEST_DAYS = 3650
_IAS = (NUMBER[StorageClass.STANDARD_IA], NUMBER[StorageClass.ONEZONE_IA])
_ADVICE = (
    "Write it as age:STANDARD_IA@30,GLACIER_IR@90: classes and the days from creation at which objects move there."
)


@dataclass(frozen=True)
class AgeRule:
    """What is done at which age; nothing leaves objects in Standard. Objects under 128 KB are not moved."""

    steps: tuple[tuple[int, int], ...]  #: (days from creation, class's number), in order

    @property
    def name(self) -> str:
        """As it is written: age:STANDARD_IA@30,GLACIER_IR@90."""
        return "age:" + ",".join(f"{WATERFALL[number]}@{days}" for days, number in self.steps)

    def moves(self, created: Ints, window: Window) -> tuple[Ints, ...]:
        """The day of each step for objects of a day; what is due before the window is done on its first day."""
        return tuple((created + days).clip(window.first) for days, _ in self.steps)


def rule_named(text: str) -> AgeRule:
    """The rule that is written so. Raises WrongArguments for what S3 would not take."""
    pairs = (each.strip().partition("@") for each in text.removeprefix("age:").split(","))
    steps = tuple((_days(days, text), _class(name, text)) for name, _, days in pairs)
    for (before, upper), (after, lower) in zip(((0, STANDARD), *steps), steps, strict=False):
        _check(text, before, upper, after, lower)
    return AgeRule(steps)


def _days(text: str, rule: str) -> int:
    if not text.strip().isdecimal() or int(text) > LONGEST_DAYS:
        raise WrongArguments(f"{rule!r} is no age rule: {text!r} is no number of days up to {LONGEST_DAYS}.", _ADVICE)
    return int(text)


def _class(name: str, rule: str) -> int:
    if name.strip() not in WATERFALL[1:]:
        known = ", ".join(WATERFALL[1:])
        raise WrongArguments(f"{rule!r} is no age rule: {name!r} is none of {known}.", _ADVICE)
    return NUMBER[StorageClass(name.strip())]


def _check(rule: str, before: int, upper: int, after: int, lower: int) -> None:
    if (upper, lower) not in MAY_FALL:
        down = f"nothing goes from {WATERFALL[upper]} down to {WATERFALL[lower]}"
        raise WrongArguments(f"{rule!r} is no age rule: {down}.", _ADVICE)
    least = LIFECYCLE_IA_DAYS if lower in _IAS else 0
    if upper in _IAS:
        least = before + LIFECYCLE_IA_DAYS
    if after < max(least, before + (upper != STANDARD)):
        late = f"S3 moves objects to {WATERFALL[lower]} at {max(least, before + 1)} days there at the earliest"
        raise WrongArguments(f"{rule!r} is no age rule: {late}.", _ADVICE)


def scheduled(rule: AgeRule, catalogue: Catalogue, window: Window) -> Schedule:
    """Where each object lies under the rule. Before the window all lie in Standard."""
    there = np.flatnonzero(catalogue.created < window.end)
    created = catalogue.created[there]
    begins = Changes(there, created.clip(window.first), *_first(created, window))
    parts, large = [begins], tiered(catalogue.size[there])
    days = (*rule.moves(created, window), np.full(len(there), window.end))
    for (_, number), day, until in zip(rule.steps, days, days[1:], strict=False):
        moved = large & (day < until)
        parts.append(_all_into(there[moved], day[moved], number))
    return joined(parts).schedule(np.full(len(catalogue), window.end))


def _first(created: Ints, window: Window) -> tuple[Ints, Ints]:
    return np.full(len(created), STANDARD), ints(np.where(created < window.first, Entry.HELD, Entry.PUT))


def _all_into(place: Ints, day: Ints, number: int) -> Changes:
    return Changes(place, day, np.full(len(day), number), np.full(len(day), Entry.TRANSITION))
