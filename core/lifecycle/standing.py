"""Standing: the rules of each bucket as they are now, and what each does when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.access.roles import Permission, User
from core.actions.kinds.lifecycle_policy import OURS
from core.actions.kinds.rule_words import NAMES, in_words
from core.errors import StorageError
from core.storage.lifecycle import LifecycleRule, NoncurrentTransition, Transition
from core.storage.provider import LifecycleRules, StorageClass
from core.storage.providers import Providers


@dataclass(frozen=True)
class Stage:
    """From that age on objects lie there; an empty class: they are gone."""

    from_day: int
    storage_class: StorageClass | None

    @property
    def words(self) -> str:
        return "removed" if self.storage_class is None else NAMES[self.storage_class]


@dataclass(frozen=True)
class Standing:
    """One rule of a bucket."""

    rule: LifecycleRule
    words: str
    stages: tuple[Stage, ...]  #: by age; empty where it moves and removes no current object
    version_stages: tuple[Stage, ...] = ()  #: of noncurrent versions that it does not spare, since they became so

    @property
    def is_ours(self) -> bool:
        """Whether it may be changed here; others are shown only."""
        return self.rule.id.startswith(OURS)


@dataclass(frozen=True)
class BucketRules:
    """The rules of one bucket, or why they cannot be read."""

    provider: str
    bucket: str
    rules: tuple[Standing, ...]
    problem: str = ""


def standing(user: User, providers: Providers) -> tuple[BucketRules, ...]:
    """Of each bucket that has rules at all. Raises PermissionDenied."""
    user.require(Permission.SEE_SAVINGS)
    return tuple(_of(each) for each in providers.all if isinstance(each, LifecycleRules))


def stages(rule: LifecycleRule) -> tuple[Stage, ...]:
    """What becomes of an object of the rule by its age. Before the first stage it lies where it was written."""
    return _in_order(rule.transitions, rule.expire_after_days)


def version_stages(rule: LifecycleRule) -> tuple[Stage, ...]:
    """What becomes of a noncurrent version, by the days since a newer one took its place."""
    return _in_order(rule.noncurrent_transitions, rule.expire_noncurrent_after_days)


def _of(provider: LifecycleRules) -> BucketRules:
    try:
        rules = provider.lifecycle_rules()
    except StorageError as error:  # the other buckets are shown nevertheless
        return BucketRules(provider.name, provider.bucket, (), str(error))
    found = tuple(Standing(each, in_words(each), stages(each), version_stages(each)) for each in rules)
    return BucketRules(provider.name, provider.bucket, found)


def _in_order(moves: Iterable[Transition | NoncurrentTransition], last: int | None) -> tuple[Stage, ...]:
    return tuple(sorted(_stages(moves, last), key=lambda each: each.from_day))


def _stages(moves: Iterable[Transition | NoncurrentTransition], last: int | None) -> Iterator[Stage]:
    for each in moves:
        if last is None or each.after_days < last:
            yield Stage(each.after_days, StorageClass(each.storage_class))
    if last is not None:
        yield Stage(last, None)
