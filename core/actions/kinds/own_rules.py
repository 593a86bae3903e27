"""Own rules: lifecycle rules of ours among those of others, which stay to the letter."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from core.actions.action import Item, State
from core.actions.handler import is_in
from core.errors import ActionRefused, StorageBusy
from core.storage.disk import alone_in, make_folder
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_told import rule_of, told
from core.storage.provider import LifecycleRules

#: How the ids of our rules begin; no other rule is ever changed.
OURS = "phyght-"
#: S3 takes no more in a bucket.
MOST_RULES = 1_000


def rule_state(provider: LifecycleRules, id: str) -> State:
    """The rule of that id, as it is now."""
    found = [each for each in provider.lifecycle_rules() if each.id == id]
    return told(found[0]) if found else None


def put_rule(provider: LifecycleRules, id: str, state: State, locks: Path | None) -> None:
    """Put a rule in the place of the one of that id, or take it away.

    S3 puts all of a bucket's rules at once, and on no condition: so what is read here is written back by one of our
    workers at a time, and read once more. `locks`: a folder that all of them share; None: there is no other. Raises
    StorageBusy where somebody else overwrites it at that moment.
    """
    with _alone(provider, locks):
        others = [each for each in provider.lifecycle_rules() if each.id != id]
        provider.set_lifecycle_rules([*others, *([rule_of(state)] if state else [])])
        there = {each.id for each in provider.lifecycle_rules()}
        if not is_in(rule_state(provider, id), state) or not {each.id for each in others} <= there:
            raise StorageBusy(f"Somebody else changes the rules of {provider.bucket} too.", "Try it again.")


@contextmanager
def _alone(provider: LifecycleRules, locks: Path | None) -> Iterator[None]:
    """Without the others who change the rules of that bucket; the system lets them in when a worker dies."""
    if locks is None:
        yield
        return
    own = locks / f"rules-{sha256(provider.bucket.encode()).hexdigest()[:16]}"
    make_folder(own)
    with alone_in(own):
        yield


def require_room(there: Iterable[LifecycleRule], items: Iterable[Item]) -> None:
    """Raises ActionRefused where S3 would not take so many."""
    added = sum((each.before is None) - (each.after is None) for each in items)
    if (count := len(list(there)) + added) > MOST_RULES:
        raise ActionRefused(
            f"The bucket would have {count:,} rules, and S3 takes {MOST_RULES:,}.", "Remove some in the S3 console."
        )
