"""Class moves: how each object gets to a storage class, and which are left out and why."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.actions.chosen import Chosen
from core.billing.class_rules import LIFECYCLE_IA_DAYS
from core.catalog.video import Kind
from core.storage.abilities import Tagged
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.provider import LifecycleRules, StorageClass, Tiered
from core.storage.waterfall import SMALLEST_MOVED_BYTES, WATERFALL

#: The tag by which rules of ours know what they are to move, and where to.
TAG = "phyght-tier"
_IAS = (StorageClass.STANDARD_IA, StorageClass.ONEZONE_IA)
#: S3 takes no more on an object.
_MOST_TAGS = 10

ALREADY, SMALL, ON_ITS_WAY = "there already", "smaller than 128 KB, which rules do not move", "on the way there already"
ELSEWHERE = "on the way to another class by an earlier change, which is to be undone first"
ARCHIVED_THERE = "in a lower archive, and would have to be read out of it"
WATCHED = "what viewers watch is the original itself, as there are no renditions of it"
UNKNOWN = "no video that the catalogue knows has them"
TAGS_FULL = "they have ten tags already, as many as S3 takes"
NOT_BY_S3 = "S3 does not move objects from One Zone-IA to Glacier Instant Retrieval"


@runtime_checkable
class Tierable(Tiered, Tagged, LifecycleRules, Protocol):
    """A place with all that moving between classes needs."""


@dataclass(frozen=True)
class Sorted:
    """What was chosen."""

    to_move: tuple[Chosen, ...]
    left_out: Mapping[str, int]  #: by why, in words
    delayed: Chosen | None  #: something that players read, and that would have to be waited for


def falls(before: StorageClass, after: StorageClass) -> bool:
    """Whether the provider's rules can move objects so: downwards."""
    return WATERFALL.index(after) > WATERFALL.index(before)


def sorted_out(every: Iterable[Chosen], wanted: StorageClass, with_renditions: frozenset[str]) -> Sorted:
    """Which of them move; `with_renditions` are the videos that can be watched without their original."""
    to_move, left_out, delayed = list[Chosen](), Counter[str](), None
    for each in every:
        if why := _why_not(each, wanted, with_renditions):
            left_out[why] += 1
        elif not wanted.instant and each.known and each.known.kind is not Kind.ORIGINAL:
            delayed = delayed or each
        else:
            to_move.append(each)
    return Sorted(tuple(to_move), left_out, delayed)


def _why_not(each: Chosen, wanted: StorageClass, with_renditions: frozenset[str]) -> str:
    """Empty where it moves."""
    before, is_small = each.stored.storage_class, each.stored.size_bytes < SMALLEST_MOVED_BYTES
    if before is wanted:
        return ALREADY
    if is_small and (falls(before, wanted) or not wanted.may_be_left):
        return SMALL
    if (before, wanted) == (StorageClass.ONEZONE_IA, StorageClass.GLACIER_IR):
        return NOT_BY_S3
    return "" if wanted.instant else _why_not_archived(each, wanted, with_renditions)


def _why_not_archived(each: Chosen, wanted: StorageClass, with_renditions: frozenset[str]) -> str:
    if not falls(each.stored.storage_class, wanted):
        return ARCHIVED_THERE
    if each.known is None:
        return UNKNOWN
    is_watched = each.known.kind is Kind.ORIGINAL and each.known.video_id not in with_renditions
    return WATCHED if is_watched else ""


def why_not_tagged(tags: Mapping[str, str], lies_in: StorageClass, wanted: StorageClass, live: Container[str]) -> str:
    """Why an object of these tags is not to get ours; empty where it is. `live` are the tags that a rule of ours heeds;
    one that none heeds any more is what an undo has left, and means nothing.
    """
    tag = tags.get(TAG, "")
    if tag in live and tag != lies_in:
        return ON_ITS_WAY if tag == wanted else ELSEWHERE
    return TAGS_FULL if len(tags) >= _MOST_TAGS and TAG not in tags else ""


def rule_for(wanted: StorageClass) -> LifecycleRule:
    """Moves what is tagged for a class, as early as S3 does that."""
    return LifecycleRule(
        f"phyght-tier-{wanted.lower().replace('_', '-')}",
        tags={TAG: str(wanted)},
        transitions=(Transition(earliest_days(wanted), str(wanted)),),
    )


def live_tags(rules: Iterable[LifecycleRule]) -> frozenset[str]:
    """The tags by which rules that are on move something now."""
    return frozenset(each.tags[TAG] for each in rules if each.enabled and TAG in each.tags)


def earliest_days(wanted: StorageClass) -> int:
    """Days from an object's creation before which no rule moves it there."""
    return LIFECYCLE_IA_DAYS if wanted in _IAS else 0


def days_since_fall(wanted: StorageClass, created: datetime, applied_at: datetime, now: datetime) -> int:
    """At most so many days an object has been where a rule has moved it; S3 does not tell when that was."""
    waits = max(earliest_days(wanted) - (applied_at - created).days, 0)
    return max((now - applied_at).days - waits, 0)
