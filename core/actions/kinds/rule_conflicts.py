"""Rule conflicts: of two rules about the same objects, which one S3 does, and what of the other does not happen.

As S3 documents it: removal comes before a move, of two removals the earlier one; of two moves the one to the cheaper
class, except that Intelligent-Tiering comes before all classes but the two archives that have to be restored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from core.actions.kinds.rule_words import NAMES, after_words
from core.storage.lifecycle import LifecycleRule
from core.storage.provider import StorageClass
from core.units import number_of

#: The later one wins where an object is due for several.
_STRENGTH = (
    StorageClass.STANDARD,
    StorageClass.STANDARD_IA,
    StorageClass.ONEZONE_IA,
    StorageClass.GLACIER_IR,
    StorageClass.INTELLIGENT_TIERING,
    StorageClass.GLACIER,
    StorageClass.DEEP_ARCHIVE,
)
#: Rules that are named one by one where they do no harm.
_MOST_NAMED = 3


@dataclass(frozen=True)
class _Step:
    """What a rule does with an object of an age."""

    rule: LifecycleRule
    day: int
    storage_class: StorageClass | None  #: None: it is removed

    @property
    def strength(self) -> int:
        return len(_STRENGTH) if self.storage_class is None else _STRENGTH.index(self.storage_class)

    @property
    def words(self) -> str:
        does = "removed" if self.storage_class is None else f"to {NAMES[self.storage_class]}"
        return f"{does} {after_words(self.day)}"


def conflicts(there: Iterable[LifecycleRule], wanted: Mapping[str, LifecycleRule | None]) -> Iterator[str]:
    """A sentence for each two of which one keeps the other from what it says; one for all others that meet a rule."""
    others = [each for each in there if each.id not in wanted and each.enabled]
    for rule in (each for each in wanted.values() if each and each.enabled):
        beside = list[LifecycleRule]()
        for other in (each for each in others if _meet(rule, each)):
            told = list(_told(rule, other))
            yield from told
            beside += [] if told else [other]
        if beside:
            yield _beside(rule, beside)


def _told(one: LifecycleRule, other: LifecycleRule) -> Iterator[str]:
    """One sentence, or none where each does its part."""
    lost = list(_lost(one, other))
    if not lost:
        return
    both = f"{_name(one)} and {_name(other)} are about some of the same objects"
    parts = []
    for (loser, winner), of in groupby(lost, lambda pair: (_name(pair[0].rule), _name(pair[1].rule))):
        pairs = list(of)
        steps, first = ", ".join(pair[0].words for pair in pairs), pairs[0][1]
        parts.append(f"{winner} wins ({first.words}), and what {loser} says does not happen to them ({steps})")
    yield f"{both}: {'; '.join(parts)}. {_why(lost)}"


def _why(lost: Sequence[tuple[_Step, _Step]]) -> str:
    if all(winner.storage_class is None for _, winner in lost):
        return "In S3 removal comes before a move, and of two removals the earlier one."
    return "Of two rules S3 does what is cheaper for storage, and removal comes first."


def _lost(one: LifecycleRule, other: LifecycleRule) -> Iterator[tuple[_Step, _Step]]:
    """Each step that does not happen because of the other rule, and the one that stands instead."""
    steps = sorted([*_steps(one), *_steps(other)], key=lambda each: (each.day, -each.strength))
    stands: _Step | None = None
    for step in steps:
        if stands is None or step.strength > stands.strength:
            stands = step
        elif step.rule is not stands.rule and not _is_same(step, stands):
            yield step, stands


def _is_same(step: _Step, stands: _Step) -> bool:
    """To the same class, sooner or later; of two removals the later one would have kept objects for longer."""
    return step.storage_class is stands.storage_class and (step.storage_class is not None or step.day == stands.day)


def _steps(rule: LifecycleRule) -> Iterator[_Step]:
    for each in rule.transitions:
        yield _Step(rule, each.after_days, StorageClass(each.storage_class))
    if rule.expire_after_days is not None:
        yield _Step(rule, rule.expire_after_days, None)


def _beside(rule: LifecycleRule, others: Sequence[LifecycleRule]) -> str:
    named = [_name(each) for each in others[:_MOST_NAMED]]
    if more := len(others) - len(named):
        named.append(number_of(more, "other rule"))
    told = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"{rule.id} is about some of the same objects as {told}; each does its part, and none keeps another from it."


def _name(rule: LifecycleRule) -> str:
    return rule.id or "a rule without an id"


def _meet(one: LifecycleRule, other: LifecycleRule) -> bool:
    """Whether an object can be below both prefixes, carry the tags of both, and be of a size of both."""
    prefixes = one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)
    tags = all(other.tags.get(name, value) == value for name, value in one.tags.items())
    return _changes_objects(one) and _changes_objects(other) and prefixes and tags and _sizes_meet(one, other)


def _sizes_meet(one: LifecycleRule, other: LifecycleRule) -> bool:
    """Both limits leave themselves out."""
    larger = max(-1 if each.larger_than_bytes is None else each.larger_than_bytes for each in (one, other))
    smaller = [each.smaller_than_bytes for each in (one, other) if each.smaller_than_bytes is not None]
    return not smaller or larger + 1 < min(smaller)


def _changes_objects(rule: LifecycleRule) -> bool:
    """Whether it is about current objects, and not about old versions or unfinished uploads alone."""
    return bool(rule.transitions) or rule.expire_after_days is not None
