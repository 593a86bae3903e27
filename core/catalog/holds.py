"""Holds: videos of which nothing may be removed, such as evidence of a case, until somebody releases them."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.database import Connection, Database, named_queries
from core.errors import HoldRefused, StorageError
from core.storage.lifecycle import LifecycleRule
from core.storage.provider import LifecycleRules, StorageProvider
from core.storage.providers import Providers
from core.units import instant_text, number_of

_queries: Any = named_queries(__file__, "holds.sql")
_LONGEST_REASON = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hold:
    """A video, and why nothing of it may be removed."""

    video_id: str
    title: str
    slug: str
    reason: str
    placed_by: str
    placed_at: datetime


class Holds:
    """Each change is noted in the audit log."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database, self._audit = database, audit

    def all(self, user: User) -> tuple[Hold, ...]:
        """The newest first. Raises PermissionDenied."""
        user.require(Permission.WATCH)
        with self._database.reading() as connection:
            return tuple(
                Hold(
                    row["video_id"],
                    row["title"],
                    row["slug"],
                    row["reason"],
                    row["placed_by"],
                    datetime.fromisoformat(row["placed_at"]),
                )
                for row in _queries.holds(connection)
            )

    def place(self, user: User, video_id: str, reason: str, now: datetime) -> None:
        """Raises HoldRefused without a reason, PermissionDenied."""
        reason = " ".join(reason.split())
        if not 0 < len(reason) <= _LONGEST_REASON:
            raise HoldRefused("A legal hold needs a reason.", f"Say it in up to {_LONGEST_REASON} characters.")
        with self._audit.change(user, Permission.HOLD, "place legal hold", video_id, now, reason) as connection:
            _queries.place_hold(
                connection, video_id=video_id, reason=reason, placed_by=user.name, placed_at=instant_text(now)
            )

    def release(self, user: User, video_id: str, now: datetime) -> None:
        """Its objects may be removed again. Raises PermissionDenied."""
        with self._audit.change(user, Permission.HOLD, "release legal hold", video_id, now) as connection:
            _queries.release_hold(connection, video_id=video_id)


@contextmanager
def kept_holds(connection: Connection) -> Iterator[None]:
    """Videos may be forgotten and written anew in the block; those that are there afterwards are held as before."""
    before = [dict(row) for row in _queries.kept(connection)]
    yield
    for row in before:
        _queries.place_hold_again(connection, **row)


def held_keys(database: Database, provider: str) -> dict[str, str]:
    """The keys of all objects at a provider that may not be removed, and whose each is."""
    with database.reading() as connection:
        return {row["key"]: row["video_id"] for row in _queries.held_keys(connection, provider=provider)}


def held_videos(connection: Connection) -> set[str]:
    """The ids of the videos of which nothing may be removed."""
    return {row["video_id"] for row in _queries.kept(connection)}


@dataclass(frozen=True)
class Threat:
    """A rule of a bucket that would remove what is held."""

    provider: str
    rule: LifecycleRule
    videos: tuple[str, ...]  #: their ids

    @property
    def after_days(self) -> int:
        """At what age it does."""
        return min(each for each in removal_days(self.rule) if each is not None)

    @property
    def words(self) -> str:
        videos = number_of(len(self.videos), "video")
        return (
            f"The rule {self.rule.id!r} of {self.provider} removes objects of {videos} on legal hold, or their old "
            f"versions, after {self.after_days} days."
        )


def threats(database: Database, providers: Providers) -> Iterator[str]:
    """Each rule of a bucket that would remove what is held, in a sentence; a bucket that does not answer says nothing.

    Rules that somebody set elsewhere, or before the hold, cannot be kept from acting but by changing them.
    """
    for provider in providers.all:
        try:
            yield from [each.words for each in standing_threats(database, provider)]
        except StorageError as error:
            log.warning("%s: %s", provider.name, error)


def standing_threats(database: Database, provider: StorageProvider) -> Iterator[Threat]:
    """By the rules that a bucket has; they are asked for only where something is held there. Raises StorageError."""
    held = held_keys(database, provider.name)
    rules = provider.lifecycle_rules() if held and isinstance(provider, LifecycleRules) else ()
    for rule, videos in _met(held, rules):
        yield Threat(provider.name, rule, tuple(sorted(videos)))


def removed(database: Database, provider: str, rules: Iterable[LifecycleRule]) -> Iterator[tuple[LifecycleRule, str]]:
    """Which of the rules would remove what is held there, at whatever age, and of how many videos, in words."""
    for rule, videos in _met(held_keys(database, provider), rules):
        yield rule, number_of(len(videos), "video")


def _met(held: Mapping[str, str], rules: Iterable[LifecycleRule]) -> Iterator[tuple[LifecycleRule, set[str]]]:
    """Each rule that removes something of what is held, and of which videos."""
    for rule in filter(removes, rules if held else ()):
        if videos := {video for key, video in held.items() if key.startswith(rule.prefix)}:
            yield rule, videos


def removes(rule: LifecycleRule) -> bool:
    """Whether a rule removes objects, or versions of them."""
    return rule.enabled and any(each is not None for each in removal_days(rule))


def removal_days(rule: LifecycleRule) -> tuple[int | None, int | None]:
    """From what age on it removes objects, and old versions; None: it does not."""
    return rule.expire_after_days, rule.expire_noncurrent_after_days
