"""Class words: what moving objects to another storage class does, and what is to be thought of, in sentences."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.actions.action import Difference
from core.actions.chosen import Chosen
from core.actions.kinds.class_money import ClassMoney
from core.actions.kinds.class_moves import ALREADY, ON_ITS_WAY, Tierable, earliest_days, falls, rule_for
from core.actions.kinds.rule_conflicts import conflicts
from core.actions.kinds.rule_words import NAMES, WAITS
from core.actions.kinds.versions_words import on_copies
from core.actions.kinds.words import are_left_out
from core.storage.lifecycle import LifecycleRule
from core.storage.provider import StorageClass
from core.storage.waterfall import WATERFALL
from core.units import number_of


def summary(moves: Sequence[Chosen], wanted: StorageClass, bucket: str) -> str:
    """What it does, in one sentence."""
    count, name = number_of(len(moves), "object"), NAMES[wanted]
    fallen = sum(falls(each.stored.storage_class, wanted) for each in moves)
    if fallen == len(moves):
        return f"Tags {count} of {bucket} for {name}, where a lifecycle rule moves them within about a day."
    if not fallen:
        return f"Copies {count} of {bucket} onto themselves, in {name}."
    return (
        f"Moves {count} of {bucket} to {name}: {fallen:,} by a tag and a lifecycle rule within about a day, "
        f"{len(moves) - fallen:,} by copies onto themselves."
    )


def nothing_to_move(wanted: StorageClass, left_out: Mapping[str, int]) -> tuple[str, str]:
    """Why nothing is to be done, and what next."""
    why = "; ".join(f"{number_of(count, 'object')}: {reason}" for reason, count in sorted(left_out.items()))
    if not left_out:
        return "There are no such objects.", "Choose others."
    return f"None of these objects moves to {NAMES[wanted]} ({why}).", "Choose others, or another class."


def changes_in_words(moves: Iterable[Chosen], wanted: StorageClass) -> Iterator[Difference]:
    """A line for each class that objects come from."""
    for before, count in Counter(each.stored.storage_class for each in moves).items():
        yield Difference(number_of(count, "object"), NAMES[before], NAMES[wanted])


def warnings(
    provider: Tierable, money: ClassMoney, left_out: Mapping[str, int], rules: Iterable[LifecycleRule]
) -> Iterator[str]:
    """All that somebody should know before."""
    moves, wanted = money.moves, money.wanted
    if wanted in WAITS:
        yield (
            f"From then on each original has to be restored before it is read, which takes {WAITS[wanted]}: a video "
            "that is to be packaged again has to wait for that, and so does whoever downloads it. Playback does not."
        )
    if archived := [each for each in moves if each.stored.storage_class in WAITS]:
        deepest = max((each.stored.storage_class for each in archived), key=WATERFALL.index)
        yield f"{number_of(len(archived), 'object')} must be restored first, which takes {WAITS[deepest]}."
    yield from _young(money)
    yield from money.warnings()
    fallen = any(falls(each.stored.storage_class, wanted) for each in moves)
    if fallen:
        yield from conflicts(_meeting(rules, moves), {rule_for(wanted).id: rule_for(wanted)})
    yield from on_copies(provider, "Taking it back copies" if fallen else "This copies")
    for why, count in sorted(left_out.items()):
        if why not in (ALREADY, ON_ITS_WAY):
            yield from are_left_out(count, "object", why)


def _meeting(rules: Iterable[LifecycleRule], moves: Iterable[Chosen]) -> Iterator[LifecycleRule]:
    """The rules below whose prefix one of the objects lies: ours is about all that has its tag, wherever it is."""
    keys = sorted(each.stored.key for each in moves)
    for rule in rules:
        at = bisect_left(keys, rule.prefix)
        if at < len(keys) and keys[at].startswith(rule.prefix):
            yield rule


def _young(money: ClassMoney) -> Iterator[str]:
    days = earliest_days(money.wanted)
    fallen = (each for each in money.moves if falls(each.stored.storage_class, money.wanted))
    if young := sum(each.age_days(money.now) < days for each in fallen):
        yield (
            f"S3 moves nothing to {NAMES[money.wanted]} before {days} days from its creation, nor does "
            f"{number_of(young, 'object')} of these move, or save anything, before."
        )
