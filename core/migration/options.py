"""Options: what a plan is asked for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from core.errors import KeyRefused, MigrationRefused
from core.storage.keys import check_key

#: Text that people give is no longer than this.
LONGEST_TEXT = 1_000


class Order(StrEnum):
    """Which videos are moved first."""

    CHEAPEST = "cheapest wins first"  #: the largest saving a month for each dollar that the move costs once
    COLDEST = (
        "coldest first"  #: the longest time without a view; as nothing tells when, the fewest views, then the oldest
    )
    LARGEST = "largest first"
    MOST_WATCHED_LAST = "most watched last"  #: the fewest views, then the cheapest wins


@dataclass(frozen=True)
class Filters:
    """Which videos are planned; a field that is None lets all through."""

    prefix: str = ""  #: that the key of one of its objects begins with
    min_age_days: int | None = None  #: since it was published
    max_age_days: int | None = None
    min_size_bytes: int | None = None  #: of all that lies at the source
    max_size_bytes: int | None = None
    min_views: int | None = None
    max_views: int | None = None
    residency: str | None = None  #: empty: those that may lie anywhere
    include_moved: bool = False  #: those too that viewers get from elsewhere by now; they cannot move

    @property
    def asks_for_views(self) -> bool:
        return self.min_views is not None or self.max_views is not None


@dataclass(frozen=True)
class Options:
    """What is to be moved from where to where, and in which order."""

    source: str  #: the providers' names in this installation
    target: str
    filters: Filters = field(default_factory=Filters)
    order: Order = Order.CHEAPEST
    adopts: bool = False  #: another tool moves the bytes: they are checked, and nothing is copied
    target_prefix: str = ""  #: stands before each key at the target

    def target_key(self, source_key: str) -> str:
        """Where an object of the source goes."""
        return f"{self.target_prefix}{source_key}"

    def as_json(self) -> dict[str, Any]:
        """What options_from_json takes."""
        return asdict(self)


def options_from_json(told: Mapping[str, Any]) -> Options:
    """The options that `as_json` has told of."""
    return Options(**{**told, "filters": Filters(**told["filters"]), "order": Order(told["order"])})


def check_options(options: Options) -> None:
    """Raises MigrationRefused, in words, where they cannot be meant."""
    filters = options.filters
    if options.source == options.target:
        raise MigrationRefused(f"Source and target are both {options.source}.", "Name two providers.")
    for what, least, most in (
        ("age", filters.min_age_days, filters.max_age_days),
        ("size", filters.min_size_bytes, filters.max_size_bytes),
        ("number of views", filters.min_views, filters.max_views),
    ):
        _check_range(what, least, most)
    for text in (filters.prefix, options.target_prefix, filters.residency or ""):
        if len(text) > LONGEST_TEXT:
            raise MigrationRefused(f"A prefix has {LONGEST_TEXT} characters or fewer.", "Use a shorter one.")
    _check_prefix(options.target_prefix)


def _check_range(what: str, least: int | None, most: int | None) -> None:
    if (least is not None and least < 0) or (most is not None and most < 0):
        raise MigrationRefused(f"The {what} cannot be less than 0.", "Give a larger number.")
    if least is not None and most is not None and least > most:
        raise MigrationRefused(f"The least {what}, {least}, is more than the most, {most}.", "Exchange them.")


def _check_prefix(prefix: str) -> None:
    """A prefix that ends with a slash is a folder; any other is the beginning of a name."""
    try:
        check_key(f"{prefix}x")
    except KeyRefused as error:
        raise MigrationRefused(f"{prefix!r} cannot stand before keys.", "Use one like archive/.") from error
