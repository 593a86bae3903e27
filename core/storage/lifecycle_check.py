"""Lifecycle check: what S3 would refuse of a rule, said before it is asked."""

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

from core.errors import RulesRefused
from core.storage.lifecycle import LifecycleRule, NoncurrentTransition, Transition
from core.storage.provider import StorageClass
from core.storage.waterfall import WATERFALL

_IAS = (StorageClass.STANDARD_IA, StorageClass.ONEZONE_IA)
_IA_DAYS = 30
_LONGEST_ID = 255
#: S3 spares no more versions of an object.
_MOST_SPARED = 100


def check(rule: LifecycleRule) -> None:
    """Raises RulesRefused with the first thing that is wrong."""
    for wrong, advice in chain(_named(rule), _numbers(rule), _steps(rule), _versions(rule), _objects(rule)):
        raise RulesRefused(f"The rule {rule.id[:_LONGEST_ID]!r}: {wrong}", advice)


_Faults = Iterator[tuple[str, str]]
_Move = Transition | NoncurrentTransition


def _named(rule: LifecycleRule) -> _Faults:
    if len(rule.id) > _LONGEST_ID:
        yield f"its name has {len(rule.id)} characters.", f"S3 takes {_LONGEST_ID}; give a shorter one."


def _numbers(rule: LifecycleRule) -> _Faults:
    removals = (rule.expire_after_days, rule.expire_noncurrent_after_days, rule.abort_unfinished_after_days)
    if not (rule.transitions or rule.noncurrent_transitions) and all(each is None for each in removals):
        yield "it does nothing.", "Choose where objects are to go, or that they are removed."
    moves = (*rule.transitions, *rule.noncurrent_transitions)
    if min((*(1 if each is None else each for each in removals), *(each.after_days + 1 for each in moves))) < 1:
        yield "a number of days is too small.", "Give at least 1 day."


def _steps(rule: LifecycleRule) -> _Faults:
    yield from _course(rule.transitions, rule.expire_after_days, "objects")


def _versions(rule: LifecycleRule) -> _Faults:
    yield from _course(rule.noncurrent_transitions, rule.expire_noncurrent_after_days, "noncurrent versions")
    spared = [rule.keep_newest_noncurrent, *(each.keep_newest for each in rule.noncurrent_transitions)]
    if not all(0 <= each <= _MOST_SPARED for each in spared):
        yield "it keeps too many noncurrent versions.", f"S3 keeps the newest {_MOST_SPARED} at most; give fewer."
    if rule.keep_newest_noncurrent and rule.expire_noncurrent_after_days is None:
        yield (
            "it says which noncurrent versions it keeps, and removes none.",
            "Say after how many days it removes them.",
        )


def _course(moves: Iterable[_Move], removed_after: int | None, what: str) -> _Faults:
    steps = sorted(moves, key=lambda each: each.after_days)
    for each in steps:
        if each.storage_class in _IAS and each.after_days < _IA_DAYS:
            yield f"S3 moves nothing to {each.storage_class} before {_IA_DAYS} days.", f"Give {_IA_DAYS} days or more."
    for first, then in pairwise(steps):
        yield from _pair(first, then)
    if removed_after is not None and steps and removed_after <= steps[-1].after_days:
        yield f"{what} would be removed before they move.", "Remove them later, or leave the move out."


def _pair(first: _Move, then: _Move) -> _Faults:
    upper, lower = StorageClass(first.storage_class), StorageClass(then.storage_class)
    if WATERFALL.index(lower) <= WATERFALL.index(upper):
        yield f"S3 moves nothing from {upper} to {lower}.", "Put the classes in their order, the coldest last."
    least = first.after_days + (_IA_DAYS if upper in _IAS else 1)
    if then.after_days < least:
        yield f"{lower} comes too soon after {upper}.", f"Give {least} days or more."


def _objects(rule: LifecycleRule) -> _Faults:
    larger, smaller = rule.larger_than_bytes, rule.smaller_than_bytes
    if larger is not None and smaller is not None and larger + 1 >= smaller:
        yield "no object is as large and as small as that.", "Give a larger upper size."
    if rule.abort_unfinished_after_days is not None and (rule.tags or (larger, smaller) != (None, None)):
        yield "unfinished uploads have no tags and no size.", "Make a rule of its own for them."
