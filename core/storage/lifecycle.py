"""Lifecycle: what a provider does by itself with objects of a certain age."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Transition:
    """After so many days since its creation an object moves to another storage class."""

    after_days: int
    storage_class: str


@dataclass(frozen=True)
class NoncurrentTransition:
    """After so many days since a newer version took its place, a version moves to another storage class."""

    after_days: int
    storage_class: str
    keep_newest: int = 0  #: so many noncurrent versions of each object stay where they are, the newest ones


@dataclass(frozen=True)
class LifecycleRule:
    """One rule on the objects below a prefix that carry all of the tags."""

    id: str
    prefix: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True
    transitions: tuple[Transition, ...] = ()
    expire_after_days: int | None = None
    expire_noncurrent_after_days: int | None = None
    abort_unfinished_after_days: int | None = None  #: multipart uploads that were never completed
    larger_than_bytes: int | None = None  #: about larger objects only
    smaller_than_bytes: int | None = None
    besides: tuple[str, ...] = ()  #: what the provider's rule has that this one cannot say; such a rule stays as it is
    keep_newest_noncurrent: int = 0  #: so many noncurrent versions of each object are not removed, the newest ones
    noncurrent_transitions: tuple[NoncurrentTransition, ...] = ()

    def is_about(self, key: str, size_bytes: int, tags: Mapping[str, str]) -> bool:
        """Whether an object is one of those that the rule is for."""
        return (
            key.startswith(self.prefix)
            and (self.larger_than_bytes is None or size_bytes > self.larger_than_bytes)
            and (self.smaller_than_bytes is None or size_bytes < self.smaller_than_bytes)
            and all(tags.get(name) == value for name, value in self.tags.items())
        )
